//! Graph → GraphViz, for a picture of the workflow as its author made it.
//!
//! Each use of a subgraph is a cluster with its contents; links end at two small nodes that stand for its inputs
//! and outputs. Links are labelled with their type.

use std::{collections::BTreeSet, fmt::Write as _};

use crate::{
    catalog::virtuals::VirtualRole,
    graph::{Graph, Link, Mode, Node, NodeIx, NodeKind, Subgraph, SubgraphId},
};

/// Subgraphs nested deeper are drawn closed; this also ends one that contains itself.
const MAX_DEPTH: usize = 16;
/// A picture of more nodes helps nobody; further uses of subgraphs are drawn closed.
const MAX_NODES: usize = 5000;

/// The picture in GraphViz's language. Same graph, same text.
pub fn emit(graph: &Graph) -> String {
    let mut picture = Picture { text: String::new(), outermost: graph, nodes: 0 };
    picture.line(0, "digraph workflow {");
    picture.line(1, "rankdir=LR;");
    picture.line(1, "node [shape=box, style=\"rounded,filled\", fillcolor=white, fontname=\"sans-serif\"];");
    picture.line(1, "edge [fontname=\"sans-serif\", fontsize=10];");
    picture.graph(graph, "", 1);
    picture.line(0, "}");
    picture.text
}

struct Picture<'g> {
    text: String,
    /// Has the definitions of all subgraphs.
    outermost: &'g Graph,
    nodes: usize,
}

impl<'g> Picture<'g> {
    fn line(&mut self, depth: usize, line: &str) {
        // writing to a String cannot fail
        let _ = writeln!(self.text, "{:1$}{line}", "", depth * 2);
    }

    /// Nodes and links of one graph, whose ids start with `prefix`.
    fn graph(&mut self, graph: &Graph, prefix: &str, depth: usize) {
        self.nodes += graph.len();
        let mut open = BTreeSet::new();
        for (ix, node) in graph.nodes() {
            match self.definition(node, depth) {
                Some((id, subgraph)) => {
                    open.insert(ix);
                    self.cluster(node, id, subgraph, prefix, depth);
                }
                None => self.node(node, prefix, depth),
            }
        }
        for link in graph.links() {
            self.link(graph, &link, prefix, depth, &open);
        }
    }

    /// The definition of an instance that is drawn open.
    fn definition<'n>(&self, node: &'n Node, depth: usize) -> Option<(&'n SubgraphId, &'g Subgraph)> {
        let NodeKind::Instance(id) = &node.kind else { return None };
        if depth > MAX_DEPTH || self.nodes > MAX_NODES {
            return None;
        }
        Some((id, self.outermost.subgraph(id.as_str())?))
    }

    fn cluster(&mut self, node: &Node, id: &SubgraphId, subgraph: &'g Subgraph, prefix: &str, depth: usize) {
        let name = if subgraph.name.is_empty() { id.as_str() } else { &subgraph.name };
        let key = format!("{prefix}{}", node.key);
        let label = match &node.title {
            Some(title) if **title != *name => format!("{title}\n{name} #{}", node.key),
            _ => format!("{name} #{}", node.key),
        };
        self.line(depth, &format!("subgraph {} {{", quoted(&format!("cluster_{key}"))));
        let style = match node.mode {
            Mode::Never => "style=dashed, color=gray, fontcolor=gray",
            Mode::Bypass => "style=\"rounded,filled\", color=plum, fillcolor=thistle",
            Mode::Always | Mode::OnEvent | Mode::OnTrigger => "style=rounded, color=gray40",
        };
        self.line(depth + 1, &format!("graph [label={}, {style}];", quoted(&label)));
        self.graph(&subgraph.graph, &format!("{key}:"), depth + 1);
        self.line(depth, "}");
    }

    fn node(&mut self, node: &Node, prefix: &str, depth: usize) {
        let class = &*node.class_type;
        let label = match (&node.kind, &node.title) {
            (NodeKind::SubgraphInputs, _) => "inputs".to_owned(),
            (NodeKind::SubgraphOutputs, _) => "outputs".to_owned(),
            (NodeKind::Virtual(VirtualRole::Note), _) => note_text(node),
            (_, Some(title)) => format!("{title}\n{class} #{}", node.key),
            (NodeKind::Instance(id), None) => format!("{id} #{}", node.key),
            (NodeKind::Class | NodeKind::Virtual(_), None) => format!("{class} #{}", node.key),
        };
        let shape = match node.kind {
            NodeKind::Class => "",
            NodeKind::Instance(_) => ", shape=box3d",
            NodeKind::SubgraphInputs | NodeKind::SubgraphOutputs => ", shape=plaintext, style=\"\"",
            NodeKind::Virtual(VirtualRole::Note) => ", shape=note, style=filled, fillcolor=lightyellow",
            NodeKind::Virtual(VirtualRole::Reroute | VirtualRole::Set | VirtualRole::Get) => ", shape=point",
            NodeKind::Virtual(VirtualRole::Everywhere | VirtualRole::Control) => ", shape=cds",
            NodeKind::Virtual(VirtualRole::Primitive) => ", shape=ellipse",
        };
        let mode = match node.mode {
            Mode::Never => ", style=\"rounded,dashed\", color=gray, fontcolor=gray",
            Mode::Bypass => ", color=plum, fillcolor=thistle",
            Mode::Always | Mode::OnEvent | Mode::OnTrigger => "",
        };
        let id = quoted(&format!("{prefix}{}", node.key));
        self.line(depth, &format!("{id} [label={}{shape}{mode}];", quoted(&label)));
    }

    /// Ends of a link at an open instance are moved to its boundary nodes.
    fn link(&mut self, graph: &Graph, link: &Link, prefix: &str, depth: usize, open: &BTreeSet<NodeIx>) {
        let end = |ix: NodeIx, boundary: fn(&Subgraph) -> NodeIx| {
            let node = &graph[ix];
            let inner = match &node.kind {
                NodeKind::Instance(id) if open.contains(&ix) => {
                    self.outermost.subgraph(id.as_str()).map(|sub| sub.graph[boundary(sub)].key.to_string())
                }
                _ => None,
            };
            match inner {
                Some(inner) => quoted(&format!("{prefix}{}:{inner}", node.key)),
                None => quoted(&format!("{prefix}{}", node.key)),
            }
        };
        let from = end(link.from.node, Subgraph::outputs_node);
        let to = end(link.to.node, Subgraph::inputs_node);
        let output = graph[link.from.node].outputs.get(link.from.slot).map(|slot| &slot.io_type);
        let input = graph[link.to.node].inputs.get(link.to.slot).map(|slot| &slot.io_type);
        let label = output.or(input).map_or("", |io_type| io_type.as_str());
        self.line(depth, &format!("{from} -> {to} [label={}];", quoted(label)));
    }
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

