//! Patterns in the file names of nodes that save: `%date:FORMAT%` and `%Node.widget%`, filled in as the frontend does
//! when it queues (`extensions/core/saveImageExtraOutput.ts`, `utils/searchAndReplace.ts`).
//!
//! A node is found by its property `Node name for S&R`, else by its title; the first in the order of the file counts,
//! the top before subgraphs. Characters that no file system takes become `_`. What cannot be resolved stays: `%width%`
//! and its like are the server's. Values that arrive through a socket are left alone, as in the frontend.

use std::fmt::Write as _;

use serde_json::Value;

use crate::{
    catalog::widgets::resolves_file_names,
    graph::{Graph, Node},
};

/// A moment of local time; this crate has no clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "the fields are what they are called")]
pub struct Moment {
    pub year: i32,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
    pub hour: u8,
    pub minute: u8,
    pub second: u8,
}

/// Runs the pass on a flat graph; `original` is the graph before the passes, where names and values are looked up.
pub fn run(flat: &mut Graph, original: &Graph, now: Moment) {
    for ix in flat.indices() {
        let node = &mut flat[ix];
        if !resolves_file_names(&node.class_type) {
            continue;
        }
        if let Some(widget) = node.widget_mut("filename_prefix")
            && let Some(Value::String(text)) = &mut widget.value
            && text.contains('%')
        {
            *text = resolve(text, original, now);
        }
    }
}

fn resolve(text: &str, graph: &Graph, now: Moment) -> String {
    let mut resolved = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('%') {
        let Some(length) = rest[start + 1..].find('%') else { break };
        let pattern = &rest[start + 1..start + 1 + length];
        resolved.push_str(&rest[..start]);
        if let Some(value) = value_of(pattern, graph, now) {
            resolved.push_str(&value);
            rest = &rest[start + length + 2..];
        } else {
            // the second sign may open the next pattern
            resolved.push_str(&rest[start..=start + length]);
            rest = &rest[start + 1 + length..];
        }
    }
    resolved.push_str(rest);
    resolved
}

fn value_of(pattern: &str, graph: &Graph, now: Moment) -> Option<String> {
    if let Some(format) = pattern.strip_prefix("date:") {
        return Some(format_date(format, now));
    }
    let (node, widget) = pattern.split_once('.')?;
    let node = find(graph, node)?;
    let value = node.widget(widget)?.value.as_ref()?;
    let text = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    Some(text.chars().map(|c| if "/?<>\\:*|\"".contains(c) || c.is_control() { '_' } else { c }).collect())
}

fn find<'g>(graph: &'g Graph, name: &str) -> Option<&'g Node> {
    let nodes = || {
        let inner = graph.subgraphs().flat_map(|(_, subgraph)| subgraph.graph.nodes());
        graph.nodes().chain(inner).map(|(_, node)| node)
    };
    let given = |node: &&Node| {
        let property = node.extra.get("properties").and_then(|p| p.get("Node name for S&R"));
        property.and_then(Value::as_str) == Some(name)
    };
    nodes().find(given).or_else(|| nodes().find(|node| node.title.as_deref() == Some(name)))
}

/// `yyyy`, `yy`, `MM`, `M`, `dd`, `d`, `hh`, `h`, `mm`, `m`, `ss`, `s` (`utils/formatUtil.ts: formatDate`).
fn format_date(format: &str, now: Moment) -> String {
    let mut text = String::with_capacity(format.len());
    let mut rest = format;
    while let Some(letter) = rest.chars().next() {
        let length = rest.len() - rest.trim_start_matches(letter).len();
        let value = match letter {
            'M' => i32::from(now.month),
            'd' => i32::from(now.day),
            'h' => i32::from(now.hour),
            'm' => i32::from(now.minute),
            's' => i32::from(now.second),
            'y' => now.year,
            _ => {
                text.push(letter);
                rest = &rest[letter.len_utf8()..];
                continue;
            }
        };
        let taken = match (letter, length) {
            ('y', 4..) => 4,
            ('y', 1) => {
                text.push(letter);
                rest = &rest[1..];
                continue;
            }
            (_, 1) => 1,
            _ => 2,
        };
        // writing to a String cannot fail
        let _ = match (letter, taken) {
            ('y', 4) | (_, 1) => write!(text, "{value}"),
            ('y', _) => write!(text, "{:02}", value.rem_euclid(100)),
            _ => write!(text, "{value:02}"),
        };
        rest = &rest[taken..];
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::{NodeKey, Widget};

    const NOW: Moment = Moment { year: 2026, month: 3, day: 9, hour: 7, minute: 5, second: 33 };

    fn graph() -> Graph {
        let mut node = Node::class(NodeKey::new("1"), "KSampler");
        node.title = Some("Sampler".into());
        node.widgets = vec![Widget::new("seed", 42.into()), Widget::new("sampler_name", "a/b".into())];
        let mut graph = Graph::new();
        graph.insert(node).expect("a free key");
        graph
    }

    #[test]
    fn dates_and_values() {
        let resolve = |text: &str| resolve(text, &graph(), NOW);
        assert_eq!(resolve("%date:yyyy-MM-dd_hh.mm.ss%"), "2026-03-09_07.05.33");
        assert_eq!(resolve("%date:yy M d h m s%"), "26 3 9 7 5 33");
        assert_eq!(resolve("x_%Sampler.seed%_%Sampler.sampler_name%"), "x_42_a_b");
    }

    #[test]
    fn what_is_not_known_stays() {
        let resolve = |text: &str| resolve(text, &graph(), NOW);
        assert_eq!(resolve("%width%x%Nobody.seed%"), "%width%x%Nobody.seed%");
        assert_eq!(resolve("100% %Sampler.seed%"), "100% 42");
        assert_eq!(resolve("%"), "%");
    }
}
