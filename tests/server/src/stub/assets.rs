//! Assets: names for contents, with tags. `app/assets/services`, without a database.
//!
//! The hash of a content is not BLAKE3 but looks like it: it is the same for the same bytes.

use std::collections::{BTreeMap, BTreeSet};

use axum::body::Bytes;
use serde_json::{Map, Value, json};

use super::engine::mix;
use super::time::iso;

/// Tags that a server has before anything is tagged.
const KNOWN_TAGS: [&str; 5] = ["checkpoints", "input", "loras", "models", "output"];

/// A name for a content.
#[derive(Debug, Clone)]
pub(crate) struct Reference {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) hash: String,
    pub(crate) tags: BTreeSet<String>,
    pub(crate) user_metadata: Map<String, Value>,
    pub(crate) mime_type: String,
    pub(crate) preview_id: Option<String>,
    /// Milliseconds since 1970.
    pub(crate) created: u64,
    pub(crate) updated: u64,
}

/// All of them, and the contents by hash: where they are, and their bytes.
#[derive(Debug, Default)]
pub(crate) struct Assets {
    pub(crate) references: Vec<Reference>,
    pub(crate) contents: BTreeMap<String, (String, Bytes)>,
}

impl Assets {
    pub(crate) fn find(&self, id: &str) -> Option<&Reference> {
        self.references.iter().find(|reference| reference.id == id)
    }

    pub(crate) fn find_mut(&mut self, id: &str) -> Option<&mut Reference> {
        self.references.iter_mut().find(|reference| reference.id == id)
    }

    /// `_build_asset_response`, without what is null.
    pub(crate) fn describe(&self, reference: &Reference) -> Value {
        let Reference { id, name, hash, tags, user_metadata, mime_type, preview_id, created, updated } =
            reference;
        let empty = (String::new(), Bytes::new());
        let (path, bytes) = self.contents.get(hash).unwrap_or(&empty);
        let below = path.split_once('/').map_or("", |(_, below)| below);
        let mut metadata = user_metadata.clone();
        metadata.insert("filename".to_owned(), below.into());
        let mut asset = json!({
            "id": id, "name": name, "hash": hash, "loader_path": below, "display_name": below, "asset_hash": hash,
            "size": bytes.len(), "mime_type": mime_type, "tags": tags, "user_metadata": metadata,
            "is_immutable": false, "created_at": iso(*created), "updated_at": iso(*updated),
            "last_access_time": iso(*created),
        });
        if let Some(id) = preview_id {
            asset["preview_id"] = id.as_str().into();
        }
        asset
    }

    /// How often each tag is used.
    pub(crate) fn tag_counts(&self) -> BTreeMap<String, usize> {
        let mut counts: BTreeMap<String, usize> =
            KNOWN_TAGS.iter().map(|tag| ((*tag).to_owned(), 0)).collect();
        for tag in self.references.iter().flat_map(|reference| &reference.tags) {
            *counts.entry(tag.clone()).or_default() += 1;
        }
        counts
    }
}

/// 64 hexadecimal digits.
pub(crate) fn hash(bytes: &[u8]) -> String {
    let first = bytes.iter().fold(bytes.len() as u64, |sum, byte| mix(sum ^ u64::from(*byte)));
    let part = |round| mix(first ^ round);
    format!("blake3:{:016x}{:016x}{:016x}{:016x}", part(0), part(1), part(2), part(3))
}

/// `validate_blake3_hash`
pub(crate) fn valid_hash(text: &str) -> Option<String> {
    let text = text.trim().to_ascii_lowercase();
    let digits = text.strip_prefix("blake3:")?;
    (digits.len() == 64 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(text)
}