/// A string of the language. Backslashes start GraphViz's own escapes (`\N`, `\l` …), so they are doubled.
fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            // a line of text, not of the file
            c if c.is_control() => quoted.push(' '),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        catalog::Catalog,
        front,
        graph::{InputSlot, OutputSlot, Slot},
    };

    #[test]
    fn a_workflow_with_everything() {
        let workflow = r#"{"version": 0.4, "last_link_id": 9,
            "nodes": [
                {"id": 1, "type": "LoadImage", "title": "My \"cat\" \\N\n2nd", "mode": 0,
                 "outputs": [{"name": "IMAGE", "type": "IMAGE", "links": [1]}], "widgets_values": ["a.png", "image"]},
                {"id": 2, "type": "ImageInvert", "mode": 4, "inputs": [{"name": "image", "type": "IMAGE", "link": 1}],
                 "outputs": [{"name": "IMAGE", "type": "IMAGE", "links": [2]}]},
                {"id": 3, "type": "u-1", "inputs": [{"name": "image", "type": "IMAGE", "link": 2}],
                 "outputs": [{"name": "out", "type": "IMAGE", "links": [3]}]},
                {"id": 4, "type": "SaveImage", "mode": 2, "inputs": [{"name": "images", "type": "IMAGE", "link": 3}],
                 "widgets_values": ["x"]},
                {"id": 5, "type": "Note", "widgets_values": ["remember"]}
            ],
            "links": [[1, 1, 0, 2, 0, "IMAGE"], [2, 2, 0, 3, 0, "IMAGE"], [3, 3, 0, 4, 0, "IMAGE"]],
            "definitions": {"subgraphs": [{"id": "u-1", "name": "Twice",
                "inputNode": {"id": -10}, "outputNode": {"id": -20},
                "inputs": [{"id": "i", "name": "image", "type": "IMAGE", "linkIds": [1]}],
                "outputs": [{"id": "o", "name": "out", "type": "IMAGE", "linkIds": [2]}],
                "nodes": [{"id": 7, "type": "ImageInvert", "inputs": [{"name": "image", "type": "IMAGE", "link": 1}],
                    "outputs": [{"name": "IMAGE", "type": "IMAGE", "links": [2]}]}],
                "links": [
                    {"id": 1, "origin_id": -10, "origin_slot": 0, "target_id": 7, "target_slot": 0, "type": "IMAGE"},
                    {"id": 2, "origin_id": 7, "origin_slot": 0, "target_id": -20, "target_slot": 0, "type": "IMAGE"}
                ]}]}}"#;
        let read = front::read(workflow, &Catalog::bundled()).expect("a workflow");
        insta::assert_snapshot!(emit(&read.value.graph));
    }

    #[test]
    fn subgraphs_without_end_are_drawn_closed() {
        // each holds two of itself: 2^depth nodes if nobody counted
        let id = SubgraphId::new("self");
        let slot = || {
            (InputSlot::new("x", "IMAGE".into()), OutputSlot { name: "x".into(), io_type: "IMAGE".into() })
        };
        let instance = |key: &str| {
            let mut node = Node::of_kind(key.into(), NodeKind::Instance(id.clone()), "self");
            node.inputs.push(slot().0);
            node.outputs.push(slot().1);
            node
        };
        let mut subgraph = Subgraph::new("Self", vec![slot().1], vec![slot().0]);
        let a = subgraph.graph.insert(instance("1")).expect("a free key");
        let b = subgraph.graph.insert(instance("2")).expect("a free key");
        subgraph.graph.link(Slot { node: a, slot: 0 }, Slot { node: b, slot: 0 });
        let mut graph = Graph::new();
        graph.insert(instance("9")).expect("a free key");
        graph.insert_subgraph(id, subgraph);
        let text = emit(&graph);
        assert!(text.contains("box3d"), "some are closed");
        let nodes = text.matches("[label=").count();
        assert!(nodes < MAX_NODES * 8, "{nodes}");
        assert_eq!(text.matches('{').count(), text.matches('}').count());
    }
}
