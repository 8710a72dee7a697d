//! `/api/assets` and `/api/tags`: files of a server by id and content, with tags (`app/assets/api`). A server has them
//! with `--enable-assets`, and says [`Error::Disabled`] otherwise; Comfy Cloud always has them. ComfyUI does not promise
//! yet that they stay as they are.

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    client::Client,
    error::Error,
    http::{Body, Call, Part, PartValue},
};

mod scan;
mod tags;

pub use scan::{Root, ScanProgress, ScanStatus};
pub use tags::{TagUsage, TagsChanged, TagsPage, TagsQuery};

/// A file that a server knows by its content. Times are in ISO 8601.
#[derive(Clone, Debug, Deserialize)]
#[non_exhaustive]
pub struct Asset {
    /// The id of this name for the content; several can have the same content.
    pub id: String,
    /// What it is called.
    #[serde(default)]
    pub name: String,
    /// `blake3:…` of the content, where the server has made it.
    #[serde(default)]
    pub hash: Option<String>,
    /// The same in the words of older servers.
    #[serde(default)]
    pub asset_hash: Option<String>,
    /// What an input of a node says to load it.
    #[serde(default)]
    pub loader_path: Option<String>,
    /// What it is called before people.
    #[serde(default)]
    pub display_name: Option<String>,
    /// Its length, in bytes.
    #[serde(default)]
    pub size: Option<u64>,
    /// Its type, as a browser would want it.
    #[serde(default)]
    pub mime_type: Option<String>,
    /// Its tags.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Where a picture of it is, as a path on the server.
    #[serde(default)]
    pub preview_url: Option<String>,
    /// The asset that is a picture of it.
    #[serde(default)]
    pub preview_id: Option<String>,
    /// What users wrote to it.
    #[serde(default)]
    pub user_metadata: Map<String, Value>,
    /// What the server found out about it.
    #[serde(default)]
    pub metadata: Option<Map<String, Value>>,
    /// The job that made it.
    #[serde(default)]
    pub job_id: Option<String>,
    /// When it came there.
    #[serde(default)]
    pub created_at: Option<String>,
    /// When something about it was last changed.
    #[serde(default)]
    pub updated_at: Option<String>,
    /// When it was last used.
    #[serde(default)]
    pub last_access_time: Option<String>,
    /// What else it says.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// An asset that was asked to be made.
#[derive(Clone, Debug, Deserialize)]
#[non_exhaustive]
pub struct NewAsset {
    /// The asset.
    #[serde(flatten)]
    pub asset: Asset,
    /// Whether the content was not there before.
    #[serde(default)]
    pub created_new: bool,
}

/// By what a list of assets is ordered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum AssetOrder {
    /// When it came there.
    #[default]
    Created,
    /// When something about it was last changed.
    Updated,
    /// Its name.
    Name,
    /// Its length.
    Size,
    /// When it was last used; not with [`AssetsQuery::after`].
    LastAccess,
}

/// Which assets.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct AssetFilter {
    /// Only those with all of these tags.
    pub tags_all: Vec<String>,
    /// Only those with one of these tags.
    pub tags_any: Vec<String>,
    /// Only those with none of these tags.
    pub tags_none: Vec<String>,
    /// Only those with this in their name.
    pub name_contains: Option<String>,
    /// Only those with these values in what users wrote to them.
    pub metadata: Map<String, Value>,
}

/// Which assets, and in which order.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct AssetsQuery {
    /// Which ones.
    pub filter: AssetFilter,
    /// By what they are ordered.
    pub order: AssetOrder,
    /// The smallest first.
    pub ascending: bool,
    /// At most so many, from 1 to 500; 20 without it.
    pub limit: Option<u64>,
    /// Leave out so many.
    pub offset: u64,
    /// After the page that had this as its `next_cursor`; `offset` counts for nothing then.
    pub after: Option<String>,
}

/// A page of assets.
#[derive(Clone, Debug, Deserialize)]
#[non_exhaustive]
pub struct AssetsPage {
    /// In the order that was asked for.
    pub assets: Vec<Asset>,
    /// All that fit what was asked for.
    #[serde(default)]
    pub total: u64,
    /// Whether there are more after these.
    #[serde(default)]
    pub has_more: bool,
    /// What asks for the next page, as [`AssetsQuery::after`].
    #[serde(default)]
    pub next_cursor: Option<String>,
    /// What else it says.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// What is said of an asset that is to be made.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct AssetDetails {
    /// What it is to be called; otherwise by its content.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its tags. A file has one of `input`, `output` and `models` among them; with `models`, also one
    /// `model_type:FOLDER`.
    pub tags: Vec<String>,
    /// What is written to it.
    pub user_metadata: Map<String, Value>,
    /// Its type; otherwise by its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mime_type: Option<String>,
    /// The asset that is a picture of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preview_id: Option<String>,
}

/// What is to be changed of an asset; all else stays.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct AssetChange {
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What users wrote to it, all of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_metadata: Option<Map<String, Value>>,
    /// The asset that is a picture of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preview_id: Option<String>,
}

