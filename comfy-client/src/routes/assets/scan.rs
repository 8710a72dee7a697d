//! Scanning the folders of a server for assets (`app/assets/seeder.py`).

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::{
    client::Client,
    error::Error,
    http::{Body, Call},
};

/// A part of the server's files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Root {
    /// Models, of all folders.
    Models,
    /// What flows read.
    Input,
    /// What flows save.
    Output,
}

/// What a scan does, or has done.
#[derive(Clone, Debug, Deserialize)]
#[non_exhaustive]
pub struct ScanStatus {
    /// Whether it runs, in the server's words: `IDLE`, `RUNNING`, `started`, `completed`, …
    #[serde(alias = "status", default)]
    pub state: String,
    /// How far it is.
    #[serde(default)]
    pub progress: Option<ScanProgress>,
    /// What it could not read.
    #[serde(default)]
    pub errors: Vec<Value>,
    /// What else it says.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// How far a scan is. All are counts of files.
#[derive(Clone, Debug, Default, Deserialize)]
#[non_exhaustive]
pub struct ScanProgress {
    /// Looked at.
    #[serde(default)]
    pub scanned: u64,
    /// To be looked at.
    #[serde(default)]
    pub total: u64,
    /// Found to be new.
    #[serde(default)]
    pub created: u64,
    /// Left out.
    #[serde(default)]
    pub skipped: u64,
    /// What else it says.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

impl Root {
    fn as_str(self) -> &'static str {
        match self {
            Self::Models => "models",
            Self::Input => "input",
            Self::Output => "output",
        }
    }
}

impl Client {
    /// Has the server look for new files in these parts, and waits for the end of it if `wait`.
    ///
    /// # Errors
    /// [`Error::Conflict`] while another scan runs; [`Error::Disabled`].
    pub async fn scan_assets(&self, roots: &[Root], wait: bool) -> Result<ScanStatus, Error> {
        let roots: Vec<&str> = roots.iter().map(|root| root.as_str()).collect();
        let call = Call::post(&["assets", "seed"]).query_opt("wait", wait.then_some("true"));
        self.http().json(&call.body(Body::Json(json!({"roots": roots})))).await
    }

    /// What a scan does, or has done.
    ///
    /// # Errors
    /// When there is no answer; [`Error::Disabled`].
    pub async fn asset_scan(&self) -> Result<ScanStatus, Error> {
        self.http().json(&Call::get(&["assets", "seed", "status"])).await
    }

    /// Stops a scan. Whether there was one.
    ///
    /// # Errors
    /// When there is no answer; [`Error::Disabled`].
    pub async fn cancel_asset_scan(&self) -> Result<bool, Error> {
        let call = Call::post(&["assets", "seed", "cancel"]).repeatable();
        self.http().json::<ScanStatus>(&call).await.map(|status| status.state != "idle")
    }

    /// Marks assets as missing whose files are in none of the server's folders any more. How many those were.
    ///
    /// # Errors
    /// [`Error::Conflict`] while a scan runs; [`Error::Disabled`].
    pub async fn mark_missing_assets(&self) -> Result<u64, Error> {
        #[derive(Deserialize)]
        struct Answer {
            #[serde(default)]
            marked: u64,
        }
        let call = Call::post(&["assets", "prune"]).repeatable();
        self.http().json::<Answer>(&call).await.map(|answer| answer.marked)
    }
}
