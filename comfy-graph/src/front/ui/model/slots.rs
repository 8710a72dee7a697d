//! Sockets, link records and stored values, read from JSON.

use serde::{
    Deserialize,
    de::{MapAccess, SeqAccess},
};
use serde_json::{Map, Value};

use super::{LinkId, Port, UiInput, UiLink, UiOutput, Values};
use crate::front::{
    lenient::{FromJson, deserialize_from_json, skip_list, value_of},
    ui::id::{Id, integer, slot},
};

/// What sockets of all kinds have.
#[derive(Default)]
struct Slot {
    name: Box<str>,
    io_type: Box<str>,
    link: Option<LinkId>,
    links: Vec<LinkId>,
    widget: Option<Box<str>>,
    label: Option<Box<str>>,
}

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "camelCase")]
enum SlotField {
    Name,
    Type,
    Link,
    Links,
    LinkIds,
    Widget,
    Label,
    #[serde(other)]
    Other,
}

impl<'de> FromJson<'de> for Slot {
    fn scalar(_: Value) -> Self {
        Self { io_type: "*".into(), ..Self::default() }
    }

    fn object<A: MapAccess<'de>>(mut object: A) -> Result<Self, A::Error> {
        let mut slot = Self::scalar(Value::Null);
        while let Some(field) = object.next_key()? {
            match field {
                SlotField::Name => slot.name = text(object.next_value()?).unwrap_or_default(),
                SlotField::Type => slot.io_type = type_text(object.next_value()?),
                SlotField::Link => slot.link = integer(&object.next_value()?),
                SlotField::Links | SlotField::LinkIds => slot.links = link_ids(&object.next_value()?),
                SlotField::Widget => slot.widget = object.next_value::<WidgetName>()?.0,
                SlotField::Label => slot.label = text(object.next_value()?),
                SlotField::Other => {
                    object.next_value::<serde::de::IgnoredAny>()?;
                }
            }
        }
        Ok(slot)
    }
}

/// `{"name": …}`.
struct WidgetName(Option<Box<str>>);

impl<'de> FromJson<'de> for WidgetName {
    fn scalar(_: Value) -> Self {
        Self(None)
    }

    fn object<A: MapAccess<'de>>(mut object: A) -> Result<Self, A::Error> {
        let mut name = None;
        while let Some(field) = object.next_key()? {
            let value = object.next_value()?;
            if matches!(field, SlotField::Name) {
                name = text(value);
            }
        }
        Ok(Self(name))
    }
}

/// The three kinds of sockets, each with its part of a slot.
macro_rules! slots {
    ($($kind:ident { $($field:ident),* })*) => { $(
        impl<'de> Deserialize<'de> for $kind {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let Slot { $($field,)* .. } = crate::front::lenient::read(from)?;
                Ok(Self { $($field),* })
            }
        }
    )* };
}
slots! {
    UiInput { name, io_type, link, widget, label }
    UiOutput { name, io_type, links, label }
    Port { name, io_type, links, label }
}

/// An entry of a link table.
pub(super) enum LinkEntry {
    /// Holes are normal in old files.
    Hole,
    Link {
        id: LinkId,
        record: UiLink,
        is_array: bool,
    },
    Malformed,
}

impl LinkEntry {
    fn new([id, origin, origin_slot, target, target_slot]: [Value; 5], is_array: bool) -> Self {
        let link = || {
            let record = UiLink {
                origin: Id::read(&origin)?,
                origin_slot: slot(&origin_slot)?,
                target: Id::read(&target)?,
                target_slot: slot(&target_slot),
            };
            Some(Self::Link { id: integer(&id)?, record, is_array })
        };
        link().unwrap_or(Self::Malformed)
    }
}

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "snake_case")]
enum LinkField {
    Id,
    OriginId,
    OriginSlot,
    TargetId,
    TargetSlot,
    #[serde(other)]
    Other,
}

impl<'de> FromJson<'de> for LinkEntry {
    fn scalar(value: Value) -> Self {
        if value.is_null() { Self::Hole } else { Self::Malformed }
    }

