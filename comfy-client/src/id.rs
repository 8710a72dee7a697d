//! [`JobId`]: the name of a job, chosen before it is sent.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The id of a job: a UUID in its usual form, lower case with hyphens. ComfyUI calls it `prompt_id`.
///
/// The client chooses it before the job is sent, so that whatever happens on the way, the job can be asked for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct JobId(Box<str>);

impl JobId {
    /// A new one, which no other job has.
    pub fn random() -> Self {
        Self(Uuid::new_v4().hyphenated().to_string().into())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// An id that a server gave. Servers before 0.3.60 and proxies give others than UUIDs; what is no word at all is none.
    pub(crate) fn of_server(text: &str) -> Option<Self> {
        let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        (!text.is_empty() && text.len() <= 128 && text.chars().all(is_word)).then(|| Self(text.into()))
    }
}

/// A text is no id of a job.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{0}` is no id of a job; ids look like 0d7f3b86-5a0e-4a2b-9a55-6f2c1b7a4e10")]
pub struct JobIdError(String);

impl FromStr for JobId {
    type Err = JobIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let uuid = Uuid::try_parse(text.trim()).map_err(|_| JobIdError(text.chars().take(80).collect()))?;
        Ok(Self(uuid.hyphenated().to_string().into()))
    }
}

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for JobId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::of_server(&text).ok_or_else(|| serde::de::Error::custom("no id of a job"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_canonical() {
        let id: JobId = "0D7F3B86-5A0E-4A2B-9A55-6F2C1B7A4E10".parse().expect("a UUID");
        assert_eq!(id.as_str(), "0d7f3b86-5a0e-4a2b-9a55-6f2c1b7a4e10");
        assert!("latest".parse::<JobId>().is_err());
        assert_ne!(JobId::random(), JobId::random());
        assert!(JobId::of_server("../x").is_none() && JobId::of_server("").is_none());
    }
}