impl AssetFilter {
    fn query(&self, mut call: Call) -> Call {
        let lists =
            [("tags_all", &self.tags_all), ("tags_any", &self.tags_any), ("tags_none", &self.tags_none)];
        for (name, tags) in lists {
            call = call.query_opt(name, (!tags.is_empty()).then(|| tags.join(",")));
        }
        let metadata = (!self.metadata.is_empty()).then(|| Value::Object(self.metadata.clone()));
        call.query_opt("name_contains", self.name_contains.as_ref()).query_opt("metadata_filter", metadata)
    }
}

impl AssetOrder {
    fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created_at",
            Self::Updated => "updated_at",
            Self::Name => "name",
            Self::Size => "size",
            Self::LastAccess => "last_access_time",
        }
    }
}

impl AssetDetails {
    /// The fields of a form. The hash comes before the file: a server that has the content does not write it then.
    fn parts(&self, hash: Option<&str>) -> Vec<Part> {
        let metadata = Value::Object(self.user_metadata.clone()).to_string();
        let texts = [
            ("hash", hash.map(str::to_owned)),
            ("tags", Some(Value::from(self.tags.as_slice()).to_string())),
            ("name", self.name.clone()),
            ("user_metadata", Some(metadata).filter(|_| !self.user_metadata.is_empty())),
            ("mime_type", self.mime_type.clone()),
            ("preview_id", self.preview_id.clone()),
        ];
        let part =
            |(name, text): (&'static str, Option<String>)| Some(Part { name, value: PartValue::Text(text?) });
        texts.into_iter().filter_map(part).collect()
    }
}

impl Client {
    /// Assets, a page at a time.
    ///
    /// # Errors
    /// When there is no answer; [`Error::Disabled`].
    pub async fn assets(&self, query: &AssetsQuery) -> Result<AssetsPage, Error> {
        let call = query
            .filter
            .query(Call::get(&["assets"]))
            .query("sort", query.order.as_str())
            .query("order", if query.ascending { "asc" } else { "desc" })
            .query_opt("limit", query.limit)
            .query_opt("offset", Some(query.offset).filter(|offset| *offset > 0))
            .query_opt("after", query.after.as_ref());
        self.http().json(&call).await
    }

    /// One asset.
    ///
    /// # Errors
    /// [`Error::NotFound`] where it is not there; [`Error::Disabled`].
    pub async fn asset(&self, id: &str) -> Result<Asset, Error> {
        self.http().json(&Call::get(&["assets", id])).await
    }

    /// The bytes of an asset, whole and in memory.
    ///
    /// # Errors
    /// [`Error::NotFound`] where it is not there; [`Error::TooLarge`], [`Error::Disabled`].
    pub async fn asset_content(&self, id: &str) -> Result<Bytes, Error> {
        self.http().bytes(&Call::get(&["assets", id, "content"])).await
    }

    /// Whether the server has this content (`blake3:…`). A server that has no such route says no.
    ///
    /// # Errors
    /// When there is no answer; [`Error::Status`] with 400 for what is no hash.
    pub async fn has_content(&self, hash: &str) -> Result<bool, Error> {
        match self.http().done(&Call::head(&["assets", "hash", hash])).await {
            Ok(()) => Ok(true),
            Err(Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Uploads a file as an asset. With its hash (`blake3:…`) the server checks it, and writes nothing where it has the
    /// content.
    ///
    /// # Errors
    /// [`Error::Status`] with 400 for a wrong hash, tags that do not go together, or an empty file; [`Error::Disabled`].
    pub async fn upload_asset(
        &self,
        name: &str,
        bytes: Bytes,
        hash: Option<&str>,
        details: &AssetDetails,
    ) -> Result<NewAsset, Error> {
        let mut parts = details.parts(hash);
        parts.push(Part { name: "file", value: PartValue::File { name: name.to_owned(), bytes } });
        self.http().json(&Call::post(&["assets"]).body(Body::Form(parts))).await
    }

    /// Makes an asset of content that the server has.
    ///
    /// # Errors
    /// [`Error::NotFound`] where it does not have it; [`Error::Disabled`].
    pub async fn asset_of_content(&self, hash: &str, details: &AssetDetails) -> Result<NewAsset, Error> {
        let mut body = serde_json::to_value(details).map_err(|error| Error::Setup(Box::new(error)))?;
        body["hash"] = hash.into();
        self.http().json(&Call::post(&["assets", "from-hash"]).body(Body::Json(body))).await
    }

    /// Changes what is said of an asset.
    ///
    /// # Errors
    /// [`Error::NotFound`] where it is not there; [`Error::Status`] with 400 where nothing is to be changed.
    pub async fn change_asset(&self, id: &str, change: &AssetChange) -> Result<Asset, Error> {
        let body = serde_json::to_value(change).map_err(|error| Error::Setup(Box::new(error)))?;
        self.http().json(&Call::put(&["assets", id]).repeatable().body(Body::Json(body))).await
    }

    /// Forgets an asset. Its content stays.
    ///
    /// # Errors
    /// [`Error::NotFound`] where it is not there.
    pub async fn delete_asset(&self, id: &str) -> Result<(), Error> {
        self.http().done(&Call::delete(&["assets", id])).await
    }
}
