//! [`Edit`]s of a JSON document as changes of its text: what is not edited stays as it was written, white space
//! included, and what is put in looks like its neighbours.
//!
//! Only suggestions whose places are all found are applied; an edit is never made at the nearest place instead.

use std::ops::Range;

use jsonc_parser::{
    ast::{ObjectProp, Value as Tree},
    common::Ranged,
};
use serde_json::Value;

use super::{Edit, EditKind, JsonPath, Segment, Suggestion, locate::Locator};

/// Bytes of a text and what comes in their place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replacement {
    /// The bytes that go; empty where something is only put in.
    pub range: Range<usize>,
    /// What comes.
    pub text: String,
}

/// A text with suggestions applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// The new text.
    pub text: String,
    /// Which suggestions were applied, by their position. The others touch the same bytes as an earlier one, or name
    /// places that are not there; once the first ones are in, they may be tried again on a new check.
    pub done: Vec<usize>,
}

/// Applies suggestions to the document that they were made for, each whole or not at all.
pub fn apply<'s>(text: &str, suggestions: impl IntoIterator<Item = &'s Suggestion>) -> Applied {
    let source = Locator::new(("", text));
    let (mut all, mut done): (Vec<Replacement>, Vec<usize>) = (Vec::new(), Vec::new());
    for (position, suggestion) in suggestions.into_iter().enumerate() {
        let Some(mut new) = replacements(&source, suggestion) else { continue };
        // the same change for two findings is one
        new.retain(|replacement| !all.contains(replacement));
        if new.iter().all(|new| all.iter().all(|old| !overlap(&old.range, &new.range))) {
            all.append(&mut new);
            done.push(position);
        }
    }
    all.sort_by_key(|replacement| replacement.range.start);
    let (mut fixed, mut at) = (String::with_capacity(text.len()), 0);
    for Replacement { range, text: new } in &all {
        fixed.push_str(text.get(at..range.start).unwrap_or_default());
        fixed.push_str(new);
        at = range.end;
    }
    fixed.push_str(text.get(at..).unwrap_or_default());
    Applied { text: fixed, done }
}

/// Whether two changes cannot both be made, or not in a certain order.
fn overlap(one: &Range<usize>, other: &Range<usize>) -> bool {
    one.start == other.start || (one.start < other.end && other.start < one.end)
}

/// The changes of a suggestion; `None` when it has none, or names a place that is not there.
pub(super) fn replacements(source: &Locator<'_>, suggestion: &Suggestion) -> Option<Vec<Replacement>> {
    let mut changes: Vec<Replacement> = Vec::with_capacity(suggestion.edits.len());
    for edit in &suggestion.edits {
        let change = replacement(source, edit)?;
        if changes.iter().any(|other| overlap(&other.range, &change.range)) {
            return None;
        }
        changes.push(change);
    }
    (!changes.is_empty()).then_some(changes)
}

/// One edit as a change of the text.
pub(super) fn replacement(source: &Locator<'_>, edit: &Edit) -> Option<Replacement> {
    let (range, text) = match &edit.kind {
        EditKind::Replace(value) => {
            let old = source.value(edit.path.segments())?;
            (old.start()..old.end(), written(source, value))
        }
        EditKind::RenameKey(key) => {
            let name = member(source, &edit.path)?.name.range();
            (name.start..name.end, Value::from(&**key).to_string())
        }
        EditKind::Insert(value) => insertion(source, &edit.path, value)?,
        EditKind::Remove => (removal(source, &edit.path)?, String::new()),
    };
    let start = source.offset();
    Some(Replacement { range: range.start + start..range.end + start, text })
}

fn member<'a, 't>(source: &'a Locator<'t>, path: &JsonPath) -> Option<&'a ObjectProp<'t>> {
    let (Segment::Key(key), parent) = path.segments().split_last()? else { return None };
    let object = source.value(parent)?.as_object()?;
    object.properties.iter().rev().find(|property| property.name.as_str() == &**key)
}

