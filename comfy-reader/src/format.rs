//! Format texts: `"{name:>8.2} and {}"`.

use super::hir::Expr;

/// A format text with its arguments.
#[derive(Debug)]
pub(super) struct Format<'a> {
    pub(super) pieces: Vec<Piece>,
    pub(super) args: Vec<Expr<'a>>,
}

/// A piece of a format text.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Piece {
    Text(String),
    Arg(Arg, Spec),
}

/// Which argument.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Arg {
    Next,
    At(usize),
    Named(String),
}

/// How an argument is shown.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Spec {
    pub(super) fill: Option<char>,
    pub(super) align: Option<char>,
    pub(super) plus: bool,
    pub(super) alternate: bool,
    pub(super) zero: bool,
    pub(super) width: Option<Count>,
    pub(super) precision: Option<Count>,
    /// `""` or `"?"`
    pub(super) kind: String,
}

/// A width or precision.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Count {
    Is(usize),
    Arg(Arg),
}

/// A text taken apart.
#[derive(Debug)]
pub(super) struct Parsed {
    pub(super) pieces: Vec<Piece>,
}

/// No text is padded to more than this.
pub(super) const MAX_WIDTH: usize = 4096;

/// Takes a format text apart.
pub(super) fn parse(text: &str) -> Result<Parsed, String> {
    let mut pieces = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        let (before, after) = rest.split_at(at);
        plain.push_str(before);
        if let Some(after) = after.strip_prefix("{{") {
            plain.push('{');
            rest = after;
        } else if let Some(after) = after.strip_prefix("}}") {
            plain.push('}');
            rest = after;
        } else if let Some(after) = after.strip_prefix('{') {
            let Some((inside, after)) = after.split_once('}') else {
                return Err("invalid format text: expected `}`".to_owned());
            };
            if !plain.is_empty() {
                pieces.push(Piece::Text(std::mem::take(&mut plain)));
            }
            pieces.push(argument(inside)?);
            rest = after;
        } else {
            return Err("invalid format text: unmatched `}`".to_owned());
        }
    }
    plain.push_str(rest);
    if !plain.is_empty() {
        pieces.push(Piece::Text(plain));
    }
    Ok(Parsed { pieces })
}

fn argument(inside: &str) -> Result<Piece, String> {
    let (name, spec) = inside.split_once(':').unwrap_or((inside, ""));
    Ok(Piece::Arg(which(name.trim())?, parse_spec(spec.trim_end())?))
}

fn which(name: &str) -> Result<Arg, String> {
    if name.is_empty() {
        return Ok(Arg::Next);
    }
    if name.bytes().all(|byte| byte.is_ascii_digit()) {
        return name.parse().map(Arg::At).map_err(|_| format!("invalid argument `{name}`"));
    }
    let legal = name.chars().all(|c| c.is_alphanumeric() || c == '_')
        && !name.starts_with(|c: char| c.is_ascii_digit());
    if legal {
        Ok(Arg::Named(name.to_owned()))
    } else {
        Err(format!("invalid format text: only names stand in braces, not `{name}`"))
    }
}

fn parse_spec(text: &str) -> Result<Spec, String> {
    let mut spec = Spec::default();
    let chars: Vec<char> = text.chars().collect();
    let mut at = 0;
    if let [fill, align @ ('<' | '^' | '>'), ..] = chars.as_slice() {
        (spec.fill, spec.align) = (Some(*fill), Some(*align));
        at = 2;
    } else if let [align @ ('<' | '^' | '>'), ..] = chars.as_slice() {
        spec.align = Some(*align);
        at = 1;
    }
    let mut rest: String = chars.get(at..).unwrap_or_default().iter().collect();
    let mut flag = |sign: char| {
        let found = rest.starts_with(sign);
        if found {
            rest.drain(..sign.len_utf8());
        }
        found
    };
    spec.plus = flag('+');
    spec.alternate = flag('#');
    // `0$` is an argument, not the flag
    let counted = rest_is_argument(&rest_of(&chars, at, spec.plus, spec.alternate));
    spec.zero = !counted && flag('0');
    let (width, after) = count(&rest)?;
    spec.width = width;
    let mut after = after;
    if let Some(precision) = after.strip_prefix('.') {
        if precision.starts_with('*') {
            return Err("`.*` is not read without a compiler".to_owned());
        }
        let (precision, behind) = count(precision)?;
        spec.precision = precision;
        after = behind;
    }
    if !["", "?"].contains(&after.as_str()) {
        return Err(format!("the format `{after}` is not read without a compiler"));
    }
    spec.kind = after;
    Ok(spec)
}

