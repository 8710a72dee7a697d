//! The frontend in a browser, driven by `oracle.mjs`: workflows go in, prompts come out, one line of JSON each.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use super::{install::Installed, server::Server};

/// A page with the frontend in it.
pub(super) struct Frontend {
    child: Child,
    /// Gone once the driver is told to end.
    questions: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
    _server: Server,
}

/// What the frontend made of a workflow.
pub(super) struct Made {
    /// The prompt.
    pub(super) prompt: Value,
    /// The workflow as it saves it.
    pub(super) saved: Value,
}

impl Frontend {
    /// Opens the page; waits until it is ready.
    pub(super) fn open(installed: &Installed, object_info: String) -> Result<Self> {
        let server = Server::start(installed.site.clone(), object_info)?;
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/src/frontend/oracle.mjs");
        let modules = installed.modules.join("package.json");
        let mut child = Command::new("node")
            .arg(script)
            .arg(server.url())
            .arg(&installed.browser)
            .arg(modules)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("node cannot be run")?;
        let questions = child.stdin.take();
        let answers = BufReader::new(child.stdout.take().context("no way to hear")?);
        let mut frontend = Self { child, questions, answers, _server: server };
        frontend.hear().context("the page did not open")?;
        Ok(frontend)
    }

    /// Loads a workflow and makes its prompt; the frontend's own words if it fails twice.
    pub(super) fn make(&mut self, workflow: &Value) -> Result<Result<Made, String>> {
        match self.try_to_make(workflow)? {
            Ok(made) => Ok(Ok(made)),
            // a busy machine is no fault of the workflow
            Err(_) => self.try_to_make(workflow),
        }
    }

    fn try_to_make(&mut self, workflow: &Value) -> Result<Result<Made, String>> {
        let questions = self.questions.as_mut().context("no way to ask")?;
        writeln!(questions, "{}", json!({"workflow": workflow}))?;
        let mut answer = self.hear()?;
        if let Some(error) = answer.get("error") {
            return Ok(Err(error.as_str().unwrap_or_default().to_owned()));
        }
        Ok(Ok(Made { prompt: answer["prompt"].take(), saved: answer["saved"].take() }))
    }

    fn hear(&mut self) -> Result<Value> {
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        serde_json::from_str(&line).context("the driver of the browser ended")
    }
}

impl Drop for Frontend {
    fn drop(&mut self) {
        // the driver closes the browser and ends when nothing more comes in
        self.questions.take();
        let _ = self.child.wait();
    }
}
