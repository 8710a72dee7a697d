//! Patterns: whether a value matches, and what its parts are called.

use std::rc::Rc;

use super::{Machine, constant};
use crate::{
    hir::{Const, Pattern},
    value::Val,
};

impl<'a> Machine<'_, 'a, '_> {
    /// Binds the variables of a pattern that fits; `false` if it does not.
    pub(super) fn bind(&mut self, pattern: &Pattern, value: Val<'a>) -> bool {
        match pattern {
            // by far the most
            Pattern::Bind(local, None) => {
                self.set_local(*local, value);
                true
            }
            Pattern::Wild => true,
            _ => self.matches(pattern, &value),
        }
    }

    pub(super) fn matches(&mut self, pattern: &Pattern, value: &Val<'a>) -> bool {
        match (pattern, value) {
            (Pattern::Wild, _) => true,
            (Pattern::Bind(local, inner), value) => {
                if inner.as_ref().is_some_and(|inner| !self.matches(inner, value)) {
                    return false;
                }
                self.set_local(*local, value.clone());
                true
            }
            (Pattern::Tuple(patterns, rest), Val::Tuple(items) | Val::List(items)) => {
                let before = rest.unwrap_or(patterns.len()).min(patterns.len());
                let skipped = items.len().saturating_sub(patterns.len());
                let (front, back) = patterns.split_at(before);
                let tail = items.iter().skip(before + skipped);
                front.iter().zip(items.iter()).all(|(pattern, item)| self.matches(pattern, item))
                    && back.iter().zip(tail).all(|(pattern, item)| self.matches(pattern, item))
            }
            (Pattern::Slice(patterns, cut, rest, _), Val::List(items)) => {
                let before = cut.unwrap_or(patterns.len()).min(patterns.len());
                let fits =
                    if cut.is_some() { items.len() >= patterns.len() } else { items.len() == patterns.len() };
                let (front, back) = patterns.split_at(before);
                let end = items.len().saturating_sub(back.len());
                if !fits
                    || !front.iter().zip(items.iter()).all(|(pattern, item)| self.matches(pattern, item))
                    || !back
                        .iter()
                        .zip(items.iter().skip(end))
                        .all(|(pattern, item)| self.matches(pattern, item))
                {
                    return false;
                }
                if let Some(rest) = rest {
                    let middle = items.get(before..end).unwrap_or_default().to_vec();
                    self.set_local(*rest, Val::List(Rc::new(middle)));
                }
                true
            }
            (Pattern::Tuple(patterns, _), Val::Unit) => patterns.is_empty(),
            (Pattern::Struct(fields), Val::Tuple(items)) => self.all_match(fields, items),
            (Pattern::Variant(variant, fields), Val::Variant(found, items)) => {
                variant == found && self.all_match(fields, items)
            }
            (Pattern::Some(inner), Val::Option(Some(value))) => self.matches(inner, value),
            (Pattern::None, Val::Option(None)) => true,
            (Pattern::Choice(index), Val::Choice(found, _)) => index == found,
            (Pattern::Const(wanted), value) => same(wanted, value),
            (Pattern::Range(start, stop, closed), value) => {
                in_range(start.as_ref(), stop.as_ref(), *closed, value)
            }
            (Pattern::Or(patterns), value) => patterns.iter().any(|pattern| self.matches(pattern, value)),
            _ => false,
        }
    }

    fn all_match(&mut self, fields: &[(usize, Pattern)], items: &[Val<'a>]) -> bool {
        fields
            .iter()
            .all(|(index, pattern)| items.get(*index).is_some_and(|item| self.matches(pattern, item)))
    }
}

#[expect(clippy::float_cmp, reason = "as Rust compares a constant")]
fn same(wanted: &Const, value: &Val<'_>) -> bool {
    match (constant(wanted), value) {
        (Val::Bool(a), Val::Bool(b)) => a == *b,
        (Val::Char(a), Val::Char(b)) => a == *b,
        (Val::Int(a), Val::Int(b)) => a == *b,
        (Val::Float(a), Val::Float(b)) => a == *b,
        (Val::Str(a), Val::Str(b)) => a == *b,
        _ => false,
    }
}

fn in_range(start: Option<&Const>, stop: Option<&Const>, closed: bool, value: &Val<'_>) -> bool {
    let compare = |bound: &Const| match (constant(bound), value) {
        (Val::Int(bound), Val::Int(value)) => value.partial_cmp(&bound),
        (Val::Float(bound), Val::Float(value)) => value.partial_cmp(&bound),
        (Val::Char(bound), Val::Char(value)) => value.partial_cmp(&bound),
        _ => None,
    };
    let above = start.is_none_or(|start| compare(start).is_some_and(std::cmp::Ordering::is_ge));
    let below = stop.is_none_or(|stop| {
        compare(stop).is_some_and(|order| if closed { order.is_le() } else { order.is_lt() })
    });
    above && below
}
