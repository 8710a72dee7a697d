//! Every real workflow there and back through the UI format: the prompts are equal.

use comfy_graph::{
    back::{self, ui::Options},
    catalog::Catalog,
    diag::{Diagnostic, codes},
    front,
    graph::Graph,
    passes,
};
use comfy_tests::prompts::{Difference, differences};
use serde_json::Value;

use crate::corpus::corpus;

fn read(text: &str, catalog: &Catalog) -> Graph {
    let graph = front::read(text, catalog).expect("a workflow or prompt").value.graph;
    graph.verify().unwrap_or_else(|problem| panic!("{problem}"));
    graph
}

fn prompt(graph: &Graph, catalog: &Catalog) -> Value {
    back::api::emit(&passes::lower_for_execution(graph).value, Some(catalog))
}

/// The graph written as a workflow and read back, and what was said when it was written.
fn through_ui(graph: &Graph, catalog: &Catalog, options: Options) -> (Graph, Vec<Diagnostic>) {
    let written = back::ui::emit(graph, catalog, options);
    (read(&written.value.to_string(), catalog), written.diagnostics)
}

/// What a workflow cannot hold of a prompt was said, and only that may differ.
fn unsaid(differences: Vec<Difference>, said: &[Diagnostic]) -> Vec<Difference> {
    let explained = |difference: &Difference| {
        said.iter().any(|found| {
            [codes::VALUE_WITHOUT_WIDGET, codes::INPUT_FILLED_IN].contains(&found.code)
                && found.node.as_deref() == Some(difference.node.as_str())
                && found.input.as_deref() == difference.input.as_deref()
        })
    };
    differences.into_iter().filter(|difference| !explained(difference)).collect()
}

#[test]
fn workflows_come_back_from_the_ui_format() {
    let Some((corpus, catalog)) = corpus() else { return };
    let mut different = Vec::new();
    for case in corpus.cases().iter().filter(|case| case.is_workflow) {
        let graph = read(&case.text().expect("the case's file"), &catalog);
        let before = prompt(&graph, &catalog);
        for keep_layout in [true, false] {
            let (again, said) = through_ui(&graph, &catalog, Options { keep_layout });
            let found = unsaid(differences(&before, &prompt(&again, &catalog)), &said);
            different.extend(found.into_iter().map(|found| format!("{}: {found:?}", case.name)));
            // what is written once more is the same
            let (twice, _) = through_ui(&again, &catalog, Options::default());
            if twice.document != again.document {
                different.push(format!("{}: the document changes again", case.name));
            }
        }
    }
    assert!(
        different.is_empty(),
        "{} differences: {:#?}",
        different.len(),
        &different[..different.len().min(20)]
    );
}

#[test]
fn prompts_come_back_from_the_ui_format() {
    let Some((corpus, catalog)) = corpus() else { return };
    let (mut different, mut explained, mut all) = (Vec::new(), 0, 0);
    for case in corpus.cases() {
        let gold = case.gold().expect("the case's gold");
        let graph = read(&gold.to_string(), &catalog);
        let (again, said) = through_ui(&graph, &catalog, Options::default());
        let found = differences(&gold, &prompt(&again, &catalog));
        all += 1;
        explained += usize::from(!found.is_empty());
        different.extend(unsaid(found, &said).into_iter().map(|found| format!("{}: {found:?}", case.name)));
    }
    println!("{} of {all} prompts are equal, the others but for what was said", all - explained);
    assert!(
        different.is_empty(),
        "{} differences: {:#?}",
        different.len(),
        &different[..different.len().min(20)]
    );
}
