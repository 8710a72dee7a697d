//! Every real workflow and prompt there and back, through the UI format and through Rust: the prompts are equal.

use comfy_codegen::names::Names;
use comfy_graph::{
    back::{self, ui::Options},
    catalog::Catalog,
    diag::{Diagnostic, codes},
    front,
    graph::{Graph, NodeKind},
    passes,
};
use comfy_tests::prompts::{Difference, differences, digests};
use comfy_transpile::{
    read::{ReadOptions, read_with},
    rust::{EmitOptions, emit},
};
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

/// Shows the first differences, if there are any.
fn assert_none(different: &[String]) {
    let first = &different[..different.len().min(20)];
    assert!(different.is_empty(), "{} differences: {first:#?}", different.len());
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
    assert_none(&different);
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
    assert_none(&different);
}

/// The graph written as Rust and read back without a compiler. Its nodes have other ids.
fn through_rust(graph: &Graph, catalog: &Catalog, names: &Names<'_>) -> Graph {
    let source = emit(graph, catalog, &EmitOptions::default()).value;
    let read = read_with(&source, names, &ReadOptions::default());
    read.unwrap_or_else(|error| panic!("{error}\n{source}")).value.graph
}

#[test]
fn prompts_come_back_from_rust() {
    let Some((corpus, catalog)) = corpus() else { return };
    let names = Names::new(&catalog);
    let mut different = Vec::new();
    let cases = corpus.cases();
    for case in &cases {
        let gold = case.gold().expect("the case's gold");
        let again = through_rust(&read(&gold.to_string(), &catalog), &catalog, &names);
        if digests(&prompt(&again, &catalog)) != digests(&gold) {
            different.push(&case.name);
        }
    }
    println!("{} of {} prompts are equal", cases.len() - different.len(), cases.len());
    assert!(different.is_empty(), "{} prompts differ: {different:#?}", different.len());
}

/// Class, title and mode.
type Setting = (Box<str>, Option<Box<str>>, u8);

/// The settings of every node that Rust has a statement for, as often as it is there, and the same of each
/// subgraph with its name.
fn settings(graph: &Graph) -> Vec<(String, Vec<Setting>)> {
    let of = |graph: &Graph| {
        let nodes = graph.nodes().map(|(_, node)| node);
        let kept = nodes.filter(|node| matches!(node.kind, NodeKind::Class | NodeKind::Instance(_)));
        let mut all: Vec<_> = kept
            .map(|node| {
                // the class of an instance is the id of its definition
                let class = if node.kind == NodeKind::Class { node.class_type.clone() } else { "".into() };
                (class, node.title.clone(), node.mode.number())
            })
            .collect();
        all.sort();
        all
    };
    let inner = graph.subgraphs().map(|(_, subgraph)| (subgraph.name.to_string(), of(&subgraph.graph)));
    let mut all: Vec<_> = inner.collect();
    all.sort();
    all.dedup();
    all.push((String::new(), of(graph)));
    all
}

#[test]
fn workflows_come_back_from_rust() {
    let Some((corpus, catalog)) = corpus() else { return };
    let names = Names::new(&catalog);
    let mut different = Vec::new();
    for case in corpus.cases().iter().filter(|case| case.is_workflow) {
        let graph = read(&case.text().expect("the case's file"), &catalog);
        let flow = through_rust(&graph, &catalog, &names);
        if digests(&prompt(&flow, &catalog)) != digests(&prompt(&graph, &catalog)) {
            different.push(format!("{}: the flow has another prompt", case.name));
        }
        // from here on the ids are the same
        let (again, said) = through_ui(&flow, &catalog, Options::default());
        let found = unsaid(differences(&prompt(&flow, &catalog), &prompt(&again, &catalog)), &said);
        different.extend(found.into_iter().map(|found| format!("{}: {found:?}", case.name)));
        if settings(&again) != settings(&graph) {
            different.push(format!("{}: titles, modes or subgraphs are others", case.name));
        }
    }
    assert_none(&different);
}
