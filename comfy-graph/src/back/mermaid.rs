//! Graph → Mermaid flowchart, for Markdown and for models: the workflow as its author made it.
//!
//! Links are labelled with the output and the input that they join, so that
//! [`front::diagram`](crate::front::diagram) reads the chart of a prompt back. Each use of a subgraph is a box with its
//! contents, and links end at two nodes that stand for its inputs and outputs.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use crate::{
    catalog::virtuals::VirtualRole,
    graph::{Graph, Link, Mode, Node, NodeIx, NodeKind, Subgraph},
};

/// Subgraphs nested deeper are drawn closed; this also ends one that contains itself.
const MAX_DEPTH: usize = 16;
/// A chart of more nodes helps nobody; further uses of subgraphs are drawn closed.
const MAX_NODES: usize = 5000;

/// The chart in Mermaid's language. Same graph, same text.
pub fn emit(graph: &Graph) -> String {
    let mut chart = Chart { text: String::new(), outermost: graph, nodes: 0, names: BTreeMap::new() };
    chart.line(0, "flowchart LR");
    chart.graph(graph, "", 1);
    for (mode, style) in
        [("muted", "stroke-dasharray: 4, color: #808080"), ("bypassed", "fill: #d8bfd8, stroke: #dda0dd")]
    {
        if chart.text.contains(&format!(":::{mode}\n")) {
            chart.line(1, &format!("classDef {mode} {style}"));
        }
    }
    chart.text
}

struct Chart<'g> {
    text: String,
    /// Has the definitions of all subgraphs.
    outermost: &'g Graph,
    nodes: usize,
    /// The node that each name of the chart stands for; ids of nodes can have any letters.
    names: BTreeMap<String, String>,
}

impl<'g> Chart<'g> {
    fn line(&mut self, depth: usize, line: &str) {
        // writing to a String cannot fail
        let _ = writeln!(self.text, "{:1$}{line}", "", depth * 4);
    }

    /// Nodes and links of one graph, whose ids start with `prefix`.
    fn graph(&mut self, graph: &Graph, prefix: &str, depth: usize) {
        self.nodes += graph.len();
        let mut open = BTreeSet::new();
        for (ix, node) in graph.nodes() {
            match self.definition(node, depth) {
                Some(subgraph) => {
                    open.insert(ix);
                    self.cluster(node, subgraph, prefix, depth);
                }
                None => self.node(node, prefix, depth),
            }
        }
        for link in graph.links() {
            self.link(graph, &link, prefix, depth, &open);
        }
    }

