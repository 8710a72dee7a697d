//! Settings of the frontend, and users (`app/app_settings.py`, `app/user_manager.py`). Whose settings they are says
//! `ClientBuilder::user`.

use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::{
    client::Client,
    error::Error,
    http::{Body, Call},
};

/// The users of a server.
#[derive(Clone, Debug, Deserialize)]
#[non_exhaustive]
pub struct Users {
    /// Where settings are kept: `server`.
    #[serde(default)]
    pub storage: String,
    /// Of a server with one user: whether anything of theirs is there.
    #[serde(default)]
    pub migrated: Option<bool>,
    /// Of a server with several (`--multi-user`): names by id.
    #[serde(default)]
    pub users: Option<IndexMap<String, String>>,
    /// What else it says.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

impl Client {
    /// All settings, by id.
    ///
    /// # Errors
    /// When there is no answer; [`Error::Unauthorized`] for a user whom the server does not know.
    pub async fn settings(&self) -> Result<Map<String, Value>, Error> {
        self.http().json(&Call::get(&["settings"])).await
    }

    /// One setting; null if it was never set.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn setting(&self, id: &str) -> Result<Value, Error> {
        self.http().json(&Call::get(&["settings", id])).await
    }

    /// Sets one setting.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn set_setting(&self, id: &str, value: Value) -> Result<(), Error> {
        self.http().done(&Call::post(&["settings", id]).repeatable().body(Body::Json(value))).await
    }

    /// Sets several settings; all others stay.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn set_settings(&self, settings: Map<String, Value>) -> Result<(), Error> {
        let call = Call::post(&["settings"]).repeatable().body(Body::Json(Value::Object(settings)));
        self.http().done(&call).await
    }

    /// The users, or that there is only one.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn users(&self) -> Result<Users, Error> {
        self.http().json(&Call::get(&["users"])).await
    }

    /// Adds a user to a server with several, and gives the id that `ClientBuilder::user` takes.
    ///
    /// # Errors
    /// When there is no answer; [`Error::Status`] with 400 where there is a user of this name.
    pub async fn add_user(&self, name: &str) -> Result<String, Error> {
        self.http().json(&Call::post(&["users"]).body(Body::Json(json!({"username": name})))).await
    }
}
