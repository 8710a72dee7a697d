//! `/userdata`: files that a user keeps on the server, workflows among them (`app/user_manager.py`). A path is one from
//! the user's folder, with `/`: `workflows/cat.json`. It may have any characters; the server refuses those that lead out
//! of the folder.

use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{
    client::Client,
    error::Error,
    http::{Body, Call},
};

/// A file that a user keeps.
#[derive(Clone, Debug, Default, Deserialize)]
#[non_exhaustive]
pub struct UserFile {
    /// Its path; in a list, from the folder that was asked for.
    pub path: String,
    /// Its length, in bytes. Old servers do not say it, nor the times.
    #[serde(default)]
    pub size: Option<u64>,
    /// When it was last changed, in milliseconds since 1970.
    #[serde(default)]
    pub modified: Option<f64>,
    /// When it came there, in milliseconds since 1970.
    #[serde(default)]
    pub created: Option<f64>,
    /// What else it says.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// A file or folder in a list.
#[derive(Clone, Debug, Deserialize)]
#[non_exhaustive]
pub struct UserEntry {
    /// Its name.
    pub name: String,
    /// Its path from the user's folder.
    pub path: String,
    /// `file` or `directory`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The length of a file, in bytes.
    #[serde(default)]
    pub size: Option<u64>,
    /// When a file was last changed, in seconds since 1970.
    #[serde(default)]
    pub modified: Option<f64>,
    /// What else it says.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

impl UserEntry {
    /// Whether it is a folder.
    pub fn is_folder(&self) -> bool {
        self.kind == "directory"
    }
}

/// With `full_info`, servers that know it say everything of a file; others its path.
#[derive(Deserialize)]
#[serde(untagged)]
enum Said {
    Path(String),
    All(UserFile),
}

impl From<Said> for UserFile {
    fn from(said: Said) -> Self {
        match said {
            Said::Path(path) => Self { path, ..Self::default() },
            Said::All(file) => file,
        }
    }
}

impl Client {
    /// All files and folders below a folder, of any depth, folders first; with an empty path all that there are
    /// (`/v2/userdata`).
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is no such folder, or no such route.
    pub async fn user_entries(&self, folder: &str) -> Result<Vec<UserEntry>, Error> {
        // the server decodes it twice once it has it
        let folder = folder.replace('%', "%2525");
        let call =
            Call::get(&["v2", "userdata"]).query_opt("path", Some(folder).filter(|path| !path.is_empty()));
        self.http().json(&call).await
    }

    /// The files in a folder, with those in folders below if `deep` (`/userdata`);
    /// [`user_entries`](Self::user_entries) is the better way where a server has it.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is no such folder.
    pub async fn user_files(&self, folder: &str, deep: bool) -> Result<Vec<UserFile>, Error> {
        let call = Call::get(&["userdata"])
            .query("dir", once_more(folder))
            .query_opt("recurse", deep.then_some("true"))
            .query("full_info", "true");
        let files: Vec<Said> = self.http().json(&call).await?;
        Ok(files.into_iter().map(UserFile::from).collect())
    }

    /// The bytes of a file, whole and in memory.
    ///
    /// # Errors
    /// [`Error::NotFound`] where it is not there; [`Error::TooLarge`].
    pub async fn user_file(&self, path: &str) -> Result<Bytes, Error> {
        self.http().bytes(&Call::get(&["userdata", &once_more(path)])).await
    }

    /// Writes a file of any kind, and the folders that it is in.
    ///
    /// # Errors
    /// [`Error::Conflict`] where there is one already and `overwrite` is not said; [`Error::Status`] with 400 for a name
    /// that the server's system does not take.
    pub async fn put_user_file(&self, path: &str, bytes: Bytes, overwrite: bool) -> Result<UserFile, Error> {
        let call = Call::post(&["userdata", &once_more(path)])
            .query("overwrite", overwrite)
            .query("full_info", "true")
            .body(Body::Raw { bytes, content_type: "application/octet-stream" });
        // a second one would find the file of the first
        let call = if overwrite { call.repeatable() } else { call };
        self.http().json::<Said>(&call).await.map(UserFile::from)
    }

    /// Takes a file away.
    ///
    /// # Errors
    /// [`Error::NotFound`] where it is not there.
    pub async fn delete_user_file(&self, path: &str) -> Result<(), Error> {
        self.http().done(&Call::delete(&["userdata", &once_more(path)])).await
    }

    /// Gives a file another path.
    ///
    /// # Errors
    /// [`Error::NotFound`] where it is not there; [`Error::Conflict`] where there is one at the new path and `overwrite`
    /// is not said.
    pub async fn move_user_file(&self, from: &str, to: &str, overwrite: bool) -> Result<UserFile, Error> {
        let call = Call::post(&["userdata", &once_more(from), "move", &once_more(to)])
            .query("overwrite", overwrite)
            .query("full_info", "true");
        self.http().json::<Said>(&call).await.map(UserFile::from)
    }
}

/// The server decodes a path that has `%` in it a second time (`user_manager.py: get_request_user_filepath`).
fn once_more(path: &str) -> String {
    path.replace('%', "%25")
}
