//! Places → bytes, lines and columns of a source text. Only the error path comes here: the text is parsed a
//! second time, when the first diagnostic with a [`JsonPath`] is shown.

use std::{cell::OnceCell, collections::BTreeMap, ops::Range, panic::Location};

use jsonc_parser::{
    CollectOptions, ParseOptions,
    ast::{ObjectProp, Value},
    common::Ranged,
    parse_to_ast,
};

use super::{JsonPath, Place, Segment};
use crate::wrapped;

/// A named source text in which places are looked up.
pub(super) struct Locator<'t> {
    pub(super) name: &'t str,
    pub(super) text: &'t str,
    /// Parsed when first needed; `None` inside when the text is not JSON (Rust source).
    tree: OnceCell<Option<Value<'t>>>,
    /// The way from the document's root to the workflow or prompt that paths begin at.
    wrapper: OnceCell<Vec<Segment>>,
    /// The first byte of each line.
    lines: OnceCell<Vec<usize>>,
    /// How many characters begin before every [`STEP`]th byte.
    characters: OnceCell<Vec<usize>>,
    compact: OnceCell<bool>,
    /// The root's members by key: a prompt has all its nodes there, and every place begins with one of them.
    members: OnceCell<BTreeMap<String, usize>>,
}

/// The distance in bytes between the places whose characters are counted once and for all.
const STEP: usize = 1024;

/// A line and a column, both counted from 1, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The character in it.
    pub column: usize,
}

impl<'t> Locator<'t> {
    pub(super) fn new((name, text): (&'t str, &'t str)) -> Self {
        Self {
            name,
            text,
            tree: OnceCell::new(),
            wrapper: OnceCell::new(),
            lines: OnceCell::new(),
            characters: OnceCell::new(),
            compact: OnceCell::new(),
            members: OnceCell::new(),
        }
    }

    /// The bytes of a place, on character boundaries and inside the text.
    pub(super) fn span(&self, place: &Place) -> Option<Range<usize>> {
        match place {
            Place::Json(path) => self.find(path),
            Place::Bytes { start, end } => {
                let is_boundary = |byte: &usize| self.text.is_char_boundary(*byte);
                let length = self.text.len();
                let start = (0..=(*start).min(length)).rev().find(is_boundary)?;
                let end = ((*end).min(length)..=length).find(is_boundary)?;
                Some(start..end.max(start))
            }
            Place::Rust(location) => self.word_at(location),
        }
    }

    /// The word at a place in Rust source: the name of the method that was called there. `None` when this is
    /// another file, or another version of it.
    fn word_at(&self, location: &Location<'_>) -> Option<Range<usize>> {
        if location.file() != self.name {
            return None;
        }
        let line = *self.lines().get((location.line() as usize).checked_sub(1)?)?;
        let text = self.text.get(line..)?.lines().next()?;
        // rustc counts columns in characters
        let (column, _) = text.char_indices().nth((location.column() as usize).checked_sub(1)?)?;
        let rest = text.get(column..)?;
        let length = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        let start = line + column;
        Some(start..start + length.max(rest.chars().next().map_or(0, char::len_utf8)))
    }

    /// The line and column of a byte.
    pub(super) fn position(&self, byte: usize) -> Position {
        let lines = self.lines();
        let line = lines.partition_point(|start| *start <= byte).max(1);
        let start = lines.get(line - 1).copied().unwrap_or(0);
        let column = self.characters_before(byte).saturating_sub(self.characters_before(start)) + 1;
        Position { line, column }
    }

    /// How many characters begin before a byte; the time taken does not depend on where it is.
    fn characters_before(&self, byte: usize) -> usize {
        let begins = |bytes: &[u8]| bytes.iter().filter(|byte| **byte & 0xC0 != 0x80).count();
        let counts = self.characters.get_or_init(|| {
            let sum = |sum: &mut usize, chunk: &[u8]| {
                let before = *sum;
                *sum += begins(chunk);
                Some(before)
            };
            self.text.as_bytes().chunks(STEP).scan(0, sum).collect()
        });
        let byte = byte.min(self.text.len());
        let Some(before) = counts.get(byte / STEP) else {
            return counts
                .last()
                .map_or(0, |last| last + begins(&self.text.as_bytes()[(counts.len() - 1) * STEP..]));
        };
        before + begins(&self.text.as_bytes()[byte / STEP * STEP..byte])
    }

