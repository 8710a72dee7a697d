//! What a server has besides models: nodes one by one, embeddings, and what packs bring (`server.py`,
//! `app/custom_node_manager.py`, `app/subgraph_manager.py`, `app/node_replace_manager.py`). All nodes at once are
//! `catalog`'s.

use comfy_graph::catalog::{Catalog, NodeDef};
use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{client::Client, error::Error, http::Call};

/// What takes the place of a class that is gone.
#[derive(Clone, Debug, Deserialize)]
#[non_exhaustive]
pub struct NodeReplacement {
    /// The class that takes its place.
    pub new_node_id: String,
    /// The class that is gone.
    #[serde(default)]
    pub old_node_id: String,
    /// The names of the old node's widgets, in the order of their values in a workflow file.
    #[serde(default)]
    pub old_widget_ids: Option<Vec<String>>,
    /// Inputs of the new node: `new_id` with `old_id` or with `set_value`.
    #[serde(default)]
    pub input_mapping: Option<Vec<Map<String, Value>>>,
    /// Outputs: `new_idx` and `old_idx`.
    #[serde(default)]
    pub output_mapping: Option<Vec<Map<String, Value>>>,
    /// What else it says.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// A subgraph that a server or a pack brings.
#[derive(Clone, Debug, Deserialize)]
#[non_exhaustive]
pub struct GlobalSubgraph {
    /// `templates` for the server's own, `custom_node` for those of packs.
    #[serde(default)]
    pub source: String,
    /// Its name.
    #[serde(default)]
    pub name: String,
    /// About it: `node_pack`.
    #[serde(default)]
    pub info: Map<String, Value>,
    /// The text of the workflow file that it is in; only where one subgraph is asked for.
    #[serde(default)]
    pub data: Option<String>,
    /// What else it says.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

impl Client {
    /// One class of nodes; `None` if the server does not have it (`/object_info/{class}`).
    ///
    /// # Errors
    /// When there is no answer. Comfy Cloud has [`Client::catalog`](crate::Client::catalog) only.
    pub async fn node(&self, class: &str) -> Result<Option<NodeDef>, Error> {
        let call = Call::get(&["object_info", class]);
        let bytes = self.http().bytes(&call).await?;
        let catalog = Catalog::from_reader(&*bytes);
        let catalog = catalog.map_err(|error| Error::malformed(call.route(), error.to_string()))?;
        Ok(catalog.get(class).cloned())
    }

    /// The classes that are gone, and what takes their place; a server replaces them itself when it is given a prompt
    /// (`/node_replacements`).
    ///
    /// # Errors
    /// When there is no answer, or no such route.
    pub async fn node_replacements(&self) -> Result<IndexMap<String, Vec<NodeReplacement>>, Error> {
        self.http().json(&Call::get(&["node_replacements"])).await
    }

    /// The names of embeddings, as prompts write them: without the ending (`/embeddings`).
    ///
    /// # Errors
    /// When there is no answer. Comfy Cloud does not know the route.
    pub async fn embeddings(&self) -> Result<Vec<String>, Error> {
        self.http().json(&Call::get(&["embeddings"])).await
    }

    /// The scripts that extend the frontend, as paths on the server (`/extensions`).
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn extensions(&self) -> Result<Vec<String>, Error> {
        self.http().json(&Call::get(&["extensions"])).await
    }

    /// The names of workflows that packs bring as examples, by pack (`/workflow_templates`).
    ///
    /// # Errors
    /// When there is no answer, or no such route.
    pub async fn workflow_templates(&self) -> Result<IndexMap<String, Vec<String>>, Error> {
        self.http().json(&Call::get(&["workflow_templates"])).await
    }

    /// One of these workflows, by its pack and name.
    ///
    /// # Errors
    /// [`Error::NotFound`] where it is not there.
    pub async fn workflow_template(&self, pack: &str, name: &str) -> Result<Value, Error> {
        let file = format!("{name}.json");
        self.http().json(&Call::get(&["workflow_templates", pack, &file])).await
    }

    /// What packs have of their texts in other languages, by the language's code (`/i18n`).
    ///
    /// # Errors
    /// When there is no answer, or no such route.
    pub async fn translations(&self) -> Result<IndexMap<String, Map<String, Value>>, Error> {
        self.http().json(&Call::get(&["i18n"])).await
    }

    /// The subgraphs that the server and its packs bring, by id, without their workflows (`/global_subgraphs`).
    ///
    /// # Errors
    /// When there is no answer, or no such route.
    pub async fn global_subgraphs(&self) -> Result<IndexMap<String, GlobalSubgraph>, Error> {
        self.http().json(&Call::get(&["global_subgraphs"])).await
    }

    /// One of these subgraphs with its workflow; `None` if there is none of this id.
    ///
    /// # Errors
    /// When there is no answer, or no such route.
    pub async fn global_subgraph(&self, id: &str) -> Result<Option<GlobalSubgraph>, Error> {
        self.http().json(&Call::get(&["global_subgraphs", id])).await
    }
}
