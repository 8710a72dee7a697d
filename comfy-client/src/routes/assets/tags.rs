//! Tags of assets.

use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::AssetFilter;
use crate::{
    client::Client,
    error::Error,
    http::{Body, Call},
};

/// What became of tags.
#[derive(Clone, Debug, Default, Deserialize)]
#[non_exhaustive]
pub struct TagsChanged {
    /// Those that were added.
    #[serde(default)]
    pub added: Vec<String>,
    /// Those that were there already.
    #[serde(default)]
    pub already_present: Vec<String>,
    /// Those that were taken away.
    #[serde(default)]
    pub removed: Vec<String>,
    /// Those that were not there.
    #[serde(default)]
    pub not_present: Vec<String>,
    /// All that the asset has now.
    #[serde(default)]
    pub total_tags: Vec<String>,
    /// What else it says.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// Which tags.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct TagsQuery {
    /// Only those that begin like this.
    pub prefix: Option<String>,
    /// At most so many, from 1 to 1,000; 100 without it.
    pub limit: Option<u64>,
    /// Leave out so many.
    pub offset: u64,
    /// By name, not by how often they are used.
    pub by_name: bool,
    /// Without those that no asset has.
    pub used_only: bool,
}

/// A page of tags.
#[derive(Clone, Debug, Deserialize)]
#[non_exhaustive]
pub struct TagsPage {
    /// In the order that was asked for.
    pub tags: Vec<TagUsage>,
    /// All that fit what was asked for.
    #[serde(default)]
    pub total: u64,
    /// Whether there are more after these.
    #[serde(default)]
    pub has_more: bool,
    /// What else it says.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// A tag.
#[derive(Clone, Debug, Deserialize)]
#[non_exhaustive]
pub struct TagUsage {
    /// The tag.
    pub name: String,
    /// How many assets have it.
    #[serde(default)]
    pub count: u64,
    /// What else it says.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

impl Client {
    /// Gives an asset tags.
    ///
    /// # Errors
    /// [`Error::NotFound`] where it is not there.
    pub async fn add_asset_tags(&self, id: &str, tags: &[&str]) -> Result<TagsChanged, Error> {
        let call = Call::post(&["assets", id, "tags"]).repeatable();
        self.http().json(&call.body(Body::Json(json!({"tags": tags})))).await
    }

    /// Takes tags from an asset.
    ///
    /// # Errors
    /// [`Error::NotFound`] where it is not there.
    pub async fn remove_asset_tags(&self, id: &str, tags: &[&str]) -> Result<TagsChanged, Error> {
        let call = Call::delete(&["assets", id, "tags"]).repeatable();
        self.http().json(&call.body(Body::Json(json!({"tags": tags})))).await
    }

    /// Tags, a page at a time.
    ///
    /// # Errors
    /// When there is no answer; [`Error::Disabled`].
    pub async fn tags(&self, query: &TagsQuery) -> Result<TagsPage, Error> {
        let call = Call::get(&["tags"])
            .query_opt("prefix", query.prefix.as_ref().filter(|prefix| !prefix.is_empty()))
            .query_opt("limit", query.limit)
            .query_opt("offset", Some(query.offset).filter(|offset| *offset > 0))
            .query("order", if query.by_name { "name_asc" } else { "count_desc" })
            .query("include_zero", !query.used_only);
        self.http().json(&call).await
    }

    /// How many of these assets have each tag; at most so many tags, 100 without it.
    ///
    /// # Errors
    /// When there is no answer; [`Error::Disabled`].
    pub async fn count_tags(
        &self,
        filter: &AssetFilter,
        limit: Option<u64>,
    ) -> Result<IndexMap<String, u64>, Error> {
        #[derive(Deserialize)]
        struct Answer {
            tag_counts: IndexMap<String, u64>,
        }
        let call = filter.query(Call::get(&["assets", "tags", "refine"])).query_opt("limit", limit);
        self.http().json::<Answer>(&call).await.map(|answer| answer.tag_counts)
    }
}