    /// What to show of the text around a span: the whole lines that it touches, or of long ones the part around its
    /// beginning, and the number of the first line. The second range is the span, as far as it is shown.
    pub(super) fn around(&self, span: &Range<usize>) -> (Range<usize>, Range<usize>, usize) {
        /// More than a terminal is wide, so that the renderer cuts the part, too, and marks it.
        const SIDE: usize = 400;
        /// A longer line is no line for people.
        const LONG: usize = 4 * SIDE;
        let lines = self.lines();
        let first = lines.partition_point(|start| *start <= span.start).max(1);
        let start = lines.get(first - 1).copied().unwrap_or(0);
        let next = lines.partition_point(|start| *start <= span.end);
        let end = lines.get(next).map_or(self.text.len(), |next| next - 1).max(span.end);
        if end - start <= LONG {
            return (start..end, span.clone(), first);
        }
        let boundary = |mut byte: usize| {
            while !self.text.is_char_boundary(byte) {
                byte += 1;
            }
            byte
        };
        let shown = span.start..boundary((span.start + SIDE).min(span.end));
        let from = boundary(start.max(span.start.saturating_sub(SIDE)));
        let to = boundary(end.min(shown.end + SIDE));
        (from..to, shown, first)
    }

    fn lines(&self) -> &[usize] {
        self.lines.get_or_init(|| {
            std::iter::once(0).chain(self.text.match_indices('\n').map(|(byte, _)| byte + 1)).collect()
        })
    }

    /// The bytes of the value at `path`, or of the nearest value around it that exists.
    fn find(&self, path: &JsonPath) -> Option<Range<usize>> {
        let mut value = self.tree()?;
        if let Some((first, rest)) = path.segments().split_first()
            && let Some(member) = self.member(first)
        {
            value = member;
            for segment in rest {
                let Some(next) = child(value, segment) else { break };
                value = next;
            }
        }
        let (range, start) = (self.salient(value), self.offset());
        Some(range.start + start..range.end + start)
    }

    /// The value at exactly this path. Its bytes count from [`offset`](Self::offset).
    pub(super) fn value(&self, path: &[Segment]) -> Option<&Value<'t>> {
        match path.split_first() {
            Some((first, rest)) => rest.iter().try_fold(self.member(first)?, child),
            None => self.tree(),
        }
    }

    /// A member or element of the root.
    fn member(&self, segment: &Segment) -> Option<&Value<'t>> {
        let root = self.tree()?;
        let (Value::Object(object), Segment::Key(key)) = (root, segment) else { return child(root, segment) };
        // of a repeated key the last counts, as in serde_json and in JavaScript
        let names =
            || object.properties.iter().enumerate().map(|(at, p)| (p.name.as_str().to_owned(), at)).collect();
        let position = *self.members.get_or_init(names).get(&**key)?;
        object.properties.get(position).map(|property| &property.value)
    }

    /// Where the document begins: behind a byte order mark.
    pub(super) fn offset(&self) -> usize {
        self.text.len() - crate::json::without_bom(self.text).len()
    }

    /// Whether the document is written without blanks after its colons.
    pub(super) fn is_compact(&self) -> bool {
        *self.compact.get_or_init(|| !self.text.contains("\": "))
    }

    /// Bytes of the document, which count from [`offset`](Self::offset).
    pub(super) fn slice(&self, range: Range<usize>) -> &'t str {
        let start = self.offset();
        self.text.get(range.start + start..range.end + start).unwrap_or_default()
    }

    /// The white space between two items: what follows the comma.
    pub(super) fn after_comma(&self, between: Range<usize>) -> &'t str {
        self.slice(between).split_once(',').map_or("", |(_, space)| space)
    }

    /// The part of a value that a reader should look at: all of a plain value or a link, but of a node (which may be
    /// pages long) the member that says its class, and of other lists and objects the opening bracket.
    fn salient(&self, value: &Value<'_>) -> Range<usize> {
        /// As long as `["12:345", 0]` may be with some air.
        const SHORT: usize = 40;
        let member = match value {
            Value::Object(object) => object.properties.iter().find(|property| names_a_class(property)),
            _ => None,
        };
        match (member, value) {
            (Some(member), _) => member.start()..member.end(),
            (None, Value::Object(_)) => value.start()..value.start() + 1,
            (None, Value::Array(_)) => {
                let whole = value.start()..value.end();
                let text = self.slice(whole.clone());
                if text.len() <= SHORT && !text.contains('\n') {
                    whole
                } else {
                    value.start()..value.start() + 1
                }
            }
            _ => value.start()..value.end(),
        }
    }

    /// The workflow or prompt; all of the document unless that wraps one.
    fn tree(&self) -> Option<&Value<'t>> {
        self.wrapper().iter().try_fold(self.document()?, child)
    }

    /// The way from the document's root to [`tree`](Self::tree).
    pub(super) fn wrapper(&self) -> &[Segment] {
        let find = || wrapped::find(self.document()?).map(|inner| inner.path);
        self.wrapper.get_or_init(|| find().unwrap_or_default())
    }

    fn document(&self) -> Option<&Value<'t>> {
        self.tree.get_or_init(|| parse(self.text.get(self.offset()..)?)).as_ref()
    }
}

