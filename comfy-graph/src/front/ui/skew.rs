//! Stored values that do not fit the widgets: the file is of an older or newer version of the node.
//!
//! The frontend puts them into the widgets by position all the same, so that a text lands in a number and everything
//! after it is shifted. Here the values go by name where the file has names, else where their kinds leave only one
//! way; failing that they stay as the frontend has them. It is always said.

use std::fmt::Write as _;

use serde_json::Value;

use crate::{
    catalog::widgets::{WidgetRole, WidgetSpec},
    diag::{Diagnostic, codes, short},
    graph::Node,
};

/// What was done about values that do not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Repair {
    /// They were taken by the names that the file has for them.
    ByName,
    /// Their kinds leave only one way to place them.
    ByKind,
    /// They fit, but there are more of them than widgets.
    LeftOver,
    /// Nothing could be done.
    None,
}

impl Repair {
    /// `kept` are the names of values that no widget of the catalog's version is for, and `lost` such values without
    /// a name.
    pub(super) fn diagnostic(self, node: &Node, kept: &[&str], lost: &[&Value]) -> Diagnostic {
        let what = match self {
            Self::ByName => "they were taken by their names",
            Self::ByKind => "they were placed by their kinds, which leave only one way",
            Self::LeftOver => "there are more of them",
            Self::None => "they are kept by position, as in the frontend, and are probably shifted",
        };
        let mut message =
            format!("{}: the stored values do not fit the node's widgets; {what}", node.describe());
        if !kept.is_empty() {
            let names = listed(kept.iter().map(|name| format!("`{}`", short(name))));
            let _ = write!(message, "; the catalog does not know {names}, kept as the file has it");
        }
        if !lost.is_empty() {
            let values = listed(lost.iter().map(|value| format!("`{}`", short(&value.to_string()))));
            let _ = write!(message, "; nothing says what {values} is for, it is not in the prompt");
        }
        let found =
            Diagnostic::new(codes::WIDGET_COUNT_MISMATCH, message).at_opt(node.path()).node(&node.key);
        match self {
            Self::None => found.help("the file is of another version of this node: set its values again"),
            Self::ByName | Self::ByKind | Self::LeftOver => found,
        }
    }
}

/// The first of these.
fn listed(items: impl ExactSizeIterator<Item = String>) -> String {
    const SHOWN: usize = 5;
    let further = items.len().saturating_sub(SHOWN);
    let mut text = items.take(SHOWN).collect::<Vec<_>>().join(", ");
    if further > 0 {
        let _ = write!(text, " and {further} more");
    }
    text
}

/// Whether a value is of the kind that the widget holds. What kind that is, the default tells.
pub(super) fn is_of_kind(spec: &WidgetSpec<'_>, value: Option<&Value>) -> bool {
    let Some(value) = value else { return true };
    match (spec.role, &spec.default) {
        (WidgetRole::Control, _) => is_control(value),
        // null gives way to the first option
        (WidgetRole::Combo(_), _) if value.is_null() => true,
        (WidgetRole::Combo(combo), _) => match combo.options.first() {
            Some(first) => {
                first.is_number() == value.is_number() && !value.is_boolean() && !value.is_object()
            }
            None => value.is_string(),
        },
        (WidgetRole::DynamicCombo(_), _) => value.is_string(),
        (WidgetRole::Plain | WidgetRole::DynamicPrompt, Some(default)) => {
            !is_scalar(default) || std::mem::discriminant(default) == std::mem::discriminant(value)
        }
        _ => true,
    }
}

fn is_scalar(value: &Value) -> bool {
    value.is_number() || value.is_string() || value.is_boolean()
}

pub(super) fn is_control(value: &Value) -> bool {
    const WORDS: [&str; 5] = ["fixed", "increment", "decrement", "randomize", "increment-wrap"];
    value.is_boolean() || value.as_str().is_some_and(|word| WORDS.contains(&word))
}

/// As [`is_of_kind`], and one of the options where there is a fixed list of them.
fn fits(spec: &WidgetSpec<'_>, value: &Value) -> bool {
    is_of_kind(spec, Some(value))
        && match spec.role {
            WidgetRole::Combo(combo) if !combo.is_file_list() => combo.options.contains(value),
            _ => true,
        }
}

/// The widget of each value, if order and kinds leave exactly one way: either every value has a widget and some
/// widgets have none, or every widget has a value and some values have none.
pub(super) fn only_way(specs: &[&WidgetSpec<'_>], values: &[&Value]) -> Option<Vec<Option<usize>>> {
    let dynamic =
        specs.iter().any(|s| matches!(s.role, WidgetRole::DynamicCombo(_) | WidgetRole::GrowingOption));
    // more than any node has; the table below is the product
    if dynamic || specs.len() == values.len() || specs.len().max(values.len()) > 256 {
        return None;
    }
    if specs.len() > values.len() {
        let fits = |value: usize, spec: usize| fits(specs[spec], values[value]);
        let places = embed(values.len(), specs.len(), fits, |_| true)?;
        return Some(places.into_iter().map(Some).collect());
    }
    let fits = |spec: usize, value: usize| fits(specs[spec], values[value]);
    let chosen = embed(specs.len(), values.len(), fits, |_| true)?;
    let mut places = vec![None; values.len()];
    for (spec, value) in chosen.into_iter().enumerate() {
        places[value] = Some(spec);
    }
    Some(places)
}

/// The only order-preserving way to give each of `few` items one of `many` places, of which those without an item
/// have to be free.
pub(super) fn embed(
    few: usize,
    many: usize,
    fits: impl Fn(usize, usize) -> bool,
    is_free: impl Fn(usize) -> bool,
) -> Option<Vec<usize>> {
    // ways[i][j]: how often the items from i on go into the places from j on, counted up to two
    let mut ways = vec![vec![0_u8; many + 1]; few + 1];
    ways[few][many] = 1;
    for i in (0..=few).rev() {
        for j in (0..many).rev() {
            let here = if i < few && fits(i, j) { ways[i + 1][j + 1] } else { 0 };
            let later = if is_free(j) { ways[i][j + 1] } else { 0 };
            ways[i][j] = (here + later).min(2);
        }
    }
    if ways[0][0] != 1 {
        return None;
    }
    let mut places = Vec::with_capacity(few);
    let mut j = 0;
    for i in 0..few {
        while !(fits(i, j) && ways[i + 1][j + 1] == 1) {
            j += 1;
        }
        places.push(j);
        j += 1;
    }
    Some(places)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_way_or_none() {
        let letters = |few: &str, many: &str| {
            let (few, many): (Vec<char>, Vec<char>) = (few.chars().collect(), many.chars().collect());
            embed(few.len(), many.len(), |i, j| few[i] == many[j], |_| true)
        };
        assert_eq!(letters("ac", "abc"), Some(vec![0, 2]));
        assert_eq!(letters("ab", "aab"), None);
        assert_eq!(letters("ba", "ab"), None);
        assert_eq!(letters("", "ab"), Some(vec![]));
    }
}
