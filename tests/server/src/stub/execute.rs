//! Running a prompt: `execution.py: PromptExecutor.execute_async`, `execute`, and `main.py: prompt_worker`.
//!
//! The order of messages is the server's; what nodes do is in `nodes`.

use std::collections::BTreeMap;
use std::sync::Arc;

use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use super::cache::signatures;
use super::engine::Engine;
use super::nodes::{self, Call, Failure};
use super::order::{NodeNotFound, Order};
use super::queue::Item;
use super::time::now_ms;

mod progress;

use progress::Progress;

/// Takes prompts from the queue and runs them, for ever – or until a prompt kills the worker, as some do.
pub(crate) async fn worker(engine: Arc<Engine>) {
    loop {
        let item = engine.next().await;
        engine.shared.log().executed.push(item.prompt_id.clone());
        let mut run = Run::new(&engine, &item);
        let Ok(success) = run.execute().await else { return };
        let entry = run.entry(success);
        let lag = engine.shared.options.history_lag;
        if !lag.is_zero() {
            tokio::time::sleep(lag).await;
        }
        let mut state = engine.state();
        state.task_done(&item.prompt_id, entry);
        if state.client_id.is_some() {
            state.send("executing", &json!({"node": null, "prompt_id": item.prompt_id}));
        }
    }
}

/// The output of a node, for the history.
struct Shown {
    output: Value,
    meta: Value,
}

/// One prompt while it runs.
pub(crate) struct Run<'a> {
    pub(crate) engine: &'a Engine,
    pub(crate) item: &'a Item,
    progress: Progress,
    signatures: BTreeMap<String, String>,
    messages: Vec<Value>,
    shown: IndexMap<String, Shown>,
    executed: Vec<String>,
}

impl<'a> Run<'a> {
    fn new(engine: &'a Engine, item: &'a Item) -> Self {
        Self {
            engine,
            item,
            progress: Progress::new(&item.prompt_id),
            signatures: BTreeMap::new(),
            messages: Vec::new(),
            shown: IndexMap::new(),
            executed: Vec::new(),
        }
    }

    /// Whether the prompt succeeded.
    async fn execute(&mut self) -> Result<bool, NodeNotFound> {
        let cached = self.begin();
        let prompt = &self.item.prompt;
        let mut order = Order::new(prompt);
        for output in &self.item.outputs {
            let known = |id: &str| self.engine.state().cache.has(self.signatures.get(id));
            order.add(output, &known)?;
        }
        let (engine, item) = (self.engine, self.item);
        let is_output = |id: &str| {
            let class = item.prompt.get(id).and_then(|node| node["class_type"].as_str());
            class.is_some_and(|class| engine.shared.catalog.is_output(class))
        };
        let mut success = true;
        while !order.is_empty() {
            let Some(id) = order.pick(&is_output) else { break };
            if let Err(failure) = Box::pin(self.node(&id)).await {
                self.failed(&id, failure, &cached);
                success = false;
                break;
            }
            order.done(&id);
        }
        if success {
            self.message("execution_success", json!({}), false);
        }
        self.engine.state().last_node = None;
        Ok(success)
    }

    /// Up to `execution_cached`. Gives the ids of what is cached.
    fn begin(&mut self) -> Vec<String> {
        let mut state = self.engine.state();
        state.interrupt = false;
        state.client_id = self.item.client_id().map(str::to_owned);
        drop(state);
        self.message("execution_start", json!({}), false);
        self.signatures = signatures(&self.item.prompt, |_, node| nodes::changed(&self.engine.shared, node));
        let mut state = self.engine.state();
        state.cache.retain(&self.signatures);
        let cached: Vec<String> =
            self.item.prompt.keys().filter(|id| state.cache.has(self.signatures.get(*id))).cloned().collect();
        drop(state);
        self.message("execution_cached", json!({"nodes": cached}), false);
        cached
    }