    fn list<A: SeqAccess<'de>>(mut list: A) -> Result<Self, A::Error> {
        let mut fields: [Value; 5] = Default::default();
        for field in &mut fields {
            *field = match list.next_element()? {
                Some(value) => value,
                None => return Ok(Self::new(fields, true)),
            };
        }
        skip_list(list)?;
        Ok(Self::new(fields, true))
    }

    fn object<A: MapAccess<'de>>(mut object: A) -> Result<Self, A::Error> {
        let mut fields: [Value; 5] = Default::default();
        while let Some(field) = object.next_key()? {
            let at = match field {
                LinkField::Id => 0,
                LinkField::OriginId => 1,
                LinkField::OriginSlot => 2,
                LinkField::TargetId => 3,
                LinkField::TargetSlot => 4,
                LinkField::Other => {
                    object.next_value::<serde::de::IgnoredAny>()?;
                    continue;
                }
            };
            fields[at] = object.next_value()?;
        }
        Ok(Self::new(fields, false))
    }
}

impl<'de> FromJson<'de> for Values {
    fn scalar(_: Value) -> Self {
        Self::Absent
    }

    fn list<A: SeqAccess<'de>>(list: A) -> Result<Self, A::Error> {
        Vec::deserialize(serde::de::value::SeqAccessDeserializer::new(list)).map(Self::List)
    }

    fn object<A: MapAccess<'de>>(object: A) -> Result<Self, A::Error> {
        let Value::Object(map) = value_of(object)? else { return Ok(Self::Absent) };
        // an array that was written as an object; never trust the length further than the entries
        let Some(length) = map.get("length").and_then(Value::as_u64) else { return Ok(Self::Named(map)) };
        let length = usize::try_from(length).unwrap_or(usize::MAX).min(map.len());
        let entry = |index: usize| map.get(&index.to_string()).cloned().unwrap_or_default();
        Ok(Self::List((0..length).map(entry).collect()))
    }
}

/// Two numbers, as a list or, in old files, as `{"0": x, "1": y}`; or what stands there in their place.
pub(super) struct Pair(pub(super) Result<[f64; 2], Value>);

impl<'de> FromJson<'de> for Pair {
    fn scalar(value: Value) -> Self {
        Self(Err(value))
    }

    fn list<A: SeqAccess<'de>>(mut list: A) -> Result<Self, A::Error> {
        let mut items: Vec<Value> = Vec::with_capacity(2);
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        let pair = || Some([items.first()?.as_f64()?, items.get(1)?.as_f64()?]);
        Ok(Self(pair().ok_or(Value::Array(items))))
    }

    fn object<A: MapAccess<'de>>(object: A) -> Result<Self, A::Error> {
        let value = value_of(object)?;
        let pair = || Some([value.get("0")?.as_f64()?, value.get("1")?.as_f64()?]);
        Ok(Self(pair().ok_or(value)))
    }
}

/// An object; anything else counts as an empty one.
#[derive(Default)]
pub(super) struct Object(pub(super) Map<String, Value>);

impl<'de> FromJson<'de> for Object {
    fn scalar(_: Value) -> Self {
        Self::default()
    }

    fn object<A: MapAccess<'de>>(object: A) -> Result<Self, A::Error> {
        Ok(match value_of(object)? {
            Value::Object(map) => Self(map),
            _ => Self::default(),
        })
    }
}

deserialize_from_json!(WidgetName, LinkEntry, Values, Object, Pair);

fn text(value: Value) -> Option<Box<str>> {
    match value {
        Value::String(text) => Some(text.into()),
        _ => None,
    }
}

fn link_ids(value: &Value) -> Vec<LinkId> {
    value.as_array().into_iter().flatten().filter_map(integer).collect()
}

/// A slot's type. Some packs write numbers (LiteGraph's event, -1) or lists of options (a combo).
fn type_text(value: Value) -> Box<str> {
    match value {
        Value::String(word) => word.into(),
        Value::Array(_) => "COMBO".into(),
        Value::Number(number) if number.as_i64() != Some(0) => number.to_string().into(),
        _ => "*".into(),
    }
}
