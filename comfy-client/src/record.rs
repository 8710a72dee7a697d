//! [`RunRecord`]: what a run was, for running it again and for knowing later where a picture comes from. No key is ever
//! part of it.

use std::{
    fs,
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    digest,
    error::Error,
    id::JobId,
    inputs::UploadedInput,
    routes::{files::FileRef, system::SystemStats},
    run::Finished,
    save::SavedFile,
};

/// The version of the form.
const VERSION: u32 = 1;

/// The longest record that is read, in bytes.
const LONGEST: u64 = 256 << 20;

/// What a run was: the contents of a `run.json`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RunRecord {
    /// The version of the form, 1.
    pub version: u32,
    /// The job's id.
    pub job: JobId,
    /// The file that it was made of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flow: Option<SourceRecord>,
    /// The server, and what ran there.
    pub server: ServerRecord,
    /// When it was queued, and when it began and ended where the server says so; RFC 3339.
    #[serde(default)]
    pub times: TimesRecord,
    /// How many nodes need not run.
    #[serde(default)]
    pub cached: usize,
    /// The seeds, by node and input (`3.seed`).
    #[serde(default)]
    pub seeds: Map<String, Value>,
    /// Files that were uploaded for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub uploads: Vec<UploadRecord>,
    /// What it made.
    #[serde(default)]
    pub outputs: Vec<OutputRecord>,
    /// The hash of the prompt's text, in hexadecimal digits.
    pub prompt_sha256: String,
    /// The prompt as it was queued.
    pub prompt: Value,
    /// The workflow that its pictures carry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workflow: Option<Value>,
    /// What else the file says.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// The file that a run was made of.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SourceRecord {
    /// Its name.
    pub file: String,
    /// The hash of its text, in hexadecimal digits.
    pub sha256: String,
}

/// A server.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ServerRecord {
    /// Its address, without a name or password.
    pub address: String,
    /// The version of ComfyUI.
    #[serde(default)]
    pub comfyui: Option<String>,
    /// The version of PyTorch.
    #[serde(default)]
    pub pytorch: Option<String>,
    /// The version of Python.
    #[serde(default)]
    pub python: Option<String>,
}

/// When things happened.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TimesRecord {
    /// The record was written.
    #[serde(default)]
    pub recorded: Option<String>,
    /// The job began to run.
    #[serde(default)]
    pub started: Option<String>,
    /// It was over.
    #[serde(default)]
    pub ended: Option<String>,
}

/// A file that was uploaded.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct UploadRecord {
    /// The node and the input, as `10.image`.
    pub input: String,
    /// What the flow says.
    pub value: String,
    /// The name on the server.
    pub name: String,
    /// Of its contents.
    pub sha256: String,
}

/// A result.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OutputRecord {
    /// Where it is, seen from the record where that is possible.
    pub path: PathBuf,
    /// The node that made it.
    pub node: String,
    /// What it is.
    pub kind: String,
    /// Its length.
    pub bytes: u64,
    /// Of its contents.
    pub sha256: String,
    /// Where the server has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<FileRef>,
}

/// What a record is made of, besides the run itself.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct RunDetails<'d> {
    /// The name and the text of the file that it was made of.
    pub source: Option<(&'d str, &'d str)>,
    /// Files that were uploaded for it.
    pub uploads: &'d [UploadedInput],
    /// Results that were saved.
    pub saved: &'d [SavedFile],
    /// The prompt as it was queued.
    pub prompt: Option<&'d Value>,
    /// The workflow that its pictures carry.
    pub workflow: Option<&'d Value>,
    /// What the server says of itself.
    pub stats: Option<&'d SystemStats>,
}

