//! Keeps count of a job by what the server says of it. No I/O: events in, updates out, so that any order and any loss of
//! messages can be tried in a test.

use std::{collections::BTreeSet, time::Instant};

use indexmap::IndexMap;
use serde_json::{Map, Value};

use crate::{
    event::{Event, EventKind, NodeState, Preview},
    id::JobId,
    lookup::How,
    needs::Needs,
    progress::{Current, Phase, Progress, Update},
};

/// The class whose pictures come over the WebSocket and are stored nowhere (`websocket_image_save.py`).
const WEBSOCKET_CLASS: &str = "SaveImageWebsocket";

/// How many bytes of pictures are kept for one job.
const MOST_RECEIVED: usize = 2 << 30;

/// What is known of a job.
#[derive(Debug)]
pub(crate) struct Tracker {
    id: JobId,
    needs: Needs,
    phase: Phase,
    done: BTreeSet<Box<str>>,
    cached: usize,
    current: Option<Running>,
    /// The server tells of the end of each node (`progress_state`); older ones only of beginnings.
    tells_ends: bool,
    /// What output nodes made, by node and kind.
    outputs: Map<String, Value>,
    /// Pictures of `SaveImageWebsocket`.
    received: Vec<Preview>,
    received_bytes: usize,
    /// How many pictures each of its nodes has.
    announced: IndexMap<Box<str>, usize>,
    /// How it ended, by the events.
    ended: Option<How>,
    /// Nothing of the job was missed: the connection held from before it was queued.
    whole: bool,
}

#[derive(Debug)]
struct Running {
    node: Box<str>,
    steps: Option<(f64, f64)>,
    /// The first count of steps and when it came.
    first: Option<(f64, Instant)>,
    rate: Option<f64>,
}

impl Tracker {
    pub(crate) fn new(id: JobId, needs: Needs) -> Self {
        Self {
            id,
            needs,
            phase: Phase::Sending,
            done: BTreeSet::new(),
            cached: 0,
            current: None,
            tells_ends: false,
            outputs: Map::new(),
            received: Vec::new(),
            received_bytes: 0,
            announced: IndexMap::new(),
            ended: None,
            whole: true,
        }
    }

    /// The job's id was another: Comfy Cloud gives its own.
    pub(crate) fn rename(&mut self, id: JobId) {
        self.id = id;
    }

    /// The prompt became known only now: a job that is taken up again.
    pub(crate) fn learn(&mut self, prompt: &Value) {
        if self.needs.len() == 0 {
            self.needs = Needs::of(prompt, None);
        }
    }

    /// Something may have been missed.
    pub(crate) fn gap(&mut self) {
        self.whole = false;
    }

    /// How it ended, by the events.
    pub(crate) fn ended(&self) -> Option<&How> {
        self.ended.as_ref()
    }

    /// What the events tell of the results, if nothing of them was missed.
    pub(crate) fn outputs_by_events(&self) -> Option<&Map<String, Value>> {
        self.whole.then_some(&self.outputs)
    }

    /// The pictures of `SaveImageWebsocket`.
    pub(crate) fn take_received(&mut self) -> Vec<Preview> {
        std::mem::take(&mut self.received)
    }

    /// Nodes of `SaveImageWebsocket` whose pictures did not all come.
    pub(crate) fn lost_pictures(&self) -> Vec<Box<str>> {
        let got = |node: &str| self.received.iter().filter(|p| p.node.as_deref() == Some(node)).count();
        let lost = |node: &&str| got(node) < self.announced.get(*node).copied().unwrap_or(1);
        self.needs.of_class(WEBSOCKET_CLASS).filter(lost).map(Box::from).collect()
    }

    pub(crate) fn progress(&self) -> Progress {
        let current = self.current.as_ref().filter(|_| self.phase == Phase::Running);
        Progress {
            job: self.id.clone(),
            phase: self.phase.clone(),
            nodes: self.needs.len().max(self.done.len()),
            done: self.done.len(),
            cached: self.cached,
            current: current.map(|running| Current {
                node: running.node.clone(),
                class_type: self.needs.class(&running.node).unwrap_or_default().into(),
                steps: running.steps,
                rate: running.rate,
            }),
        }
    }

    /// Its place in the queue.
    pub(crate) fn waits(&mut self, ahead: Option<usize>) -> Option<Update> {
        let phase = Phase::Waiting { ahead };
        if matches!(self.phase, Phase::Running | Phase::Over) || self.phase == phase {
            return None;
        }
        self.phase = phase;
        ahead.map(|ahead| Update::Waiting { ahead })
    }

    /// It runs.
    pub(crate) fn runs(&mut self) -> Option<Update> {
        if matches!(self.phase, Phase::Running | Phase::Over) {
            return None;
        }
        self.phase = Phase::Running;
        Some(Update::Started)
    }

    /// It is over.
    pub(crate) fn over(&mut self, success: bool) {
        self.phase = Phase::Over;
        self.current = None;
        if success {
            // those that nothing told the end of
            self.done.extend(self.needs.ids().map(Box::from));
        }
    }

