//! Findings that are said once: those that a reader and the validator both have, and those about a definition that is
//! used many times.

use std::collections::BTreeMap;

use comfy_graph::diag::{Code, Diagnostic, Place, codes};

/// How many of the nodes with the same fault are named.
const NAMED: usize = 3;

/// What makes two findings the same: code, place, input, and the message without the way to the node.
type Key = (&'static str, String, Option<Box<str>>, String);

/// A finding, and the other nodes that it is about.
struct Said {
    diagnostic: Diagnostic,
    others: Vec<Box<str>>,
    further: usize,
}

/// Leaves out what was said before. A fault inside of a definition, or of a function of Rust, is said at its first use,
/// with how often and where it is there again.
pub(crate) fn said_once(diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut kept: Vec<Said> = Vec::with_capacity(diagnostics.len());
    let mut seen: BTreeMap<Key, usize> = BTreeMap::new();
    for diagnostic in diagnostics {
        let Some(key) = key(&diagnostic) else {
            kept.push(Said { diagnostic, others: Vec::new(), further: 0 });
            continue;
        };
        if let Some(first) = seen.get(&key).and_then(|first| kept.get_mut(*first)) {
            first.join(diagnostic);
            continue;
        }
        seen.insert(key, kept.len());
        kept.push(Said { diagnostic, others: Vec::new(), further: 0 });
    }
    kept.into_iter().map(Said::into_diagnostic).collect()
}

/// `None` for what is said as often as it is found.
fn key(diagnostic: &Diagnostic) -> Option<Key> {
    let place = match &diagnostic.place {
        Some(Place::Json(path)) => path.to_string(),
        Some(Place::Bytes { start, end }) => format!("{start}..{end}"),
        _ => String::new(),
    };
    let node = diagnostic.node.as_deref().unwrap_or_default();
    if is_once_anyway(diagnostic.code) {
        // the class is the same where the place is
        let place = if place.is_empty() { node.to_owned() } else { place };
        return Some((diagnostic.code.name(), place, None, String::new()));
    }
    // what is at the top is there once
    let (_, inner) = node.rsplit_once(':')?;
    let message = diagnostic.message_about(inner);
    Some((diagnostic.code.name(), place, diagnostic.input.clone(), message))
}

/// The reader and the validator both look for it. The first to speak is nearer to the text, and what the other advises is
/// added to it.
fn is_once_anyway(code: Code) -> bool {
    code == codes::MISSING_NODE_TYPE
}

impl Said {
    fn join(&mut self, other: Diagnostic) {
        if is_once_anyway(other.code) {
            if self.diagnostic.suggestions.is_empty() {
                self.diagnostic.suggestions = other.suggestions;
            }
            return;
        }
        self.further += 1;
        if self.others.len() < NAMED {
            self.others.extend(other.node.filter(|node| Some(node) != self.diagnostic.node.as_ref()));
        }
    }

    fn into_diagnostic(mut self) -> Diagnostic {
        if self.further > 0 && !self.others.is_empty() {
            let more = self.further.saturating_sub(self.others.len());
            let names: Vec<String> = self.others.iter().map(|node| format!("#{node}")).collect();
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            let again = format!("; the same at {}{more}", names.join(", "));
            self.diagnostic.message.push_str(&again);
        }
        self.diagnostic
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use comfy_graph::diag::JsonPath;

    fn found(node: &str, width: i64) -> Diagnostic {
        let place = JsonPath::root().key("definitions").key("subgraphs").index(0).key("nodes").index(1);
        let message = format!("EmptyImage #{node}: width is {width}, but at least 1 is needed");
        Diagnostic::new(codes::VALUE_SMALLER_THAN_MIN, message).at(place).node(node).input("width")
    }

    #[test]
    fn a_definition_is_said_once_with_its_uses() {
        let all = (1..=6).map(|use_of| found(&format!("{use_of}:4"), -5)).chain([found("7:4", -6)]);
        let said = said_once(all.collect());
        let messages: Vec<&str> = said.iter().map(|found| &*found.message).collect();
        let expected = [
            "EmptyImage #1:4: width is -5, but at least 1 is needed; the same at #2:4, #3:4, #4:4 and 2 more",
            "EmptyImage #7:4: width is -6, but at least 1 is needed",
        ];
        assert_eq!(messages, expected);
    }

    #[test]
    fn what_is_said_twice_of_one_node_is_not_the_same_elsewhere() {
        let said = said_once(vec![found("1:4", -5), found("1:4", -5), found("4", -5), found("4", -5)]);
        assert_eq!(said.len(), 3);
        assert!(said.iter().all(|found| !found.message.contains("the same")));
    }
}