impl<'a, 't> wrapped::Tree<'a> for &'a Value<'t> {
    fn member(self, key: &str) -> Option<Self> {
        let Value::Object(object) = self else { return None };
        // of a repeated key the last counts
        object
            .properties
            .iter()
            .rev()
            .find(|property| property.name.as_str() == key)
            .map(|property| &property.value)
    }

    fn children(self) -> Vec<(Segment, Self)> {
        match self {
            Value::Object(object) => {
                let member = |property: &'a ObjectProp<'t>| {
                    (Segment::Key(property.name.as_str().into()), &property.value)
                };
                object.properties.iter().map(member).collect()
            }
            Value::Array(list) => {
                list.elements.iter().enumerate().map(|(at, value)| (Segment::Index(at), value)).collect()
            }
            _ => Vec::new(),
        }
    }

    fn is_object(self) -> bool {
        matches!(self, Value::Object(_))
    }

    fn is_list(self) -> bool {
        matches!(self, Value::Array(_))
    }

    fn is_text(self) -> bool {
        matches!(self, Value::StringLit(_))
    }
}

fn child<'a, 't>(value: &'a Value<'t>, segment: &Segment) -> Option<&'a Value<'t>> {
    match (value, segment) {
        // the last, as above
        (Value::Object(object), Segment::Key(key)) => {
            object.properties.iter().rev().find(|p| p.name.as_str() == &**key).map(|p| &p.value)
        }
        (Value::Array(array), Segment::Index(index)) => array.elements.get(*index),
        _ => None,
    }
}

fn parse(text: &str) -> Option<Value<'_>> {
    let strict = ParseOptions {
        allow_comments: false,
        allow_loose_object_property_names: false,
        allow_trailing_commas: false,
        // Python writes them
        allow_non_finite_numbers: true,
        ..ParseOptions::default()
    };
    parse_to_ast(text, &CollectOptions::default(), &strict).ok()?.value
}

fn names_a_class(property: &ObjectProp<'_>) -> bool {
    matches!(property.name.as_str(), "type" | "class_type") && matches!(property.value, Value::StringLit(_))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\u{feff}{\n \"a\": [1, {\"type\": \"K\", \"w\": [\"ä\", NaN], \"more\": \"of it\"}],\n \"a\": {\"id\": 5}}";

    fn found(text: &str, path: JsonPath) -> Option<&str> {
        let span = Locator::new(("x", text)).span(&Place::Json(path))?;
        text.get(span)
    }

    #[test]
    fn paths_are_found_behind_a_byte_order_mark() {
        assert_eq!(found(TEXT, JsonPath::root().key("a").key("id")), Some("5"), "the last of two keys");
        let text = TEXT.replace("\n \"a\": {\"id\": 5}", "\"b\": 0");
        let node = JsonPath::root().key("a").index(1);
        assert_eq!(found(&text, node.clone()), Some("\"type\": \"K\""));
        assert_eq!(found(&text, node.clone().key("w").index(1)), Some("NaN"));
        assert_eq!(found(&text, node.clone().key("w")), Some("[\"ä\", NaN]"));
        assert_eq!(
            found(&text, node.key("w").index(7)),
            Some("[\"ä\", NaN]"),
            "what is missing is shown by what is there"
        );
        assert_eq!(found(&text, JsonPath::root().key("a")), Some("["), "what is long by its beginning");
        assert_eq!(found(&text, JsonPath::root()), Some("{"));
    }

    #[test]
    fn positions_count_characters_from_one() {
        let locator = Locator::new(("x", "ab\nä→c\n"));
        assert_eq!(locator.position(0), Position { line: 1, column: 1 });
        assert_eq!(locator.position(3), Position { line: 2, column: 1 });
        assert_eq!(locator.position(8), Position { line: 2, column: 3 });
        assert_eq!(locator.position(10), Position { line: 3, column: 1 });
        assert_eq!(locator.position(999).line, 3);
    }

    #[test]
    fn byte_places_outside_of_the_text_are_pulled_in() {
        let locator = Locator::new(("x", "ä"));
        assert_eq!(locator.span(&Place::Bytes { start: 1, end: 1 }), Some(0..2));
        assert_eq!(locator.span(&Place::Bytes { start: 50, end: 7 }), Some(2..2));
    }

    #[test]
    fn what_is_not_json_has_no_paths() {
        assert_eq!(found("fn main() {}", JsonPath::root().key("a")), None);
        assert_eq!(found(&"[".repeat(100_000), JsonPath::root().index(0)), None);
    }
}
