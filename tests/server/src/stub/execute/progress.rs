//! What a prompt tells while it runs: `comfy_execution/progress.py`, and `main.py: hijack_progress`.

use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use super::Run;
use crate::stub::hub::Preview;
use crate::stub::nodes::Failure;

/// How far one node is.
#[derive(Debug)]
struct Bar {
    value: Value,
    max: Value,
    finished: bool,
    /// The node of the prompt that it belongs to, if a node was replaced with a subgraph.
    parent: Option<String>,
}

/// The nodes of a prompt that began.
#[derive(Debug)]
pub(super) struct Progress {
    prompt_id: String,
    bars: IndexMap<String, Bar>,
}

impl Progress {
    pub(super) fn new(prompt_id: &str) -> Self {
        Self { prompt_id: prompt_id.to_owned(), bars: IndexMap::new() }
    }

    fn snapshot(&self) -> Value {
        let one = |(id, bar): (&String, &Bar)| {
            let shown = bar.parent.as_ref().unwrap_or(id);
            let state = if bar.finished { "finished" } else { "running" };
            let bar = json!({
                "value": bar.value, "max": bar.max, "state": state, "node_id": id, "prompt_id": self.prompt_id,
                "display_node_id": shown, "parent_node_id": bar.parent, "real_node_id": shown,
            });
            (id.clone(), bar)
        };
        json!({"prompt_id": self.prompt_id, "nodes": self.bars.iter().map(one).collect::<Map<_, _>>()})
    }
}

impl Run<'_> {
    fn send_progress(&self) {
        self.engine.state().send("progress_state", &self.progress.snapshot());
    }

    /// A node begins: a snapshot, then `executing` if somebody listens.
    pub(crate) fn executing(&mut self, id: &str) {
        self.begin_node(id, None);
    }

    /// A node begins that stands for `parent`.
    pub(crate) fn begin_node(&mut self, id: &str, parent: Option<&str>) {
        let bar =
            Bar { value: json!(0.0), max: json!(1.0), finished: false, parent: parent.map(str::to_owned) };
        self.progress.bars.insert(id.to_owned(), bar);
        self.send_progress();
        let mut state = self.engine.state();
        if state.client_id.is_some() {
            let shown = parent.unwrap_or(id);
            state.last_node = Some(shown.to_owned());
            let data = json!({"node": id, "display_node": shown, "prompt_id": self.item.prompt_id});
            state.send("executing", &data);
        }
    }

    /// `finish_progress`. The bar of a cached node is whole numbers, since it never began.
    pub(crate) fn progress_finished(&mut self, id: &str) {
        let fresh = Bar { value: json!(1), max: json!(1), finished: true, parent: None };
        let bar = self.progress.bars.entry(id.to_owned()).or_insert(fresh);
        bar.finished = true;
        bar.value = bar.max.clone();
        self.send_progress();
    }

    /// A step within a node, perhaps with a picture.
    pub(crate) fn step(
        &mut self,
        id: &str,
        value: u64,
        max: u64,
        preview: Option<&Preview>,
    ) -> Result<(), Failure> {
        self.check_interrupt()?;
        if let Some(bar) = self.progress.bars.get_mut(id) {
            bar.value = value.into();
            bar.max = max.into();
        }
        self.send_progress();
        let state = self.engine.state();
        let client = state.client_id.as_deref();
        let modern = state.hub.takes_metadata(client);
        if let (Some(preview), true) = (preview, modern) {
            let metadata = json!({
                "node_id": id, "prompt_id": self.item.prompt_id, "display_node_id": id, "parent_node_id": null,
                "real_node_id": id,
            });
            state.hub.send_preview_with_metadata(preview, metadata, client);
        }
        let data = json!({"value": value, "max": max, "prompt_id": self.item.prompt_id, "node": id});
        state.send("progress", &data);
        if let (Some(preview), false) = (preview, modern) {
            state.hub.send_preview(preview, client);
        }
        Ok(())
    }

    /// `throw_exception_if_processing_interrupted`
    pub(crate) fn check_interrupt(&self) -> Result<(), Failure> {
        let mut state = self.engine.state();
        if std::mem::take(&mut state.interrupt) { Err(Failure::Interrupted) } else { Ok(()) }
    }
}
