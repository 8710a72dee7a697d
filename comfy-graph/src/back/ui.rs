//! Graph → UI workflow, schema 0.4, as frontend 1.49 saves it (`lib/litegraph/src/LGraph.ts: serialize`): a person can
//! open it, and the frontend makes the prompt of it that the graph stands for.
//!
//! ```text
//! fold      prompts have flat ids: "57:8" becomes node 8 in the subgraph of instance 57
//! prepare   what the frontend cannot do: inputs wired straight to outputs get a reroute
//! scope     nodes and links of the root and of each definition: sockets, widgets, properties
//! ```
//!
//! Positions, sizes, colours and groups of the graph are kept; nodes without a place are arranged
//! ([`layout`](super::layout)). What a workflow file cannot hold is said in a diagnostic.

mod definition;
mod fold;
mod node;
mod prepare;
mod scope;
mod slots;
mod values;

use serde_json::{Map, Value, json};

use super::layout::Placement;
use crate::{
    catalog::Catalog,
    diag::{Diagnostic, WithDiagnostics, codes},
    graph::{Graph, Group, NodeKey, NodeSource, SubgraphId},
    passes::subgraphs::InnerValues,
};

use scope::Scope;

/// How to write a workflow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Nodes that have a place stay there; without it all are arranged anew.
    pub keep_layout: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { keep_layout: true }
    }
}

/// The workflow document, and what it cannot hold of the graph.
pub fn emit(graph: &Graph, catalog: &Catalog, options: Options) -> WithDiagnostics<Value> {
    let mut found = Vec::new();
    let folded = fold::fold(graph, catalog, &mut found);
    let prepared = prepare::prepare(&folded);
    let mut writer = Writer {
        catalog,
        root: &prepared,
        options,
        found,
        last_node: last_node(&prepared),
        last_link: 0,
        inner: InnerValues::new(&prepared),
    };
    let value = writer.document();
    WithDiagnostics { value, diagnostics: writer.found }
}

struct Writer<'g> {
    catalog: &'g Catalog,
    /// The outermost graph, which has the definitions.
    root: &'g Graph,
    options: Options,
    found: Vec<Diagnostic>,
    /// The greatest id of a node, of all graphs.
    last_node: i64,
    /// Links are counted through all graphs.
    last_link: i64,
    /// Values of promoted inputs that an instance leaves to its inside.
    inner: InnerValues<'g>,
}

impl Writer<'_> {
    fn document(&mut self) -> Value {
        let root = self.root;
        let Scope { nodes, links, placement } = Scope::write(self, root);
        let definitions = self.definitions();
        let mut rest = self.rest_of_document();
        let mut document = Map::new();
        for key in ["id", "revision"] {
            if let Some(value) = rest.shift_remove(key) {
                document.insert(key.to_owned(), value);
            }
        }
        let arrays = links.iter().map(scope::LinkRecord::as_array).collect();
        document.insert("last_node_id".to_owned(), self.last_node.into());
        document.insert("last_link_id".to_owned(), self.last_link.into());
        document.insert("nodes".to_owned(), Value::Array(nodes));
        document.insert("links".to_owned(), Value::Array(arrays));
        document.insert("groups".to_owned(), groups(&placement));
        if !definitions.is_empty() {
            document.insert("definitions".to_owned(), json!({"subgraphs": definitions}));
        }
        for key in ["config", "extra"] {
            let value = rest.shift_remove(key).unwrap_or_else(|| json!({}));
            document.insert(key.to_owned(), value);
        }
        document.insert("version".to_owned(), json!(0.4));
        document.extend(rest);
        Value::Object(document)
    }

    /// The definitions, each after those it uses: the frontend loses values of nested instances otherwise.
    fn definitions(&mut self) -> Vec<Value> {
        let root = self.root;
        let order = root.innermost_first();
        order.iter().filter_map(|id| Some(self.definition(id, root.subgraph(id.as_str())?))).collect()
    }

    /// What the document had beyond nodes and links, if it was a workflow: an envelope of a prompt is none.
    fn rest_of_document(&mut self) -> Map<String, Value> {
        let is_prompt =
            self.root.nodes().any(|(_, node)| matches!(node.source, Some(NodeSource::Prompt { .. })));
        if is_prompt {
            return Map::new();
        }
        let mut rest = self.root.document.clone();
        for key in ["last_node_id", "last_link_id", "version", "state", "floatingLinks"] {
            rest.shift_remove(key);
        }
        let mut drawn = rest.shift_remove("reroutes").is_some();
        if let Some(Value::Object(extra)) = rest.get_mut("extra") {
            for key in ["reroutes", "linkExtensions", "linkPresentation"] {
                drawn |= extra.shift_remove(key).is_some();
            }
        }
        if drawn {
            self.report_reroutes("the workflow");
        }
        rest
    }

    /// Links have new numbers, so that what the file said of how they are drawn has lost its meaning.
    fn report_reroutes(&mut self, of: &str) {
        let message = format!("the bends and looks of links in {of} are left out; links are drawn straight");
        self.found.push(Diagnostic::new(codes::LOOKS_DROPPED, message));
    }

    fn next_link(&mut self) -> i64 {
        self.last_link += 1;
        self.last_link
    }
}