    /// Takes an event of this job.
    pub(crate) fn take(&mut self, event: &Event, now: Instant) -> Vec<Update> {
        let mut updates = Vec::new();
        let begins = matches!(
            event.kind,
            EventKind::Start
                | EventKind::Cached { .. }
                | EventKind::Executing { node: Some(_), .. }
                | EventKind::Progress { .. }
                | EventKind::States { .. }
                | EventKind::Executed { .. }
        );
        if begins {
            updates.extend(self.runs());
        }
        match &event.kind {
            EventKind::Cached { nodes } => self.cached(nodes, &mut updates),
            EventKind::Executing { node: Some(node), display_node } => {
                self.begins(node, display_node.as_deref(), &mut updates);
            }
            EventKind::Progress { node: Some(node), value, max } => {
                self.steps(node, (*value, *max), now, &mut updates);
            }
            EventKind::States { nodes } => self.states(nodes, now, &mut updates),
            EventKind::Executed { node, display_node, output } => {
                let node = self.in_prompt(node, display_node.as_deref());
                self.merge(&node, output);
                updates.push(Update::Output { node, output: output.clone() });
            }
            EventKind::Preview(preview) => updates.push(self.preview(preview)),
            EventKind::Text { node, text } => {
                updates.push(Update::Text { node: self.in_prompt(node, None), text: text.clone() });
            }
            EventKind::Success => self.ended = Some(How::Success),
            // a node that was blocked is not the end
            EventKind::Failed(failure) if &*failure.exception != "ExecutionBlocked" => {
                self.ended = Some(How::Failed(failure.clone()));
            }
            EventKind::Interrupted { node } => self.ended = Some(How::Interrupted { node: node.clone() }),
            _ => {}
        }
        updates
    }

    fn in_prompt(&self, node: &str, display_node: Option<&str>) -> Box<str> {
        self.needs.in_prompt(node, display_node).unwrap_or(node).into()
    }

    fn cached(&mut self, nodes: &[Box<str>], updates: &mut Vec<Update>) {
        let known = nodes.iter().filter(|node| self.needs.class(node).is_some() || self.needs.len() == 0);
        let nodes: Vec<Box<str>> = known.cloned().collect();
        let before = self.done.len();
        self.done.extend(nodes.iter().cloned());
        self.cached += self.done.len() - before;
        if !nodes.is_empty() {
            updates.push(Update::Cached { nodes });
        }
    }

    fn begins(&mut self, node: &str, display_node: Option<&str>, updates: &mut Vec<Update>) {
        let node = self.in_prompt(node, display_node);
        if self.current.as_ref().is_some_and(|running| running.node == node) {
            return;
        }
        let before =
            self.current.replace(Running { node: node.clone(), steps: None, first: None, rate: None });
        if let Some(before) = before.filter(|_| !self.tells_ends) {
            self.done.insert(before.node);
        }
        let class_type = self.needs.class(&node).unwrap_or_default().into();
        updates.push(Update::Node { node, class_type });
    }

    fn steps(&mut self, node: &str, (value, max): (f64, f64), now: Instant, updates: &mut Vec<Update>) {
        let node = self.in_prompt(node, None);
        if self.needs.class(&node) == Some(WEBSOCKET_CLASS) {
            // it counts its pictures
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
            let pictures = (max as usize).clamp(1, 1 << 20);
            self.announced.insert(node.clone(), pictures);
        }
        self.begins(&node, None, updates);
        let Some(running) = &mut self.current else { return };
        if running.steps == Some((value, max)) {
            return;
        }
        // a node may count twice, as one with two passes does
        let anew = running.steps.is_none_or(|(before, of)| value < before || of.total_cmp(&max).is_ne());
        running.steps = Some((value, max));
        match running.first.filter(|_| !anew) {
            None => running.first = Some((value, now)),
            Some((first, since)) => {
                let seconds = now.saturating_duration_since(since).as_secs_f64();
                running.rate = (seconds > 0.0 && value > first).then(|| (value - first) / seconds);
            }
        }
        updates.push(Update::Step { node, value, max });
    }

    fn states(&mut self, nodes: &[NodeState], now: Instant, updates: &mut Vec<Update>) {
        self.tells_ends = true;
        for state in nodes {
            let own = self.needs.class(&state.node).is_some();
            match &*state.state {
                // what a node makes at run time is a part of it
                "finished" if own => _ = self.done.insert(state.node.clone()),
                // one step of one is what every node has
                "running" if state.max > 1.0 => {
                    self.steps(&state.node, (state.value, state.max), now, updates);
                }
                _ => {}
            }
        }
    }

    fn merge(&mut self, node: &str, output: &Map<String, Value>) {
        let entry = self.outputs.entry(node).or_insert_with(|| Value::Object(Map::new()));
        let Value::Object(kinds) = entry else { return };
        for (kind, items) in output {
            match (kinds.get_mut(kind), items) {
                // nodes that one node made at run time stand for it together
                (Some(Value::Array(all)), Value::Array(more)) => {
                    let new = more.iter().filter(|item| !all.contains(item)).cloned();
                    let new: Vec<Value> = new.collect();
                    all.extend(new);
                }
                _ => _ = kinds.insert(kind.clone(), items.clone()),
            }
        }
    }

    fn preview(&mut self, preview: &Preview) -> Update {
        let node = match &preview.node {
            Some(node) => Some(self.in_prompt(node, preview.display_node.as_deref())),
            // an old frame is about the node that runs
            None => self.current.as_ref().map(|running| running.node.clone()),
        };
        let is_result = node.as_deref().and_then(|node| self.needs.class(node)) == Some(WEBSOCKET_CLASS);
        let preview = Preview { node, ..preview.clone() };
        if is_result && self.received_bytes + preview.bytes.len() <= MOST_RECEIVED {
            self.received_bytes += preview.bytes.len();
            self.received.push(preview.clone());
        }
        Update::Preview { preview, is_result }
    }
}

#[cfg(test)]
mod tests;
