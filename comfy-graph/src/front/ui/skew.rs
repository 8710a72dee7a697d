//! Stored values that do not fit the widgets: the file is of an older or newer version of the node.
//!
//! The frontend puts them into the widgets by position all the same, so that a text lands in a number and everything
//! after it is shifted. Here the values go by name where the file has names, else where their kinds leave only one
//! way; failing that they stay as the frontend has them. It is always said.

use serde_json::Value;

use crate::{
    catalog::widgets::{WidgetRole, WidgetSpec},
    diag::{Diagnostic, codes},
    graph::Node,
};

/// What was done about values that do not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Repair {
    /// They were taken from `widgets_values_named`.
    ByName,
    /// Their kinds leave only one way to place them.
    ByKind,
    /// Nothing could be done.
    None,
}

impl Repair {
    pub(super) fn diagnostic(self, node: &Node) -> Diagnostic {
        let what = match self {
            Self::ByName => "they were taken by their names",
            Self::ByKind => "they were placed by their kinds, which leave only one way",
            Self::None => "they are kept by position, as in the frontend, and are probably shifted",
        };
        let message = format!("{}: the stored values do not fit the node's widgets; {what}", node.describe());
        let found =
            Diagnostic::new(codes::WIDGET_COUNT_MISMATCH, message).at_opt(node.path()).node(&node.key);
        match self {
            Self::None => found.help("the file is of another version of this node: set its values again"),
            Self::ByName | Self::ByKind => found,
        }
    }
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

fn is_control(value: &Value) -> bool {
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
        let places = embed(values.len(), specs.len(), |value, spec| fits(specs[spec], values[value]))?;
        return Some(places.into_iter().map(Some).collect());
    }
    let chosen = embed(specs.len(), values.len(), |spec, value| fits(specs[spec], values[value]))?;
    let mut places = vec![None; values.len()];
    for (spec, value) in chosen.into_iter().enumerate() {
        places[value] = Some(spec);
    }
    Some(places)
}

/// The only order-preserving way to give each of `few` items one of `many` places.
fn embed(few: usize, many: usize, fits: impl Fn(usize, usize) -> bool) -> Option<Vec<usize>> {
    // ways[i][j]: how often the items from i on go into the places from j on, counted up to two
    let mut ways = vec![vec![0_u8; many + 1]; few + 1];
    ways[few].fill(1);
    for i in (0..few).rev() {
        for j in (0..many).rev() {
            let here = if fits(i, j) { ways[i + 1][j + 1] } else { 0 };
            ways[i][j] = (here + ways[i][j + 1]).min(2);
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
            embed(few.len(), many.len(), |i, j| few[i] == many[j])
        };
        assert_eq!(letters("ac", "abc"), Some(vec![0, 2]));
        assert_eq!(letters("ab", "aab"), None);
        assert_eq!(letters("ba", "ab"), None);
        assert_eq!(letters("", "ab"), Some(vec![]));
    }
}
