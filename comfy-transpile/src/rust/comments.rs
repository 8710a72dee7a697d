//! What of a workflow becomes comments: notes, frames, and nodes that do nothing.

use std::collections::BTreeMap;

use comfy_graph::{
    catalog::virtuals::VirtualRole,
    graph::{Graph, Group, Node, NodeIx},
};
use serde_json::Value;

use super::layout::comment_lines;

/// The notes of a scope, each as lines of comment, with an empty line between them.
pub(super) fn notes(graph: &Graph) -> Vec<String> {
    let mut lines = Vec::new();
    for (_, node) in graph.nodes().filter(|(_, node)| node.is_virtual(VirtualRole::Note)) {
        let text = note_text(node);
        if text.trim().is_empty() && node.title.is_none() {
            continue;
        }
        if !lines.is_empty() {
            lines.push("//".to_owned());
        }
        let title = node.title.as_deref().unwrap_or("Note");
        lines.extend(comment_lines("//", &format!("{title}:\n{}", text.trim_end())));
    }
    lines
}

/// All texts of a note: one for each of its widgets.
fn note_text(node: &Node) -> String {
    let texts = node.widgets.iter().filter_map(|widget| widget.value.as_ref()?.as_str());
    texts.collect::<Vec<_>>().join("\n")
}

/// A primitive that sets nothing.
pub(super) fn idle_primitive(node: &Node) -> Vec<String> {
    let value = node.widgets.first().and_then(|widget| widget.value.clone()).unwrap_or(Value::Null);
    let title = node.title.as_deref().unwrap_or("Primitive");
    comment_lines("//", &format!("{title}: {value} (not connected)"))
}

/// The frame that each node stands in: the smallest one that contains the node's corner.
pub(super) fn frames(graph: &Graph) -> BTreeMap<NodeIx, &str> {
    let frame = |node: &Node| {
        let position = corner(node)?;
        let around =
            graph.groups.iter().filter(|group| !group.title.trim().is_empty() && contains(group, position));
        around.min_by(|a, b| area(a).total_cmp(&area(b))).map(|group| &*group.title)
    };
    graph.nodes().filter_map(|(ix, node)| Some((ix, frame(node)?))).collect()
}

fn corner(node: &Node) -> Option<[f64; 2]> {
    node.layout.as_ref()?.position
}

fn contains(group: &Group, [x, y]: [f64; 2]) -> bool {
    let [left, top, width, height] = group.bounding;
    (left..=left + width).contains(&x) && (top..=top + height).contains(&y)
}

fn area(group: &Group) -> f64 {
    group.bounding[2] * group.bounding[3]
}

#[cfg(test)]
mod tests {
    use super::*;
    use comfy_graph::graph::{Layout, NodeKey, NodeKind, Widget};
    use serde_json::json;

    #[test]
    fn notes_keep_their_text_and_cannot_leave_the_comment() {
        let mut graph = Graph::new();
        let mut note = Node::of_kind(NodeKey::new("1"), NodeKind::Virtual(VirtualRole::Note), "Note");
        note.widgets.push(Widget::new("text", json!("first\r\nfn main() {}\n\u{202e}x")));
        graph.insert(note).expect("a new key");
        assert_eq!(notes(&graph), ["// Note:", "// first", "// fn main() {}", "//  x"]);
    }

    #[test]
    fn the_smallest_frame_counts() {
        let mut graph = Graph::new();
        let mut node = Node::class(NodeKey::new("1"), "x");
        node.layout = Some(Box::new(Layout { position: Some([15.0, 15.0]), ..Layout::default() }));
        let ix = graph.insert(node).expect("a new key");
        let group = |title: &str, bounding| Group { title: title.into(), bounding, ..Group::default() };
        graph.groups = vec![group("all", [0.0, 0.0, 100.0, 100.0]), group("part", [10.0, 10.0, 10.0, 10.0])];
        assert_eq!(frames(&graph).get(&ix), Some(&"part"));
    }
}
