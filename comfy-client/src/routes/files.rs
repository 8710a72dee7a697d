//! `/view` and `/upload`: files of the server, one request each (`server.py: view_image, image_upload`).

use std::path::Path;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    client::Client,
    error::Error,
    http::{Body, Call, Part, PartValue},
};

/// One of the three folders of a server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Folder {
    /// What flows read.
    Input,
    /// What flows save.
    #[default]
    Output,
    /// Previews, which go when the server is started anew.
    Temp,
}

impl Folder {
    /// The server's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::Output => "output",
            Self::Temp => "temp",
        }
    }
}

/// A file of the server.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FileRef {
    /// Its name; `blake3:…` names an asset by its content.
    pub filename: String,
    /// The folder inside of the folder.
    #[serde(default)]
    pub subfolder: String,
    /// In which of the three.
    #[serde(rename = "type", default)]
    pub folder: Folder,
}

impl FileRef {
    /// What an input such as that of `LoadImage` says of it: `sub/cat.png`, `cat.png [output]`.
    pub fn as_input(&self) -> String {
        let name = match &*self.subfolder {
            "" => self.filename.clone(),
            subfolder => format!("{subfolder}/{}", self.filename),
        };
        match self.folder {
            Folder::Input => name,
            other => format!("{name} [{}]", other.as_str()),
        }
    }

    fn query(&self, call: Call) -> Call {
        call.query("filename", &self.filename)
            .query("subfolder", &self.subfolder)
            .query("type", self.folder.as_str())
    }

    pub(crate) fn view(&self) -> Call {
        self.query(Call::get(&["view"]))
    }
}

/// How a picture is wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ViewOptions {
    /// Encoded anew as `webp` or `jpeg`, with a quality of 1 to 100.
    pub preview: Option<(String, u8)>,
    /// `rgb`, `a` or `rgba` only.
    pub channel: Option<String>,
}

/// A file that was uploaded.
#[derive(Clone, Debug, Deserialize)]
#[non_exhaustive]
pub struct Upload {
    /// The name that it has there; another than was asked for where there was a file of that name.
    pub name: String,
    /// The folder inside of the folder.
    #[serde(default)]
    pub subfolder: String,
    /// In which of the three.
    #[serde(rename = "type", default)]
    pub folder: Folder,
    /// What else the server says.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

impl Upload {
    /// The file.
    pub fn file(&self) -> FileRef {
        FileRef { filename: self.name.clone(), subfolder: self.subfolder.clone(), folder: self.folder }
    }
}

/// Where an upload goes.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct UploadOptions {
    /// In which of the three; where flows read from, without it.
    pub folder: Folder,
    /// The folder inside of the folder. Comfy Cloud has none.
    pub subfolder: String,
    /// Whether a file of the same name is replaced. Otherwise another one gets another name, and the same one stays.
    pub overwrite: bool,
}

impl Default for UploadOptions {
    fn default() -> Self {
        Self { folder: Folder::Input, subfolder: String::new(), overwrite: false }
    }
}

impl Client {
    /// The bytes of a file, whole and in memory.
    ///
    /// # Errors
    /// [`Error::NotFound`] where it is not there; [`Error::TooLarge`].
    pub async fn view(&self, file: &FileRef, options: &ViewOptions) -> Result<Bytes, Error> {
        let preview = options.preview.as_ref().map(|(format, quality)| format!("{format};{quality}"));
        let call = file.view().query_opt("preview", preview).query_opt("channel", options.channel.as_ref());
        self.http().bytes(&call).await
    }

    /// Uploads a file of any kind under this name (`/upload/image`).
    ///
    /// # Errors
    /// When the server does not take it.
    pub async fn upload(&self, name: &str, bytes: Bytes, options: &UploadOptions) -> Result<Upload, Error> {
        let file = PartValue::File { name: name.to_owned(), bytes };
        self.http().json(&form("image", file, options, Vec::new())).await
    }

    /// Uploads a file of this machine under this name; it is read while it is sent.
    ///
    /// # Errors
    /// When it cannot be read, or the server does not take it.
    pub async fn upload_file(
        &self,
        name: &str,
        path: &Path,
        options: &UploadOptions,
    ) -> Result<Upload, Error> {
        let file = PartValue::Path { name: name.to_owned(), path: path.to_owned() };
        self.http().json(&form("image", file, options, Vec::new())).await
    }

    /// Whether the server has a file of this name and length. A server that does not say has none.
    pub(crate) async fn has_file(&self, file: &FileRef, bytes: u64) -> bool {
        // Comfy Cloud knows by the contents what it has, and says where a file is only by sending us there
        if self.server().is_cloud() {
            return false;
        }
        let call = file.query(Call::head(&["view"]));
        let length = |response: reqwest::Response| {
            response.headers().get(reqwest::header::CONTENT_LENGTH)?.to_str().ok()?.parse::<u64>().ok()
        };
        self.http().once(&call).await.ok().and_then(length) == Some(bytes)
    }

    /// Uploads a mask: the server writes the original with the mask's alpha channel (`/upload/mask`).
    ///
    /// # Errors
    /// When the server does not take it, or does not have the original.
    pub async fn upload_mask(
        &self,
        name: &str,
        bytes: Bytes,
        original: &FileRef,
        options: &UploadOptions,
    ) -> Result<Upload, Error> {
        let original = serde_json::to_string(original).map_err(|error| Error::Setup(Box::new(error)))?;
        let original = Part { name: "original_ref", value: PartValue::Text(original) };
        let file = PartValue::File { name: name.to_owned(), bytes };
        self.http().json(&form("mask", file, options, vec![original])).await
    }
}

fn form(route: &str, file: PartValue, options: &UploadOptions, more: Vec<Part>) -> Call {
    let text = |name, value: &str| Part { name, value: PartValue::Text(value.to_owned()) };
    let mut parts = vec![
        Part { name: "image", value: file },
        text("type", options.folder.as_str()),
        text("subfolder", &options.subfolder),
    ];
    if options.overwrite {
        parts.push(text("overwrite", "true"));
    }
    parts.extend(more);
    let call = Call::post(&["upload", route]).body(Body::Form(parts));
    // the same bytes twice are one file (`server.py: compare_image_hash`)
    if options.overwrite || route == "image" { call.repeatable() } else { call }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_named_as_inputs_name_them() {
        let file = |subfolder: &str, folder| FileRef {
            filename: "cat.png".into(),
            subfolder: subfolder.into(),
            folder,
        };
        assert_eq!(file("", Folder::Input).as_input(), "cat.png");
        assert_eq!(file("a/b", Folder::Output).as_input(), "a/b/cat.png [output]");
    }
}
