//! The static reader: flows in Rust, read without a compiler.

use std::{fs, path::Path, sync::OnceLock};

use comfy_codegen::names::Names;
use comfy_graph::{
    back,
    catalog::Catalog,
    diag::{Diagnostic, Place, codes},
    front, passes,
};
use comfy_tests::{
    programs::program,
    prompts::{differences, digests},
};
use comfy_transpile::{
    read::{ReadError, ReadOptions, read_with},
    rust::{EmitOptions, emit},
};
use proptest::{prelude::*, sample::Index};

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

/// Names, numbers, texts and signs of all programs of `tests/programs` and some made-up ones, and the programs as such.
fn words() -> &'static (Vec<String>, Vec<Vec<String>>) {
    static WORDS: OnceLock<(Vec<String>, Vec<Vec<String>>)> = OnceLock::new();
    WORDS.get_or_init(|| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("programs");
        let files = ["good", "bad"]
            .into_iter()
            .flat_map(|part| fs::read_dir(folder.join(part)).expect("the folder of programs").flatten());
        let written = files.map(|file| fs::read_to_string(file.path()).expect("a program"));
        let mut sources: Vec<String> = written.collect();
        sources.sort();
        sources.extend((0..10).map(program));
        let programs: Vec<Vec<String>> = sources.iter().map(|source| split(source)).collect();
        let mut all: Vec<String> = programs.iter().flatten().cloned().collect();
        all.sort();
        all.dedup();
        (all, programs)
    })
}

/// Words and single signs; spaces go with what is before them.
fn split(source: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut in_word = false;
    for c in source.chars() {
        let word = c.is_alphanumeric() || c == '_' || c == '"';
        match parts.last_mut() {
            Some(last) if word && in_word || c.is_whitespace() => last.push(c),
            _ => parts.push(c.to_string()),
        }
        in_word = word;
    }
    parts
}

/// Reads; a panic inside is the code of an internal error.
fn survives(source: &str) -> Result<(), TestCaseError> {
    static NAMES: OnceLock<Names<'static>> = OnceLock::new();
    let names = NAMES.get_or_init(|| Names::new(Box::leak(Box::new(Catalog::bundled()))));
    let mut options = ReadOptions::default();
    options.max_steps = 100_000;
    match read_with(source, names, &options) {
        Ok(read) => prop_assert_eq!(read.value.graph.verify(), Ok(())),
        Err(ReadError(found)) => {
            let broken = found.iter().find(|found| found.code == codes::INTERNAL_ERROR);
            prop_assert!(broken.is_none(), "{:?}\n{}", broken, source);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    /// Programs with words left out, doubled, exchanged or put in.
    #[test]
    fn damaged_programs_end_in_diagnostics(
        which: Index,
        changes in prop::collection::vec((0..4_u8, any::<Index>(), any::<Index>()), 1..8),
    ) {
        let (all, programs) = words();
        let mut parts = programs[which.index(programs.len())].clone();
        for (what, at, other) in changes {
            let at = at.index(parts.len());
            match what {
                0 => drop(parts.remove(at)),
                1 => parts.insert(at, parts[at].clone()),
                2 => parts[at] = all[other.index(all.len())].clone(),
                _ => parts.insert(at, all[other.index(all.len())].clone()),
            }
        }
        survives(&parts.concat())?;
    }

    /// Any words in any order, in a function and outside of one.
    #[test]
    fn any_words_end_in_diagnostics(chosen in prop::collection::vec(any::<Index>(), 0..60), inside: bool) {
        let (all, _) = words();
        let chosen: Vec<&str> = chosen.iter().map(|at| all[at.index(all.len())].as_str()).collect();
        let text = chosen.join(" ");
        survives(&if inside { format!("pub fn flow(g: &Flow) {{ {text} }}") } else { text })?;
    }
}
