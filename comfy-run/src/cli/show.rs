//! What is shown of jobs while they run: bars on a terminal (`show::bars`), lines elsewhere (`show::lines`), or events in
//! JSON (`show::json`). Results go to standard output, everything else to standard error.

mod bars;
mod json;
mod lines;

use std::{
    io::{self, IsTerminal as _},
    path::Path,
};

use anyhow::Result;
use comfy_client::{Finished, JobId, Progress, RunError, Update, save::SavedFile};
use comfy_graph::diag::Diagnostic;
use comfy_run::Plan;
use comfy_transpile::Input;
use serde_json::{Value, json};

use super::{args::ServerArgs, complain, report};
use bars::{Bars, JobBars};
use lines::JobLines;

/// Where everything is shown.
pub(super) struct Screen {
    form: Form,
    quiet: bool,
}

enum Form {
    Bars(Bars),
    Lines,
    Json,
}

/// One job on the screen.
pub(super) struct JobView<'s> {
    screen: &'s Screen,
    /// What the job is called: its file, and which of several runs it is.
    label: String,
    id: Option<JobId>,
    form: JobForm,
}

enum JobForm {
    Bars(JobBars),
    Lines(JobLines),
    Json,
    Quiet,
}

impl Screen {
    /// The screen that the command line asks for.
    pub(super) fn new(args: &ServerArgs) -> Self {
        let form = if args.json {
            Form::Json
        } else if io::stderr().is_terminal() && !args.quiet {
            Form::Bars(Bars::new())
        } else {
            Form::Lines
        };
        Self { form, quiet: args.quiet }
    }

    /// A job that is about to be queued.
    pub(super) fn job(&self, label: String) -> JobView<'_> {
        let form = match &self.form {
            Form::Json => JobForm::Json,
            _ if self.quiet => JobForm::Quiet,
            Form::Bars(bars) => JobForm::Bars(bars.job(&label)),
            Form::Lines => JobForm::Lines(JobLines::default()),
        };
        JobView { screen: self, label, id: None, form }
    }

    /// Text for people, above what moves. In JSON it is an event of its own.
    pub(super) fn say(&self, text: &str) -> Result<()> {
        match &self.form {
            Form::Json => Self::event(json!({"event": "message", "text": text.trim_end()})),
            _ if self.quiet => Ok(()),
            _ => self.complain(text),
        }
    }

    /// Text for people that is shown also where they want quiet.
    pub(super) fn complain(&self, text: &str) -> Result<()> {
        let text = format!("{}\n", text.trim_end());
        match &self.form {
            Form::Bars(bars) => bars.above(|| complain(&text)),
            Form::Lines => complain(&text),
            Form::Json => return Self::event(json!({"event": "error", "text": text.trim_end()})),
        }
        Ok(())
    }

    /// What is wrong with a file.
    pub(super) fn findings(&self, found: &[Diagnostic], about: &Input) -> Result<()> {
        if found.is_empty() {
            return Ok(());
        }
        match &self.form {
            Form::Json => Self::event(json::findings(found, about)),
            _ => self.complain(&report::findings(found, about)),
        }
    }

    /// A result that goes to standard output.
    fn result(&self, text: &str) -> Result<()> {
        match &self.form {
            Form::Bars(bars) => bars.above(|| report::line(text)),
            _ => report::line(text),
        }
    }

    /// One event in JSON.
    fn event(event: Value) -> Result<()> {
        report::line(&json::line(event))
    }

    /// Whether events are written.
    pub(super) fn is_json(&self) -> bool {
        matches!(self.form, Form::Json)
    }

    /// Something that writes to the terminal itself, such as a picture.
    pub(super) fn draw(&self, draw: impl FnOnce()) {
        match &self.form {
            Form::Bars(bars) => bars.above(draw),
            Form::Lines if !self.quiet => draw(),
            _ => {}
        }
    }
}

