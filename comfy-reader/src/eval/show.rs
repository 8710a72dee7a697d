//! `format!` and `to_string()`: values as Rust shows them.

use comfy_graph::diag::codes;

use super::{Exit, Machine, Run};
use crate::{
    at::At,
    format::{Arg, Count, Format, MAX_WIDTH, Piece, Spec},
    value::Val,
};

impl<'w, 'a> Machine<'w, 'a, '_> {
    pub(super) fn format(&mut self, format: &'w Format<'a>, at: At) -> Run<'a> {
        let args = format.args.iter().map(|arg| self.eval(arg)).collect::<Result<Vec<_>, _>>()?;
        let mut text = String::new();
        for piece in &format.pieces {
            match piece {
                Piece::Text(plain) => text.push_str(plain),
                Piece::Arg(Arg::At(index), spec) => {
                    let value = args.get(*index).ok_or(Exit::Stop)?;
                    match shown(value, spec, &args) {
                        Some(shown) => text.push_str(&shown),
                        None => {
                            return self.stop(
                                codes::UNSUPPORTED_RUST,
                                at,
                                "the text of such a value is not read",
                            );
                        }
                    }
                }
                Piece::Arg(..) => return Err(Exit::Stop),
            }
        }
        self.spend(text.len(), at)?;
        Ok(Val::text(text))
    }
}

/// A value without any format.
pub(super) fn plain(value: &Val<'_>) -> Option<String> {
    Some(match value {
        Val::Bool(flag) => flag.to_string(),
        Val::Char(char) => char.to_string(),
        Val::Int(int) => int.to_string(),
        Val::Float(float) => float.to_string(),
        Val::Str(text) => text.to_string(),
        Val::Json(value) => value.to_string(),
        _ => return None,
    })
}

fn debug(value: &Val<'_>, precision: Option<usize>) -> Option<String> {
    let list = |items: &[Val<'_>]| -> Option<String> {
        let items: Option<Vec<String>> = items.iter().map(|item| debug(item, precision)).collect();
        Some(items?.join(", "))
    };
    Some(match value {
        Val::Float(float) => match precision {
            Some(precision) => format!("{float:.precision$?}"),
            None => format!("{float:?}"),
        },
        Val::Str(text) => format!("{text:?}"),
        Val::Char(char) => format!("{char:?}"),
        Val::List(items) => format!("[{}]", list(items)?),
        Val::Tuple(items) if items.len() == 1 => format!("({},)", list(items)?),
        Val::Tuple(items) => format!("({})", list(items)?),
        Val::Unit => "()".to_owned(),
        Val::Option(None) => "None".to_owned(),
        Val::Option(Some(value)) => format!("Some({})", debug(value, precision)?),
        other => plain(other)?,
    })
}

/// A width or precision; the checker sees to it that it is a number.
fn count(count: &Count, args: &[Val<'_>]) -> usize {
    match count {
        Count::Is(number) => *number,
        Count::Arg(Arg::At(at)) => match args.get(*at) {
            Some(Val::Int(number)) => usize::try_from(*number).unwrap_or(MAX_WIDTH).min(MAX_WIDTH),
            _ => 0,
        },
        Count::Arg(_) => 0,
    }
}

fn shown(value: &Val<'_>, spec: &Spec, args: &[Val<'_>]) -> Option<String> {
    let number = |given: &Option<Count>| given.as_ref().map(|given| count(given, args));
    let (width, precision) = (number(&spec.width), number(&spec.precision));
    let is_number = matches!(value, Val::Int(_) | Val::Float(_));
    let text = match (value, precision) {
        (value, precision) if spec.kind == "?" => debug(value, precision)?,
        (Val::Float(float), Some(precision)) => format!("{float:.precision$}"),
        (Val::Str(text), Some(precision)) => text.chars().take(precision).collect(),
        (value, _) => plain(value)?,
    };
    let text = if spec.plus && is_number && !text.starts_with('-') { format!("+{text}") } else { text };
    Some(pad(&text, spec, width, is_number))
}

/// Fills up to the width. Numbers stand right, all else left.
fn pad(text: &str, spec: &Spec, width: Option<usize>, is_number: bool) -> String {
    let missing = width.unwrap_or(0).saturating_sub(text.chars().count());
    if missing == 0 {
        return text.to_owned();
    }
    if spec.zero && is_number {
        let (sign, digits) = text.split_at(usize::from(text.starts_with(['-', '+'])));
        return format!("{sign}{}{digits}", "0".repeat(missing));
    }
    let fill = |count: usize| spec.fill.unwrap_or(' ').to_string().repeat(count);
    match spec.align.unwrap_or(if is_number { '>' } else { '<' }) {
        '<' => format!("{text}{}", fill(missing)),
        '^' => format!("{}{text}{}", fill(missing / 2), fill(missing - missing / 2)),
        _ => format!("{}{text}", fill(missing)),
    }
}
