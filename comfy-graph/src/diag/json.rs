//! The machine form of diagnostics: one JSON object a line.

use serde_json::{Map, Value, json};

use super::{Diagnostic, Edit, JsonPath, Place, Segment, Suggestion, fix, locate::Locator};

/// One diagnostic as JSON. Keys without a value are left out, so that a line stays short.
pub(super) fn line(diagnostic: &Diagnostic, source: Option<&Locator<'_>>) -> String {
    let mut object = Map::new();
    object.insert("severity".into(), diagnostic.severity.to_string().into());
    object.insert("code".into(), diagnostic.code.name().into());
    object.insert("message".into(), diagnostic.message.as_str().into());
    let facts = [
        ("node", &diagnostic.node),
        ("class_type", &diagnostic.class_type),
        ("title", &diagnostic.title),
        ("input", &diagnostic.input),
    ];
    for (key, value) in facts {
        if let Some(value) = value {
            object.insert(key.into(), (&**value).into());
        }
    }
    if let Some(source) = source {
        object.insert("file".into(), source.name.into());
    }
    if let Some(place) = &diagnostic.place {
        object.extend(place_facts(place, source));
    }
    if !diagnostic.help.is_empty() {
        object.insert("help".into(), json!(diagnostic.help));
    }
    let suggestions: Vec<Value> = diagnostic.suggestions.iter().map(|s| suggestion(s, source)).collect();
    if !suggestions.is_empty() {
        object.insert("suggestions".into(), suggestions.into());
    }
    let related: Vec<Value> = diagnostic
        .related
        .iter()
        .map(|related| {
            let mut object = Map::new();
            object.insert("message".into(), related.message.as_str().into());
            object.extend(place_facts(&related.place, source));
            Value::Object(object)
        })
        .collect();
    if !related.is_empty() {
        object.insert("related".into(), related.into());
    }
    Value::Object(object).to_string()
}

fn suggestion(suggestion: &Suggestion, source: Option<&Locator<'_>>) -> Value {
    let mut object = Map::new();
    object.insert("message".into(), suggestion.message.as_str().into());
    object.insert("applicability".into(), suggestion.applicability.to_string().into());
    if !suggestion.edits.is_empty() {
        object.insert("edits".into(), suggestion.edits.iter().map(|e| edit(e, source)).collect());
    }
    Value::Object(object)
}

/// An edit of the document, and as a change of its text.
fn edit(edit: &Edit, source: Option<&Locator<'_>>) -> Value {
    let mut object = Map::new();
    object.insert("kind".into(), edit.kind.name().into());
    object.insert("path".into(), steps(&edit.path, source));
    if let Some(value) = edit.kind.value() {
        object.insert("value".into(), value);
    }
    if let Some(change) = source.and_then(|source| fix::replacement(source, edit)) {
        object.insert("start".into(), change.range.start.into());
        object.insert("end".into(), change.range.end.into());
        object.insert("text".into(), change.text.into());
    }
    Value::Object(object)
}

/// A path from the document's root as a list of keys and indices, as jq's `getpath` takes it.
fn steps(path: &JsonPath, source: Option<&Locator<'_>>) -> Value {
    let step = |segment: &Segment| match segment {
        Segment::Key(key) => Value::from(&**key),
        Segment::Index(index) => (*index).into(),
    };
    let wrapper = source.map(Locator::wrapper).unwrap_or_default();
    wrapper.iter().chain(path.segments()).map(step).collect()
}

/// `path` of a JSON place, and where it is in the text: `line` and `column` from 1, `start` and `end` in bytes.
fn place_facts(place: &Place, source: Option<&Locator<'_>>) -> Map<String, Value> {
    let mut facts = Map::new();
    match place {
        Place::Json(path) => {
            facts.insert("path".into(), steps(path, source));
        }
        Place::Rust(location) => {
            facts.insert("file".into(), location.file().into());
            facts.insert("line".into(), location.line().into());
            facts.insert("column".into(), location.column().into());
        }
        Place::Bytes { .. } => {}
    }
    if let Some(source) = source
        && let Some(span) = source.span(place)
    {
        let position = source.position(span.start);
        facts.insert("line".into(), position.line.into());
        facts.insert("column".into(), position.column.into());
        facts.insert("start".into(), span.start.into());
        facts.insert("end".into(), span.end.into());
    }
    facts
}