fn rest_of(chars: &[char], at: usize, plus: bool, alternate: bool) -> String {
    chars.get(at + usize::from(plus) + usize::from(alternate)..).unwrap_or_default().iter().collect()
}

fn rest_is_argument(rest: &str) -> bool {
    rest.strip_prefix('0').is_some_and(|rest| rest.starts_with('$'))
}

/// A number, or `name$`, at the start of a text.
fn count(text: &str) -> Result<(Option<Count>, String), String> {
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(text.len());
    let (word, after) = text.split_at(end);
    if let Some(after) = after.strip_prefix('$') {
        return Ok((Some(Count::Arg(which(word)?)), after.to_owned()));
    }
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, after) = text.split_at(end);
    if digits.is_empty() {
        return Ok((None, text.to_owned()));
    }
    match digits.parse::<usize>() {
        Ok(number) if number <= MAX_WIDTH => Ok((Some(Count::Is(number)), after.to_owned())),
        _ => Err(format!("the width {digits} is too large")),
    }
}

impl Parsed {
    fn arguments(&mut self) -> impl Iterator<Item = &mut Arg> {
        self.pieces.iter_mut().flat_map(|piece| match piece {
            Piece::Text(_) => Vec::new(),
            Piece::Arg(arg, spec) => {
                let mut all = Vec::new();
                for count in [&mut spec.width, &mut spec.precision] {
                    if let Some(Count::Arg(arg)) = count {
                        all.push(arg);
                    }
                }
                all.push(arg);
                all
            }
        })
    }

    /// The names used, each once, in order.
    pub(super) fn names(&mut self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for arg in self.arguments() {
            if let Arg::Named(name) = arg
                && !names.contains(name)
            {
                names.push(name.clone());
            }
        }
        names
    }

    /// Replaces names and `{}` by positions; gives the positions used.
    pub(super) fn resolve(&mut self, names: &[Option<String>]) -> Result<Vec<usize>, String> {
        let mut next = 0;
        let mut used = Vec::new();
        for arg in self.arguments() {
            let at = match arg {
                Arg::Next => {
                    next += 1;
                    next - 1
                }
                Arg::At(at) => *at,
                Arg::Named(name) => names
                    .iter()
                    .position(|known| known.as_ref() == Some(name))
                    .ok_or_else(|| format!("there is no argument `{name}`"))?,
            };
            if at >= names.len() {
                return Err(format!("the format text wants argument {at}, but {} are given", names.len()));
            }
            *arg = Arg::At(at);
            used.push(at);
        }
        Ok(used)
    }

    /// What is shown, and whether as `{:?}`.
    pub(super) fn shown(&self) -> Vec<(usize, bool)> {
        self.pieces
            .iter()
            .filter_map(|piece| match piece {
                Piece::Arg(Arg::At(at), spec) => Some((*at, spec.kind == "?")),
                _ => None,
            })
            .collect()
    }

    /// Whether an argument is shown without width, precision and the like.
    pub(super) fn is_plain(&self, index: usize) -> bool {
        self.pieces.iter().all(|piece| match piece {
            Piece::Arg(Arg::At(at), spec) => *at != index || *spec == Spec::default(),
            _ => true,
        })
    }

    /// The arguments that are widths or precisions.
    pub(super) fn counts(&self) -> Vec<usize> {
        let mut found = Vec::new();
        for piece in &self.pieces {
            if let Piece::Arg(_, spec) = piece {
                for count in [&spec.width, &spec.precision] {
                    if let Some(Count::Arg(Arg::At(at))) = count {
                        found.push(*at);
                    }
                }
            }
        }
        found
    }
}