    /// Runs one node, or shows what it showed before.
    async fn node(&mut self, id: &str) -> Result<(), Failure> {
        let signature = self.signatures.get(id).cloned().unwrap_or_default();
        let known = self.engine.state().cache.get(&signature).cloned();
        if let Some(made) = known {
            if let Some(ui) = made.ui {
                self.show(id, ui);
            }
            self.progress_finished(id);
            return Ok(());
        }
        self.executing(id);
        let call = self.call(id);
        let made = nodes::run(self, &call).await?;
        if let Some(ui) = made.ui.clone() {
            self.show(id, ui);
        }
        self.engine.state().cache.set(&signature, made);
        self.progress_finished(id);
        self.executed.push(id.to_owned());
        Ok(())
    }

    /// What a node is called with: its inputs, links replaced with what they lead to.
    fn call(&self, id: &str) -> Call {
        let node = &self.item.prompt[id];
        let state = self.engine.state();
        let made =
            |source: &str| self.signatures.get(source).and_then(|signature| state.cache.get(signature));
        Call::new(id, node, made)
    }

    /// The nodes that ran so far.
    pub(crate) fn executed(&self) -> &[String] {
        &self.executed
    }

    /// `handle_execution_error`
    fn failed(&mut self, id: &str, failure: Failure, cached: &[String]) {
        let call = self.call(id);
        let about = json!({"node_id": id, "node_type": call.class, "executed": self.executed});
        let Value::Object(mut about) = about else { return };
        match failure {
            Failure::Interrupted => self.message("execution_interrupted", Value::Object(about), true),
            Failure::Exception { kind, message } => {
                let tips = if kind.contains("OutOfMemory") { nodes::OOM_TIPS } else { "" };
                let more = json!({
                    "exception_message": format!("{message}\n{tips}"),
                    "exception_type": kind,
                    "traceback": [format!("  File \"execution.py\", line 545, in execute\n    {}\n", call.class)],
                    "current_inputs": call.formatted(),
                    "current_outputs": cached,
                });
                about.extend(more.as_object().cloned().unwrap_or_default());
                self.message("execution_error", Value::Object(about), false);
            }
        }
    }

    /// `add_message`: with the prompt's id and the time, for the history too.
    fn message(&mut self, event: &str, data: Value, broadcast: bool) {
        let mut whole = Map::new();
        let Value::Object(fields) = data else { return };
        if fields.contains_key("nodes") {
            whole.extend(fields);
            whole.insert("prompt_id".into(), self.item.prompt_id.clone().into());
        } else {
            whole.insert("prompt_id".into(), self.item.prompt_id.clone().into());
            whole.extend(fields);
        }
        whole.insert("timestamp".into(), now_ms().into());
        let data = Value::Object(whole);
        let state = self.engine.state();
        if state.client_id.is_some() || broadcast {
            state.send(event, &data);
        }
        drop(state);
        self.messages.push(json!([event, data]));
    }

    /// `executed`, and the entry in the history.
    fn show(&mut self, id: &str, output: Value) {
        let state = self.engine.state();
        if state.client_id.is_some() {
            let data =
                json!({"node": id, "display_node": id, "output": output, "prompt_id": self.item.prompt_id});
            state.send("executed", &data);
        }
        drop(state);
        let meta = json!({"node_id": id, "display_node": id, "parent_node": null, "real_node_id": id});
        self.shown.insert(id.to_owned(), Shown { output, meta });
    }

    /// What the history says of the prompt.
    fn entry(&mut self, success: bool) -> Value {
        let status = if success { "success" } else { "error" };
        let messages = std::mem::take(&mut self.messages);
        let outputs: Map<_, _> =
            self.shown.iter().map(|(id, shown)| (id.clone(), shown.output.clone())).collect();
        let meta: Map<_, _> = self.shown.iter().map(|(id, shown)| (id.clone(), shown.meta.clone())).collect();
        json!({
            "prompt": self.item.shown(),
            "outputs": outputs,
            "status": {"status_str": status, "completed": success, "messages": messages},
            "meta": meta,
        })
    }
}
