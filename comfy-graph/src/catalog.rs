//! What a server offers: every class of nodes with its inputs and outputs.
//!
//! A [`Catalog`] comes from a server's `/object_info` or from the bundled facts of ComfyUI core. It is read-only
//! and knows nothing of workflows. Reading is total: a definition that makes no sense becomes the nearest thing
//! that does, and keys without a meaning here are kept.
//!
//! Nothing here opens files or connections; callers bring the text or a reader.

#[cfg(feature = "bundled")]
pub mod bundle;
mod input;
mod io_type;
mod node;
mod parse;
mod price;
mod stream;
pub mod virtuals;
pub mod widgets;

use std::{fmt, io, sync::OnceLock};

use indexmap::IndexMap;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde_json::Value;

pub(crate) use input::FILE_EXTENSIONS;
pub use input::{
    AutogrowDef, AutogrowNames, BooleanDef, Choices, ComboDef, Control, DynamicOption, FloatDef,
    FrontendWidget, InputDef, InputFlags, InputKind, IntDef, Section, StringDef, Upload,
};
pub use io_type::IoType;
pub use node::{NodeDef, OutputDef};

use crate::diag::Diagnostic;
use parse::Parser;

/// Every class of nodes of one server, in the server's order.
#[derive(Default)]
pub struct Catalog {
    nodes: IndexMap<Box<str>, Entry>,
    /// The text behind entries that were not parsed yet.
    text: Box<str>,
    diagnostics: Vec<Diagnostic>,
}

/// One class: parsed, or the place of its JSON in [`Catalog::text`].
struct Entry {
    range: std::ops::Range<usize>,
    def: OnceLock<Option<NodeDef>>,
}

impl Entry {
    fn get(&self, class: &str, text: &str) -> Option<&NodeDef> {
        self.def
            .get_or_init(|| {
                let info = stream::value(text.get(self.range.clone())?.as_bytes()).ok()?;
                Parser::default().node(class, info)
            })
            .as_ref()
    }
}

