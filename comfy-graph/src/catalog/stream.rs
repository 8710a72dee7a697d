//! `/object_info` read piece by piece: only one class is in memory as text.
//!
//! The bytes are cut between the members of the outermost object; what is a member is left to `serde_json`. The same
//! cuts tell where each class is in a text that is whole.

use std::{
    io::{self, Read},
    ops::Range,
};

use serde::de::Error as _;
use serde_json::{Error, Value};

use super::{Catalog, CatalogError, parse::Parser};

/// How much is asked of the reader at a time.
const PIECE: usize = 1 << 16;

/// The longest definition that is parsed, in bytes: a list of half a million files. Its JSON can take sixteen times as
/// much memory.
const LONGEST: usize = 64 << 20;

/// Reads a catalog from a stream.
pub(super) fn read(reader: impl Read) -> Result<Catalog, CatalogError> {
    read_within(reader, LONGEST)
}

/// The same with another bound on a definition.
fn read_within(mut reader: impl Read, longest: usize) -> Result<Catalog, CatalogError> {
    let (mut catalog, mut parser) = (Catalog::default(), Parser::default());
    let mut cutter = Cutter { longest, ..Cutter::default() };
    let mut piece = vec![0; PIECE];
    loop {
        let length = match reader.read(&mut piece) {
            Ok(0) => break,
            Ok(length) => length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(CatalogError::Unreadable(error)),
        };
        cutter.feed(piece.get(..length).unwrap_or_default(), |member, is_whole| {
            if !is_whole {
                parser.too_long(&class(member)?.0);
                return Ok(());
            }
            match parse(member)? {
                (class, Some(info)) => {
                    if let Some(def) = parser.node(&class, info) {
                        catalog.insert(def);
                    }
                }
                (class, None) => parser.too_deep(&class),
            }
            Ok(())
        })?;
    }
    match cutter.place {
        Place::After => {
            catalog.diagnostics = parser.diagnostics();
            Ok(catalog)
        }
        Place::Before | Place::Within => Err(not_json("the text ends before the object does")),
    }
}

fn not_json(what: &str) -> CatalogError {
    CatalogError::NotJson(Error::custom(what))
}

/// Says of each member of the outermost object its key and where its value is.
pub(super) fn index(text: &str, mut found: impl FnMut(&str, Range<usize>)) -> Result<(), CatalogError> {
    let mut cutter = Cutter::default();
    let mut start = 0;
    for (at, byte) in text.bytes().enumerate() {
        let ends = cutter.place == Place::Within && cutter.ends_member(byte);
        match cutter.place {
            Place::Before => {
                cutter.before(byte)?;
                start = at + 1;
            }
            Place::Within if ends => {
                let member = text.as_bytes().get(start..at).unwrap_or_default();
                let is_empty = byte == b'}' && cutter.members == 0 && member.trim_ascii().is_empty();
                if !is_empty {
                    let (class, info) = class(member)?;
                    found(&class, at - info.len()..at);
                }
                cutter.members += 1;
                start = at + 1;
                if byte == b'}' {
                    cutter.place = Place::After;
                }
            }
            Place::Within => {}
            Place::After if byte.is_ascii_whitespace() => {}
            Place::After => return Err(not_json("something follows after the object")),
        }
    }
    if cutter.place == Place::After { Ok(()) } else { Err(not_json("the text ends before the object does")) }
}

/// `"Class": {…}`. No value where it is nested deeper than the parser goes.
fn parse(member: &[u8]) -> Result<(String, Option<Value>), CatalogError> {
    let (class, info) = class(member)?;
    match value(info) {
        Ok(info) => Ok((class, Some(info))),
        Err(error) if is_nested_too_deep(&error) => Ok((class, None)),
        Err(error) => Err(CatalogError::NotJson(error)),
    }
}

/// The key of a member, and the text of its value.
fn class(member: &[u8]) -> Result<(String, &[u8]), CatalogError> {
    let mut keys = serde_json::Deserializer::from_slice(member).into_iter::<String>();
    let class = match keys.next() {
        Some(class) => class.map_err(CatalogError::NotJson)?,
        None => return Err(not_json("a member of the object is empty")),
    };
    let rest = member.get(keys.byte_offset()..).unwrap_or_default().trim_ascii_start();
    let info = rest.strip_prefix(b":").ok_or_else(|| not_json("a member of the object has no colon"))?;
    Ok((class, info))
}

/// A value, with Python's words for numbers.
pub(super) fn value(text: &[u8]) -> Result<Value, Error> {
    serde_json::from_slice(text).or_else(|error| {
        let mended = str::from_utf8(text).ok().and_then(crate::json::replace_non_finite);
        mended.and_then(|mended| serde_json::from_str(&mended).ok()).ok_or(error)
    })
}

/// The parser has no other sign of it than its message.
fn is_nested_too_deep(error: &Error) -> bool {
    error.is_syntax() && error.to_string().starts_with("recursion limit exceeded")
}

/// Where in the document the cutter is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Place {
    #[default]
    Before,
    Within,
    After,
}

/// Finds the commas between the members.
#[derive(Default)]
struct Cutter {
    place: Place,
    /// The member so far, no longer than `longest`.
    member: Vec<u8>,
    longest: usize,
    /// Whether there was more of it.
    overflowed: bool,
    members: usize,
    depth: usize,
    in_string: bool,
    escaped: bool,
}