impl RunRecord {
    /// The record of a run on a server, for a folder in which it will be.
    pub fn new(server: &crate::Server, finished: &Finished, folder: &Path, details: RunDetails<'_>) -> Self {
        let prompt = details.prompt.or(finished.prompt.as_ref()).cloned().unwrap_or_default();
        let stats = details.stats.map(|stats| &stats.system);
        let of = |field: fn(&crate::routes::system::System) -> &Option<String>| {
            stats.and_then(|system| field(system).clone())
        };
        let output = |file: &SavedFile| OutputRecord {
            path: file.path.strip_prefix(folder).unwrap_or(&file.path).to_owned(),
            node: file.node.to_string(),
            kind: file.kind.to_string(),
            bytes: file.bytes,
            sha256: file.sha256.clone(),
            source: file.source.clone(),
        };
        let upload = |upload: &UploadedInput| UploadRecord {
            input: format!("{}.{}", upload.local.node, upload.local.input),
            value: upload.local.value.clone(),
            name: upload.file.as_input(),
            sha256: upload.sha256.clone(),
        };
        let now = jiff::Timestamp::now().to_string();
        Self {
            version: VERSION,
            job: finished.id.clone(),
            flow: details.source.map(|(file, text)| SourceRecord {
                file: file.to_owned(),
                sha256: digest::of_bytes(text.as_bytes()),
            }),
            server: ServerRecord {
                address: server.to_string(),
                comfyui: of(|system| &system.comfyui_version),
                pytorch: of(|system| &system.pytorch_version),
                python: of(|system| &system.python_version),
            },
            times: TimesRecord {
                recorded: Some(now),
                started: finished.times.0.and_then(moment),
                ended: finished.times.1.and_then(moment),
            },
            cached: finished.cached,
            seeds: seeds(&prompt),
            uploads: details.uploads.iter().map(upload).collect(),
            outputs: details.saved.iter().map(output).collect(),
            prompt_sha256: digest::of_bytes(prompt.to_string().as_bytes()),
            prompt,
            workflow: details.workflow.cloned(),
            extra: Map::new(),
        }
    }

    /// Reads a record.
    ///
    /// # Errors
    /// When the file cannot be read, is too long, or is none.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let failed = |cause| Error::File { path: path.to_owned(), cause };
        let odd = |why: String| failed(io::Error::new(io::ErrorKind::InvalidData, why));
        let mut text = String::new();
        let file = fs::File::open(path).map_err(failed)?;
        file.take(LONGEST + 1).read_to_string(&mut text).map_err(failed)?;
        if text.len() as u64 > LONGEST {
            return Err(odd(format!("it has more than {LONGEST} bytes")));
        }
        let record: Self =
            serde_json::from_str(&text).map_err(|error| odd(format!("it is no record of a run: {error}")))?;
        if record.version != VERSION {
            return Err(odd(format!("version {} of run.json is not known", record.version)));
        }
        Ok(record)
    }

    /// Writes it as `run.json` of its folder, whole or not at all. A record of another job that is there stays, as
    /// `run-` with the beginning of that job's id.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, folder: &Path) -> Result<PathBuf, Error> {
        let path = folder.join("run.json");
        let failed = |cause| Error::File { path: path.clone(), cause };
        fs::create_dir_all(folder).map_err(failed)?;
        if let Ok(before) = Self::read(&path)
            && before.job != self.job
        {
            let short = before.job.as_str().get(..8).unwrap_or(before.job.as_str());
            fs::rename(&path, folder.join(format!("run-{short}.json"))).map_err(failed)?;
        }
        let mut file =
            tempfile::Builder::new().prefix(".run").suffix(".part").tempfile_in(folder).map_err(failed)?;
        let text = serde_json::to_string_pretty(self).map_err(|error| failed(io::Error::other(error)))?;
        file.write_all(text.as_bytes()).and_then(|()| file.write_all(b"\n")).map_err(failed)?;
        file.persist(&path).map_err(|error| failed(error.error))?;
        Ok(path)
    }
}

/// Milliseconds since 1970 as RFC 3339.
#[allow(clippy::cast_possible_truncation, reason = "it saturates, and such times are none")]
fn moment(milliseconds: f64) -> Option<String> {
    jiff::Timestamp::from_millisecond(milliseconds as i64).ok().map(|moment| moment.to_string())
}

/// Every number that is called a seed, by node and input.
pub(crate) fn seeds(prompt: &Value) -> Map<String, Value> {
    let mut found = Map::new();
    for (node, value) in prompt.as_object().into_iter().flatten() {
        for (input, value) in value["inputs"].as_object().into_iter().flatten() {
            let is_seed = matches!(input.rsplit('.').next(), Some("seed" | "noise_seed"));
            if is_seed && value.is_number() {
                found.insert(format!("{node}.{input}"), value.clone());
            }
        }
    }
    found
}