/// Why a catalog could not be read at all.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CatalogError {
    /// The text is not JSON.
    #[error("the catalog is not JSON")]
    NotJson(#[source] serde_json::Error),
    /// The JSON is not an object of node infos.
    #[error("the catalog is not an object of node definitions, as /object_info gives it")]
    NotAnObject,
    /// The stream ended with an error.
    #[error("the catalog could not be read")]
    Unreadable(#[source] io::Error),
    /// A packed catalog is damaged or from another version.
    #[error("the packed catalog is damaged or has another version")]
    BadBundle,
}

impl Catalog {
    /// Reads the answer of `GET /object_info`, or of `GET /object_info/CLASS`.
    ///
    /// Python's `NaN` and `Infinity` are read as null, as the frontend does.
    ///
    /// # Errors
    /// Only when the text is not a JSON object. Odd nodes are kept as well as they can be, see
    /// [`diagnostics`](Self::diagnostics).
    pub fn from_object_info(text: &str) -> Result<Self, CatalogError> {
        let text = crate::json::without_bom(text);
        match Self::stream(text) {
            Err(error) if error.is_syntax() => match crate::json::replace_non_finite(text) {
                Some(mended) => Self::from_object_info(&mended),
                // one class that no parser takes must not cost all others
                None => stream::read(text.as_bytes()),
            },
            Err(error) if error.is_data() => Err(CatalogError::NotAnObject),
            other => other.map_err(CatalogError::NotJson),
        }
    }

    /// Reads the answer of `GET /object_info` from a stream; only one class is in memory as text.
    ///
    /// Otherwise like [`from_object_info`](Self::from_object_info). No buffering is needed.
    ///
    /// # Errors
    /// When the reader fails, or when what it gives is not a JSON object.
    pub fn from_reader(reader: impl io::Read) -> Result<Self, CatalogError> {
        stream::read(reader)
    }

    /// Takes an answer of `GET /object_info` that was read before without a complaint, from a file that it was kept in.
    /// Only the places of the classes are found now; each is parsed when it is first asked for.
    ///
    /// A class that makes no sense has a name here and no definition, and [`diagnostics`](Self::diagnostics) says
    /// nothing of it; where that matters, [`from_reader`](Self::from_reader) is the one to call.
    ///
    /// # Errors
    /// When the text is not a JSON object of members that could be classes.
    pub fn from_known(text: String) -> Result<Self, CatalogError> {
        let mut nodes = IndexMap::with_capacity(1024);
        stream::index(&text, |class, range| {
            nodes.insert(class.into(), Entry { range, def: OnceLock::new() });
        })?;
        Ok(Self { nodes, text: text.into(), diagnostics: Vec::new() })
    }

    /// Reads one class after the other, so that only one is in memory as JSON.
    fn stream(text: &str) -> Result<Self, serde_json::Error> {
        let mut catalog = Self::default();
        let mut deserializer = serde_json::Deserializer::from_str(text);
        Infos(&mut catalog).deserialize(&mut deserializer)?;
        deserializer.end()?;
        Ok(catalog)
    }

    /// Reads a catalog written by [`bundle::pack`].
    ///
    /// # Errors
    /// [`CatalogError::BadBundle`] when it is not one.
    #[cfg(feature = "bundled")]
    pub fn from_bundle(packed: &[u8]) -> Result<Self, CatalogError> {
        let text = bundle::unpack(packed)?;
        let mut nodes = IndexMap::with_capacity(1024);
        for (class, json) in bundle::lines(&text)? {
            // `json` is a part of `text`: its place is the distance of the two addresses
            let start = json.as_ptr().addr() - text.as_ptr().addr();
            let entry = Entry { range: start..start + json.len(), def: OnceLock::new() };
            nodes.insert(class.into(), entry);
        }
        Ok(Self { nodes, text: text.into(), diagnostics: Vec::new() })
    }

    /// The facts of ComfyUI's own nodes: names, types, ranges, defaults and options as a plain installation of
    /// the version in [`BUNDLED_VERSION`] answers them, without tooltips and descriptions.
    #[cfg(feature = "bundled")]
    pub fn bundled() -> Self {
        let bundled = Self::from_bundle(include_bytes!("../data/core.catalog"));
        debug_assert!(bundled.is_ok(), "the bundled catalog is damaged");
        bundled.unwrap_or_default()
    }

    /// The class of this name.
    pub fn get(&self, class_type: &str) -> Option<&NodeDef> {
        let (class, entry) = self.nodes.get_key_value(class_type)?;
        entry.get(class, &self.text)
    }

    /// Whether there is a class of this name.
    pub fn contains(&self, class_type: &str) -> bool {
        self.nodes.contains_key(class_type)
    }

    /// The names of all classes, in the server's order.
    pub fn class_types(&self) -> impl ExactSizeIterator<Item = &str> {
        self.nodes.keys().map(|class| &**class)
    }

    /// All classes, in the server's order.
    pub fn iter(&self) -> impl Iterator<Item = &NodeDef> {
        self.nodes.iter().filter_map(|(class, entry)| entry.get(class, &self.text))
    }

    /// The number of classes.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there is no class at all.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// What made no sense in the server's answer, and what was made of it.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// Adds a class, or replaces the one of the same name.
    pub fn insert(&mut self, def: NodeDef) {
        self.nodes.insert(def.class_type.clone(), Entry { range: 0..0, def: OnceLock::from(Some(def)) });
    }
}

/// The version of ComfyUI that the bundled catalog was taken from.
#[cfg(feature = "bundled")]
pub const BUNDLED_VERSION: &str = "0.33.0";

impl fmt::Debug for Catalog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Catalog").field("classes", &self.len()).finish_non_exhaustive()
    }
}

impl FromIterator<NodeDef> for Catalog {
    fn from_iter<I: IntoIterator<Item = NodeDef>>(defs: I) -> Self {
        let mut catalog = Self::default();
        for def in defs {
            catalog.insert(def);
        }
        catalog
    }
}

/// Reads `{class: info}` into a catalog.
struct Infos<'a>(&'a mut Catalog);

impl<'de> DeserializeSeed<'de> for Infos<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Infos<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of node definitions")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut parser = Parser::default();
        while let Some(class) = map.next_key::<String>()? {
            let info: Value = map.next_value()?;
            if let Some(def) = parser.node(&class, info) {
                self.0.insert(def);
            }
        }
        self.0.diagnostics = parser.diagnostics();
        Ok(())
    }
}
