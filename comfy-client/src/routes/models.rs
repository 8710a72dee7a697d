//! Files of models: their folders, names, previews and what is written in them (`server.py: list_model_types,
//! get_models, view_metadata`; `app/model_manager.py`).

use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{client::Client, error::Error, http::Call};

/// A folder of models.
#[derive(Clone, Debug, Deserialize)]
#[non_exhaustive]
pub struct ModelFolder {
    /// Its name, such as `checkpoints`.
    pub name: String,
    /// Where it is on the server's machine: one name can stand for several.
    #[serde(default)]
    pub folders: Vec<String>,
    /// The endings of files that count.
    #[serde(default)]
    pub extensions: Vec<String>,
    /// What else it says.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// A file of a model.
#[derive(Clone, Debug, Deserialize)]
#[non_exhaustive]
pub struct ModelFile {
    /// Its name, with the folders in between; those of a server on Windows are written with `\`.
    pub name: String,
    /// In which of the folders of that name.
    #[serde(rename = "pathIndex", default)]
    pub path_index: u64,
    /// Its length, in bytes.
    #[serde(default)]
    pub size: Option<u64>,
    /// When it was last changed, in seconds since 1970.
    #[serde(default)]
    pub modified: Option<f64>,
    /// When it came there, in seconds since 1970.
    #[serde(default)]
    pub created: Option<f64>,
    /// What else it says.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

impl Client {
    /// The names of folders of models (`/models`).
    ///
    /// # Errors
    /// When there is no answer. Comfy Cloud has [`model_folder_details`](Self::model_folder_details).
    pub async fn model_folders(&self) -> Result<Vec<String>, Error> {
        self.http().json(&Call::get(&["models"])).await
    }

    /// The names of files in such a folder, as inputs of nodes take them (`/models/{folder}`).
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is no such folder. Comfy Cloud has [`model_files`](Self::model_files).
    pub async fn models(&self, folder: &str) -> Result<Vec<String>, Error> {
        self.http().json(&Call::get(&["models", folder])).await
    }

    /// The folders with their places (`/experiment/models`): the better way where a server has it.
    ///
    /// # Errors
    /// When there is no answer, or no such route.
    pub async fn model_folder_details(&self) -> Result<Vec<ModelFolder>, Error> {
        self.http().json(&Call::get(&["experiment", "models"])).await
    }

    /// The files in such a folder, with length and times (`/experiment/models/{folder}`): the better way where a server
    /// has it.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is no such folder, or no such route.
    pub async fn model_files(&self, folder: &str) -> Result<Vec<ModelFile>, Error> {
        self.http().json(&Call::get(&["experiment", "models", folder])).await
    }

    /// A picture of a model as WebP: one that lies beside it, or one out of its header
    /// (`/experiment/models/preview/{folder}/{path_index}/{file}`).
    ///
    /// # Errors
    /// [`Error::NotFound`] where it has none, or is not there itself.
    pub async fn model_preview(&self, folder: &str, file: &ModelFile) -> Result<Bytes, Error> {
        let index = file.path_index.to_string();
        // the name is the rest of the path, and slashes belong to it
        let name = file.name.replace('\\', "/");
        let mut parts = vec!["experiment", "models", "preview", folder, &index];
        parts.extend(name.split('/'));
        self.http().bytes(&Call::get(&parts)).await
    }

    /// What is written about a model in its header, of `.safetensors` files only (`/view_metadata/{folder}`).
    ///
    /// # Errors
    /// [`Error::NotFound`] where the file is not there, is of another kind or has nothing of it.
    pub async fn model_metadata(&self, folder: &str, file: &str) -> Result<Map<String, Value>, Error> {
        self.http().json(&Call::get(&["view_metadata", folder]).query("filename", file)).await
    }
}
