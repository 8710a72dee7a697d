//! Which nodes diagnostics are about.

use std::collections::BTreeMap;

use crate::{
    diag::{Diagnostic, JsonPath, Place, Segment, Severity},
    graph::{Graph, Node, NodeKind},
};

/// Diagnostics by the place of their node in the source document.
pub(super) struct Marks {
    by_path: BTreeMap<JsonPath, Vec<Mark>>,
}

/// What there is to say about a node.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Mark {
    pub(super) severity: Severity,
    pub(super) message: String,
    /// The input concerned.
    pub(super) input: Option<Box<str>>,
}

impl Marks {
    /// Notes are left out: nothing is wrong.
    pub(super) fn new(graph: &Graph, diagnostics: &[Diagnostic]) -> Self {
        let mut by_path: BTreeMap<JsonPath, Vec<Mark>> = BTreeMap::new();
        for diagnostic in diagnostics.iter().filter(|found| found.severity > Severity::Note) {
            for path in paths(graph, diagnostic) {
                let mark = Mark {
                    severity: diagnostic.severity,
                    message: diagnostic.to_string(),
                    input: diagnostic.input.clone(),
                };
                let marks = by_path.entry(path).or_default();
                if !marks.contains(&mark) {
                    marks.push(mark);
                }
            }
        }
        Self { by_path }
    }

    pub(super) fn of(&self, node: &Node) -> &[Mark] {
        node.path().and_then(|path| self.by_path.get(&path)).map_or(&[], Vec::as_slice)
    }
}

/// The node that a diagnostic is about, and the instances around it.
fn paths(graph: &Graph, diagnostic: &Diagnostic) -> Vec<JsonPath> {
    let mut paths = Vec::new();
    if let Some(Place::Json(path)) = &diagnostic.place {
        paths.extend(node_of(path));
    }
    let mut scope = Some(graph);
    for key in diagnostic.node.as_deref().unwrap_or_default().split(':') {
        let Some(node) = scope.and_then(|scope| Some(&scope[scope.find(key)?])) else { break };
        paths.extend(node.path());
        scope = match &node.kind {
            NodeKind::Instance(id) => graph.subgraph(id.as_str()).map(|subgraph| &subgraph.graph),
            _ => None,
        };
    }
    paths.sort();
    paths.dedup();
    paths
}

/// The part of a place that is a node's, as [`Node::path`] has it.
fn node_of(path: &JsonPath) -> Option<JsonPath> {
    let is_key =
        |at: usize, word: &str| matches!(path.segments().get(at), Some(Segment::Key(key)) if **key == *word);
    let length = match () {
        () if is_key(0, "nodes") => 2,
        () if is_key(0, "definitions") => 5,
        () if is_key(0, "prompt") => 2,
        () => 1,
    };
    let steps = path.segments().get(..length)?;
    Some(steps.iter().fold(JsonPath::root(), |path, step| match step {
        Segment::Key(key) => path.key(key.clone()),
        Segment::Index(index) => path.index(*index),
    }))
}
