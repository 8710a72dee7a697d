//! Reading JSON of uncertain form straight from its text, without making a [`Value`] of the whole file first.
//!
//! A field that has another form than expected never fails the file: the type that reads it decides what that
//! means. No format lives here.

use std::{fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{
        Error, IgnoredAny, MapAccess, SeqAccess, Visitor,
        value::{MapAccessDeserializer, SeqAccessDeserializer},
    },
};
use serde_json::Value;

/// A type that can be made of any JSON, whatever its form.
pub(super) trait FromJson<'de>: Sized {
    /// From null, a boolean, a number or a text.
    fn scalar(value: Value) -> Self;

    /// From a list; all of it has to be read. What no list can be is as if nothing were there.
    fn list<A: SeqAccess<'de>>(list: A) -> Result<Self, A::Error> {
        skip_list(list)?;
        Ok(Self::scalar(Value::Null))
    }

    /// From an object; all of it has to be read.
    fn object<A: MapAccess<'de>>(object: A) -> Result<Self, A::Error>;
}

/// Reads a type that takes any JSON.
pub(super) fn read<'de, T: FromJson<'de>, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
    from.deserialize_any(Any(PhantomData))
}

struct Any<T>(PhantomData<T>);

impl<'de, T: FromJson<'de>> Visitor<'de> for Any<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<T, E> {
        Ok(T::scalar(Value::Null))
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<T, E> {
        Ok(T::scalar(value.into()))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<T, E> {
        Ok(T::scalar(value.into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<T, E> {
        Ok(T::scalar(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<T, E> {
        Ok(T::scalar(value.into()))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<T, E> {
        Ok(T::scalar(value.into()))
    }

    fn visit_string<E: Error>(self, value: String) -> Result<T, E> {
        Ok(T::scalar(value.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<T, A::Error> {
        T::list(list)
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<T, A::Error> {
        T::object(object)
    }
}

/// The items of a list, or what stands there in its place.
#[derive(Debug)]
pub(super) enum List<T> {
    Items(Vec<T>),
    Other(Value),
}

impl<'de, T: Deserialize<'de>> FromJson<'de> for List<T> {
    fn scalar(value: Value) -> Self {
        Self::Other(value)
    }

    fn list<A: SeqAccess<'de>>(list: A) -> Result<Self, A::Error> {
        Vec::deserialize(SeqAccessDeserializer::new(list)).map(Self::Items)
    }

    fn object<A: MapAccess<'de>>(object: A) -> Result<Self, A::Error> {
        value_of(object).map(Self::Other)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        read(from)
    }
}

/// The object as a value.
pub(super) fn value_of<'de, A: MapAccess<'de>>(object: A) -> Result<Value, A::Error> {
    Value::deserialize(MapAccessDeserializer::new(object))
}

/// Passes over the rest of a list.
pub(super) fn skip_list<'de, A: SeqAccess<'de>>(mut list: A) -> Result<(), A::Error> {
    while list.next_element::<IgnoredAny>()?.is_some() {}
    Ok(())
}

/// Makes a type that takes any JSON readable.
macro_rules! deserialize_from_json {
    ($($name:ty),*) => { $(
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                $crate::front::lenient::read(from)
            }
        }
    )* };
}
pub(super) use deserialize_from_json;