    /// The definition of an instance that is drawn open.
    fn definition(&self, node: &Node, depth: usize) -> Option<&'g Subgraph> {
        let NodeKind::Instance(id) = &node.kind else { return None };
        if depth > MAX_DEPTH || self.nodes > MAX_NODES {
            return None;
        }
        self.outermost.subgraph(id.as_str())
    }

    /// A name of letters, digits and `_` that only this node has.
    fn name(&mut self, kind: char, key: &str) -> String {
        let plain: String = key.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
        let mut name = format!("{kind}{plain}");
        while self.names.get(&name).is_some_and(|known| known != key) {
            name.push('_');
        }
        self.names.insert(name.clone(), key.to_owned());
        name
    }

    fn cluster(&mut self, node: &Node, subgraph: &'g Subgraph, prefix: &str, depth: usize) {
        let key = format!("{prefix}{}", node.key);
        let own = node.title.as_deref().unwrap_or(&subgraph.name);
        let label = quoted(&format!("{own} #{}", node.key));
        let name = self.name('s', &key);
        self.line(depth, &format!("subgraph {name}[{label}]"));
        self.graph(&subgraph.graph, &format!("{key}:"), depth + 1);
        self.line(depth, "end");
    }

    fn node(&mut self, node: &Node, prefix: &str, depth: usize) {
        let name = self.name('n', &format!("{prefix}{}", node.key));
        let class = &*node.class_type;
        let label = match (&node.kind, &node.title) {
            (NodeKind::SubgraphInputs, _) => "inputs".to_owned(),
            (NodeKind::SubgraphOutputs, _) => "outputs".to_owned(),
            (NodeKind::Virtual(VirtualRole::Note), _) => note_text(node),
            (_, Some(title)) => format!("{title}\n{class} #{}", node.key),
            (_, None) => format!("{class} #{}", node.key),
        };
        let (open, close) = match node.kind {
            NodeKind::Class => ("[", "]"),
            NodeKind::Instance(_) => ("[[", "]]"),
            NodeKind::SubgraphInputs | NodeKind::SubgraphOutputs => ("([", "])"),
            NodeKind::Virtual(VirtualRole::Note) => (">", "]"),
            NodeKind::Virtual(_) => ("(", ")"),
        };
        let mode = match node.mode {
            Mode::Never => ":::muted",
            Mode::Bypass => ":::bypassed",
            Mode::Always | Mode::OnEvent | Mode::OnTrigger => "",
        };
        self.line(depth, &format!("{name}{open}{}{close}{mode}", quoted(&label)));
    }

    /// Ends of a link at an open instance are moved to its boundary nodes.
    fn link(&mut self, graph: &Graph, link: &Link, prefix: &str, depth: usize, open: &BTreeSet<NodeIx>) {
        let outermost = self.outermost;
        let end = |ix: NodeIx, boundary: fn(&Subgraph) -> NodeIx| {
            let node = &graph[ix];
            let inner = match &node.kind {
                NodeKind::Instance(id) if open.contains(&ix) => {
                    outermost.subgraph(id.as_str()).map(|sub| sub.graph[boundary(sub)].key.to_string())
                }
                _ => None,
            };
            match inner {
                Some(inner) => format!("{prefix}{}:{inner}", node.key),
                None => format!("{prefix}{}", node.key),
            }
        };
        let from = end(link.from.node, Subgraph::outputs_node);
        let to = end(link.to.node, Subgraph::inputs_node);
        let (from, to) = (self.name('n', &from), self.name('n', &to));
        let output = output_name(&graph[link.from.node], link.from.slot);
        let input = graph[link.to.node].inputs.get(link.to.slot).map_or("", |slot| &*slot.name);
        let label = if input.is_empty() { output } else { format!("{output} → {input}") };
        self.line(depth, &format!("{from} -->|{}| {to}", quoted(&label)));
    }
}

/// The name of an output where it is the only one of that name, else its number.
fn output_name(node: &Node, slot: usize) -> String {
    let Some(output) = node.outputs.get(slot) else { return slot.to_string() };
    let same = node.outputs.iter().filter(|other| other.name.eq_ignore_ascii_case(&output.name)).count();
    if output.name.is_empty() || same > 1 { slot.to_string() } else { output.name.to_string() }
}

/// What a note says, or its class when it says nothing.
fn note_text(node: &Node) -> String {
    const LONGEST: usize = 200;
    let text = node.widgets.iter().find_map(|widget| widget.value.as_ref()?.as_str());
    match text {
        Some(text) if text.chars().count() > LONGEST => {
            text.chars().take(LONGEST).chain(std::iter::once('…')).collect()
        }
        Some(text) if !text.is_empty() => text.to_owned(),
        _ => node.class_type.to_string(),
    }
}

/// Text of the language: in quotes, with entities for what would end it or begin something else.
fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("#quot;"),
            '<' => quoted.push_str("#lt;"),
            '>' => quoted.push_str("#gt;"),
            '&' => quoted.push_str("#amp;"),
            '`' => quoted.push_str("#96;"),
            // only before a semicolon it would begin an entity
            '#' if text.contains(';') => quoted.push_str("#35;"),
            '\n' => quoted.push_str("<br/>"),
            c if c.is_control() => quoted.push(' '),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}
