//! The static reader: flows in Rust, read without a compiler.

use comfy_codegen::names::Names;
use comfy_graph::{
    back,
    diag::{Diagnostic, Place},
    front, passes,
};
use comfy_tests::prompts::{differences, digests};
use comfy_transpile::{
    read::{ReadOptions, read_with},
    rust::{EmitOptions, emit},
};

use crate::corpus::corpus;

/// Every real workflow as Rust, read back: the prompt is that of the workflow itself.
#[test]
fn emitted_flows_are_read_back() {
    let Some((corpus, catalog)) = corpus() else { return };
    let names = Names::new(&catalog);
    let mut faults = Vec::new();
    let mut count = 0;
    for case in corpus.cases() {
        let text = case.text().expect("the case's file");
        let graph = front::read(&text, &catalog).expect("a workflow").value.graph;
        let direct = back::api::emit(&passes::lower_for_execution(&graph).value, None);
        // every other flow keeps its ids
        let keep_ids = count % 2 == 1;
        let source = emit(&graph, &catalog, &EmitOptions::default().keep_ids(keep_ids)).value;
        count += 1;
        match read_with(&source, &names, &ReadOptions::default()) {
            Ok(read) => {
                let prompt = back::api::emit(&passes::lower_for_execution(&read.value.graph).value, None);
                let is_equal = if keep_ids {
                    differences(&prompt, &direct).is_empty()
                } else {
                    digests(&prompt) == digests(&direct)
                };
                if !is_equal {
                    faults.push(format!("{}: another prompt", case.name));
                }
            }
            Err(error) => faults.push(format!("{}: {}", case.name, shown(&error.0, &source))),
        }
    }
    println!("{} of {count} flows are read back", count - faults.len());
    assert!(faults.is_empty(), "{} faults: {faults:#?}", faults.len());
}

/// The first errors with what they are about.
fn shown(found: &[Diagnostic], source: &str) -> String {
    let about = |diagnostic: &Diagnostic| match diagnostic.place {
        Some(Place::Bytes { start, end }) => source.get(start..end).unwrap_or("").to_owned(),
        _ => String::new(),
    };
    let errors = found.iter().filter(|diagnostic| diagnostic.is_error());
    let lines: Vec<String> =
        errors.take(3).map(|diagnostic| format!("{diagnostic} `{}`", about(diagnostic))).collect();
    lines.join("; ")
}