/// Where in its object or array a new value goes, and with what around it.
fn insertion(source: &Locator<'_>, path: &JsonPath, value: &Value) -> Option<(Range<usize>, String)> {
    let (last, parent) = path.segments().split_last()?;
    let parent = source.value(parent)?;
    let (new, at) = match (last, parent) {
        (Segment::Key(key), Tree::Object(object)) => {
            let exists = object.properties.iter().any(|property| property.name.as_str() == &**key);
            let colon = if source.is_compact() { ":" } else { ": " };
            let new = format!("{}{colon}{}", Value::from(&**key), written(source, value));
            (new, (!exists).then_some(object.properties.len())?)
        }
        (Segment::Index(index), Tree::Array(array)) => {
            (written(source, value), (*index <= array.elements.len()).then_some(*index)?)
        }
        _ => return None,
    };
    let items = items(parent);
    let start = parent.start() + 1;
    Some(match (at.checked_sub(1).and_then(|before| items.get(before)), items.get(at)) {
        // white space as between the others, or as before the first one
        (Some(before), _) => {
            let earlier = at.checked_sub(2).and_then(|earlier| items.get(earlier));
            let space = match earlier {
                Some(earlier) => source.after_comma(earlier.end..before.start),
                None => source.slice(start..before.start),
            };
            let space = if space.is_empty() && !source.is_compact() { " " } else { space };
            (before.end..before.end, format!(",{space}{new}"))
        }
        (None, Some(first)) => {
            let comma = if source.is_compact() { "," } else { ", " };
            (first.start..first.start, format!("{new}{comma}"))
        }
        (None, None) => (start..parent.end().saturating_sub(1), new),
    })
}

/// The bytes of a member or element with one of the commas beside it.
fn removal(source: &Locator<'_>, path: &JsonPath) -> Option<Range<usize>> {
    let (last, parent) = path.segments().split_last()?;
    let parent = source.value(parent)?;
    let at = match (last, parent) {
        (Segment::Key(key), Tree::Object(object)) => {
            object.properties.iter().rposition(|property| property.name.as_str() == &**key)?
        }
        (Segment::Index(index), Tree::Array(_)) => *index,
        _ => return None,
    };
    let items = items(parent);
    let item = items.get(at)?;
    let before = at.checked_sub(1).and_then(|before| items.get(before));
    Some(match (before, items.get(at + 1)) {
        (Some(before), _) => before.end..item.end,
        (None, Some(next)) => item.start..next.start,
        (None, None) => parent.start() + 1..parent.end().saturating_sub(1),
    })
}

fn items(parent: &Tree<'_>) -> Vec<Range<usize>> {
    match parent {
        Tree::Object(object) => object.properties.iter().map(|item| item.start()..item.end()).collect(),
        Tree::Array(array) => array.elements.iter().map(|item| item.start()..item.end()).collect(),
        _ => Vec::new(),
    }
}