/// An id as the frontend writes it: a number if it is one.
fn id_value(key: &NodeKey) -> Value {
    let text = key.as_str();
    match number(text) {
        Some(number) => number.into(),
        None => text.into(),
    }
}

/// An integer that is written plainly.
fn number(text: &str) -> Option<i64> {
    let number: i64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}

fn last_node(graph: &Graph) -> i64 {
    let inner = graph.subgraphs().map(|(_, subgraph)| &subgraph.graph);
    let keys = std::iter::once(graph).chain(inner).flat_map(Graph::nodes).map(|(_, node)| &node.key);
    keys.filter_map(|key| number(key.as_str())).max().unwrap_or(0).max(0)
}

/// Frames around nodes, as the frontend saves them.
fn groups(placement: &Placement) -> Value {
    let group = |(at, group): (usize, &Group)| {
        let mut extra = group.extra.clone();
        let id = extra.shift_remove("id").unwrap_or_else(|| (at + 1).into());
        let mut written = Map::new();
        written.insert("id".to_owned(), id);
        written.insert("title".to_owned(), (&*group.title).into());
        written.insert("bounding".to_owned(), numbers(&group.bounding));
        written.insert("color".to_owned(), extra.shift_remove("color").unwrap_or_else(|| "#3f789e".into()));
        written.insert("flags".to_owned(), extra.shift_remove("flags").unwrap_or_else(|| json!({})));
        written.extend(extra);
        Value::Object(written)
    };
    Value::Array(placement.groups.iter().enumerate().map(group).collect())
}

/// Coordinates; whole numbers without a fraction, as JavaScript writes them.
fn numbers(list: &[f64]) -> Value {
    list.iter().map(|number| coordinate(*number)).collect()
}

#[allow(clippy::cast_possible_truncation, reason = "the range is checked")]
fn coordinate(number: f64) -> Value {
    const EXACT: f64 = 9e15;
    if number.fract() == 0.0 && number.abs() < EXACT { (number as i64).into() } else { number.into() }
}

/// A UUID that is always the same for the same words.
pub(crate) fn uuid(words: &str) -> String {
    // FNV-1a in two lanes: any mixing is good enough, ids of one document are only told from each other
    let lane = |seed: u64| {
        words.bytes().fold(seed, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
    };
    let (high, low) = (lane(0xcbf2_9ce4_8422_2325), lane(0x8422_2325_cbf2_9ce4));
    format!(
        "{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0xfff,
        (low >> 48) & 0xfff,
        low & 0xffff_ffff_ffff
    )
}

/// The id of a definition that stands for the nodes of a prompt below this id.
fn definition_id(words: &str) -> SubgraphId {
    SubgraphId::new(uuid(words))
}
