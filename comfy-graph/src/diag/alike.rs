//! Findings that say the same of many nodes. For people one of them is enough; programs get them all.

use std::collections::BTreeMap;

use super::{Diagnostic, short};

/// So many of a kind are shown one by one.
const FEW: usize = 5;
/// How many nodes are named.
const NAMED: usize = 12;

/// What findings that are alike have in common: everything but the node.
type Kind<'d> = (&'static str, Option<&'d str>, String);

/// The findings in their order; of a kind that is there many times, the first with all others.
pub(super) fn kinds(diagnostics: &[Diagnostic]) -> Vec<(&Diagnostic, Vec<&Diagnostic>)> {
    let mut counts: BTreeMap<Kind<'_>, usize> = BTreeMap::new();
    let kinds: Vec<Option<Kind<'_>>> = diagnostics.iter().map(kind).collect();
    for kind in kinds.iter().flatten() {
        *counts.entry(kind.clone()).or_default() += 1;
    }
    let mut shown: Vec<(&Diagnostic, Vec<&Diagnostic>)> = Vec::new();
    let mut first: BTreeMap<Kind<'_>, usize> = BTreeMap::new();
    for (diagnostic, kind) in diagnostics.iter().zip(kinds) {
        let many = kind.filter(|kind| counts.get(kind).is_some_and(|count| *count > FEW));
        let Some(kind) = many else {
            shown.push((diagnostic, Vec::new()));
            continue;
        };
        let at = *first.entry(kind).or_insert(shown.len());
        match shown.get_mut(at) {
            Some((_, others)) => others.push(diagnostic),
            None => shown.push((diagnostic, Vec::new())),
        }
    }
    shown
}

/// `None` for what is about no node.
fn kind(diagnostic: &Diagnostic) -> Option<Kind<'_>> {
    diagnostic.node.as_deref()?;
    let mut message = diagnostic.message_about("");
    if let Some(title) = &diagnostic.title {
        message = message.replace(&format!("# (\"{}\")", short(title)), "#");
    }
    Some((diagnostic.code.name(), diagnostic.input.as_deref(), message))
}

/// Where the others are.
pub(super) fn note(others: &[&Diagnostic]) -> Option<String> {
    let names: Vec<String> = others
        .iter()
        .filter_map(|other| other.node.as_deref())
        .take(NAMED)
        .map(|node| format!("#{}", short(node)))
        .collect();
    let more = others.len().checked_sub(names.len()).filter(|more| *more > 0);
    let more = more.map_or_else(String::new, |more| format!(" and {more} more"));
    (!names.is_empty()).then(|| format!("the same at {}{more}", names.join(", ")))
}