impl JobView<'_> {
    /// The job has its id.
    pub(super) fn queued(&mut self, id: &JobId) -> Result<()> {
        self.id = Some(id.clone());
        match &mut self.form {
            JobForm::Json => self.event("queued", json!({"file": self.label})),
            JobForm::Bars(bars) => {
                bars.queued(id);
                Ok(())
            }
            JobForm::Lines(_) => self.screen.say(&format!("{}: queued as {id}", self.label)),
            JobForm::Quiet => Ok(()),
        }
    }

    /// Something is new. `name` says what a node is called.
    pub(super) fn update(
        &mut self,
        update: &Update,
        progress: &Progress,
        name: impl Fn(&str, &str) -> String,
    ) -> Result<()> {
        match &mut self.form {
            JobForm::Json => match json::update(update, progress) {
                Some((event, data)) => self.event(event, data),
                None => Ok(()),
            },
            JobForm::Bars(bars) => {
                bars.update(update, progress, name);
                Ok(())
            }
            JobForm::Lines(lines) => match lines.update(update, progress, name) {
                Some(line) => self.screen.say(&format!("{}: {}", self.label, report::plain(&line))),
                None => Ok(()),
            },
            JobForm::Quiet => Ok(()),
        }
    }

    /// A file was saved.
    pub(super) fn saved(&self, file: &SavedFile) -> Result<()> {
        match &self.form {
            JobForm::Json => self.event("saved", json::saved(file)),
            _ => self.screen.result(&file.path.display().to_string()),
        }
    }

    /// It ran to its end.
    pub(super) fn finished(&mut self, finished: &Finished, seconds: f64) -> Result<()> {
        match &mut self.form {
            JobForm::Json => {
                let texts: Vec<Value> = finished
                    .outputs
                    .texts
                    .iter()
                    .map(|text| json!({"node": text.node, "kind": text.kind, "text": text.text}))
                    .collect();
                self.event("finished", json!({"seconds": seconds, "cached": finished.cached, "texts": texts}))
            }
            JobForm::Bars(bars) => {
                bars.finished(finished, seconds);
                Ok(())
            }
            JobForm::Lines(_) => {
                let cached = if finished.cached > 0 {
                    format!(" ({} nodes cached)", finished.cached)
                } else {
                    String::new()
                };
                self.screen.say(&format!("{}: done in {seconds:.1} s{cached}", self.label))
            }
            JobForm::Quiet => Ok(()),
        }
    }

    /// It did not. What is wrong with the workflow is shown at its place.
    pub(super) fn failed(&mut self, error: &RunError, plan: Option<&Plan>) -> Result<()> {
        self.id = Some(error.id.clone());
        let found = plan.map(|plan| plan.diagnostics_of(&error.cause)).unwrap_or_default();
        let mut text = format!("error: {}: job {}: {}", self.label, error.id, error.cause);
        if let comfy_client::Cause::Failed(failure) = &error.cause {
            for frame in failure.last_frames() {
                text.push_str("\n  | ");
                text.push_str(&frame.trim_end().replace('\n', "\n  | "));
            }
        }
        self.end();
        if matches!(self.form, JobForm::Json) {
            let data = json::failed(error, &found);
            return self.event("failed", data);
        }
        if let (Some(plan), false) = (plan, found.is_empty()) {
            self.screen.findings(&found, plan.document.input())?;
        }
        self.screen.complain(&report::plain(&text))
    }

    /// Nobody waits for it any more, and it goes on.
    pub(super) fn left(&mut self, why: &str) -> Result<()> {
        self.end();
        let Some(id) = self.id.clone() else { return Ok(()) };
        match &self.form {
            JobForm::Json => self.event("left", json!({"reason": why})),
            _ => self.screen.complain(&format!(
                "{}: {why}; job {id} goes on. `comfy-run job {id}` takes it up again, `comfy-run cancel {id}` stops it",
                self.label
            )),
        }
    }

    /// The id is all that was asked for.
    pub(super) fn not_waited_for(&mut self) -> Result<()> {
        self.end();
        match (&self.form, &self.id) {
            (JobForm::Json, _) | (_, None) => Ok(()),
            (_, Some(id)) => self.screen.result(id.as_str()),
        }
    }

    /// The record of the run was written.
    pub(super) fn recorded(&self, path: &Path) -> Result<()> {
        match &self.form {
            JobForm::Json => self.event("recorded", json!({"path": path.display().to_string()})),
            _ => Ok(()),
        }
    }

    /// Takes away what moves.
    pub(super) fn end(&mut self) {
        if let JobForm::Bars(bars) = &mut self.form {
            bars.clear();
        }
    }

    /// What it is called.
    pub(super) fn label(&self) -> &str {
        &self.label
    }

    fn event(&self, event: &str, mut data: Value) -> Result<()> {
        data["event"] = event.into();
        if let Some(id) = &self.id {
            data["job"] = id.as_str().into();
        }
        Screen::event(data)
    }
}