/// A value as the rest of the document is written: on one line, with blanks unless the document has none.
fn written(source: &Locator<'_>, value: &Value) -> String {
    let compact = source.is_compact();
    let (comma, colon) = if compact { (",", ":") } else { (", ", ": ") };
    match value {
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(|item| written(source, item)).collect();
            format!("[{}]", items.join(comma))
        }
        Value::Object(members) => {
            let member = |(key, value): (&String, &Value)| {
                format!("{}{colon}{}", Value::from(key.as_str()), written(source, value))
            };
            let members: Vec<String> = members.iter().map(member).collect();
            format!("{{{}}}", members.join(comma))
        }
        _ => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::diag::Applicability;

    fn suggestion(path: &[Value], kind: EditKind) -> Suggestion {
        let path = path.iter().fold(JsonPath::root(), |path, step| match step.as_u64() {
            Some(index) => path.index(usize::try_from(index).unwrap()),
            None => path.key(step.as_str().unwrap()),
        });
        Suggestion::new("", Applicability::MachineApplicable).edit(Some(path), kind)
    }

    fn applied(text: &str, path: &[Value], kind: EditKind) -> String {
        let done = apply(text, [&suggestion(path, kind)]);
        let _: Value = serde_json::from_str(crate::json::without_bom(&done.text)).expect("still JSON");
        assert_eq!(done.done.is_empty(), done.text == text);
        done.text
    }

    const PRETTY: &str = "{\n  \"a\": {\n    \"x\": 1,\n    \"y\": [1, 2]\n  },\n  \"b\": {}\n}\n";
    const COMPACT: &str = r#"{"a":{"x":1,"y":[1,2]},"b":{},"c":[]}"#;

    #[test]
    fn values_and_keys_are_replaced_in_place() {
        let new = applied(PRETTY, &[json!("a"), json!("x")], EditKind::Replace(json!(["5", 0])));
        assert_eq!(new, PRETTY.replace("\"x\": 1", "\"x\": [\"5\", 0]"));
        let new = applied(COMPACT, &[json!("a"), json!("x")], EditKind::Replace(json!(["5", 0])));
        assert_eq!(new, COMPACT.replace("\"x\":1", "\"x\":[\"5\",0]"));
        let new = applied(PRETTY, &[json!("a"), json!("y")], EditKind::RenameKey("z\"".into()));
        assert_eq!(new, PRETTY.replace("\"y\"", "\"z\\\"\""));
        let bom = format!("\u{feff}{COMPACT}");
        let new = applied(&bom, &[json!("a"), json!("x")], EditKind::Replace(json!(7)));
        assert_eq!(new, bom.replace("\"x\":1", "\"x\":7"));
    }

    #[test]
    fn what_is_put_in_looks_like_its_neighbours() {
        let new = applied(PRETTY, &[json!("a"), json!("z")], EditKind::Insert(json!({"k": 1})));
        assert_eq!(new, PRETTY.replace("[1, 2]", "[1, 2],\n    \"z\": {\"k\": 1}"));
        let new = applied(COMPACT, &[json!("a"), json!("z")], EditKind::Insert(json!(true)));
        assert_eq!(new, COMPACT.replace("[1,2]", r#"[1,2],"z":true"#));
        let new = applied(PRETTY, &[json!("b"), json!("z")], EditKind::Insert(json!(true)));
        assert_eq!(new, PRETTY.replace("{}", "{\"z\": true}"));
        for (index, new) in [(0, "[0, 1, 2]"), (1, "[1, 0, 2]"), (2, "[1, 2, 0]")] {
            let place = [json!("a"), json!("y"), json!(index)];
            assert_eq!(applied(PRETTY, &place, EditKind::Insert(json!(0))), PRETTY.replace("[1, 2]", new));
        }
        assert_eq!(
            applied(COMPACT, &[json!("c"), json!(0)], EditKind::Insert(json!(0))),
            COMPACT.replace("[]", "[0]")
        );
    }

    #[test]
    fn what_goes_takes_its_comma_with_it() {
        let new = applied(PRETTY, &[json!("a"), json!("x")], EditKind::Remove);
        assert_eq!(new, PRETTY.replace("\"x\": 1,\n    ", ""));
        let new = applied(PRETTY, &[json!("a"), json!("y")], EditKind::Remove);
        assert_eq!(new, PRETTY.replace(",\n    \"y\": [1, 2]", ""));
        assert_eq!(applied("{\"a\": [ 7 ]}", &[json!("a"), json!(0)], EditKind::Remove), "{\"a\": []}");
    }

    #[test]
    fn what_is_not_there_is_left_alone() {
        for (path, kind) in [
            (vec![json!("a"), json!("q")], EditKind::Replace(json!(1))),
            (vec![json!("a"), json!("q")], EditKind::Remove),
            (vec![json!("a"), json!("q")], EditKind::RenameKey("r".into())),
            (vec![json!("a"), json!("x")], EditKind::Insert(json!(1))),
            (vec![json!("a"), json!("y"), json!(5)], EditKind::Insert(json!(1))),
            (vec![json!("a"), json!("x"), json!("deeper")], EditKind::Insert(json!(1))),
            (vec![], EditKind::Remove),
        ] {
            assert_eq!(applied(PRETTY, &path, kind), PRETTY);
        }
        assert_eq!(apply("not JSON", [&suggestion(&[json!("a")], EditKind::Remove)]).text, "not JSON");
    }

    #[test]
    fn changes_of_the_same_bytes_wait() {
        let x = [json!("a"), json!("x")];
        let (one, two) = (EditKind::Replace(json!(2)), EditKind::Replace(json!(3)));
        let (one, two) = (suggestion(&x, one), suggestion(&x, two));
        assert_eq!(apply(PRETTY, [&one, &two]).done, [0]);
        assert_eq!(apply(PRETTY, [&one, &one]).done, [0, 1], "the same change is made once");
        assert_eq!(apply(PRETTY, [&one, &one]).text, PRETTY.replace("1,\n", "2,\n"));
        let other = suggestion(&[json!("b"), json!("z")], EditKind::Insert(json!(1)));
        assert_eq!(apply(PRETTY, [&other, &two]).done, [0, 1], "in any order");
    }
}