impl Cutter {
    /// Takes the next bytes, and gives out the members that end in them, and whether they are whole.
    fn feed(
        &mut self,
        piece: &[u8],
        mut out: impl FnMut(&[u8], bool) -> Result<(), CatalogError>,
    ) -> Result<(), CatalogError> {
        let mut start = 0;
        for (at, byte) in piece.iter().enumerate() {
            let ends = self.place == Place::Within && self.ends_member(*byte);
            match self.place {
                Place::Before => {
                    self.before(*byte)?;
                    start = at + 1;
                }
                Place::Within if ends => {
                    self.keep(piece.get(start..at).unwrap_or_default());
                    start = at + 1;
                    let last = *byte == b'}';
                    // an object may be empty, but not a member of it
                    if !(last && self.members == 0 && self.member.trim_ascii().is_empty()) {
                        out(&self.member, !self.overflowed)?;
                    }
                    self.members += 1;
                    self.member.clear();
                    self.overflowed = false;
                    if last {
                        self.place = Place::After;
                    }
                }
                Place::Within => {}
                Place::After if byte.is_ascii_whitespace() => {}
                Place::After => return Err(not_json("something follows after the object")),
            }
        }
        if self.place == Place::Within {
            self.keep(piece.get(start..).unwrap_or_default());
        }
        Ok(())
    }

    /// Adds to the member as much as it may have.
    fn keep(&mut self, piece: &[u8]) {
        let room = self.longest.saturating_sub(self.member.len());
        self.overflowed |= piece.len() > room;
        self.member.extend_from_slice(piece.get(..room).unwrap_or(piece));
    }

    /// A byte before the object: a mark of the byte order, or space.
    fn before(&mut self, byte: u8) -> Result<(), CatalogError> {
        match byte {
            b'{' => self.place = Place::Within,
            0xEF | 0xBB | 0xBF | b' ' | b'\t' | b'\r' | b'\n' => {}
            b'[' | b'"' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n' => return Err(CatalogError::NotAnObject),
            _ => return Err(not_json("the text is not JSON")),
        }
        Ok(())
    }

    /// Follows strings and brackets; whether the byte is the comma or brace after a member.
    fn ends_member(&mut self, byte: u8) -> bool {
        if self.in_string {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' => self.escaped = true,
                b'"' => self.in_string = false,
                _ => {}
            }
            return false;
        }
        match byte {
            b'"' => self.in_string = true,
            b'{' | b'[' => self.depth += 1,
            b'}' | b',' if self.depth == 0 => return true,
            b'}' | b']' => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives one byte at a time.
    struct Drops<'a>(&'a [u8]);

    impl Read for Drops<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let length = self.0.len().min(1);
            self.0.read(&mut buffer[..length])
        }
    }

    const TWO: &str = r#" {"A, \"{": {"input": {"required": {"x": ["INT", {"min": -Infinity, "max": 3}]}}, "output": ["IMAGE"]},
        "B": {"output": ["MASK"], "output_node": true}} "#;

    #[test]
    fn a_stream_gives_what_the_text_gives() {
        let text = Catalog::from_object_info(TWO).expect("a catalog");
        for stream in [read(TWO.as_bytes()), read(Drops(TWO.as_bytes()))] {
            let stream = stream.expect("a catalog");
            assert_eq!(stream.iter().collect::<Vec<_>>(), text.iter().collect::<Vec<_>>());
        }
        let known = Catalog::from_known(TWO.to_owned()).expect("a catalog");
        assert_eq!(known.iter().collect::<Vec<_>>(), text.iter().collect::<Vec<_>>());
        assert!(text.get("A, \"{").is_some_and(|def| def.inputs.len() == 1));
        assert!(read("\u{feff}{}".as_bytes()).expect("an empty catalog").is_empty());
    }

    #[test]
    fn a_class_nested_too_deep_costs_only_itself() {
        let deep = format!(
            r#"{{"A": {{}}, "Deep": {}1{}, "B": {{"output": ["MASK"]}}}}"#,
            "[".repeat(200),
            "]".repeat(200)
        );
        for catalog in [read(deep.as_bytes()), Catalog::from_object_info(&deep)] {
            let catalog = catalog.expect("a catalog");
            assert_eq!(catalog.class_types().collect::<Vec<_>>(), ["A", "B"]);
            let found: Vec<&str> = catalog.diagnostics().iter().map(|d| d.code.name()).collect();
            assert_eq!(found, ["catalog_node_dropped"]);
        }
    }

    #[test]
    fn a_class_that_is_too_long_costs_only_itself() {
        let long = format!(r#"{{"A": {{}}, "Long": {{"description": "{}"}}, "B": {{}}}}"#, "x".repeat(200));
        for reader in [&mut long.as_bytes() as &mut dyn Read, &mut Drops(long.as_bytes())] {
            let catalog = read_within(reader, 100).expect("a catalog");
            assert_eq!(catalog.class_types().collect::<Vec<_>>(), ["A", "B"]);
            assert_eq!(catalog.diagnostics().len(), 1);
            assert!(catalog.diagnostics()[0].to_string().contains("Long"), "{}", catalog.diagnostics()[0]);
        }
        assert_eq!(read_within(long.as_bytes(), 300).expect("a catalog").len(), 3);
        // the name itself
        assert!(read_within(format!("{{\"{}\": 1}}", "x".repeat(200)).as_bytes(), 100).is_err());
    }

    #[test]
    fn what_is_no_object_is_refused() {
        assert!(matches!(read("[1]".as_bytes()), Err(CatalogError::NotAnObject)));
        for text in
            ["", "{", r#"{"A": {}"#, r#"{"A": {}, }"#, r#"{"A"}"#, r#"{"A": {}} x"#, "<html>", r#"{"A": [}"#]
        {
            assert!(matches!(read(text.as_bytes()), Err(CatalogError::NotJson(_))), "{text}");
            let known = Catalog::from_known(text.to_owned());
            // what is a value is looked at later
            assert!(text.ends_with("[}") || matches!(known, Err(CatalogError::NotJson(_))), "{text}");
        }
    }
}
