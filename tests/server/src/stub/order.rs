//! Which node is next: `comfy_execution/graph.py: ExecutionList`.

use indexmap::{IndexMap, IndexSet};
use serde_json::{Map, Value};

use super::cache::link;

/// Nodes that have to run, and what they wait for.
pub(crate) struct Order<'a> {
    prompt: &'a Map<String, Value>,
    /// How many nodes each one waits for.
    pending: IndexMap<String, usize>,
    /// Which nodes wait for each one.
    blocking: IndexMap<String, IndexSet<String>>,
}

/// A link leads to a node that is not there; in the server this ends the worker.
#[derive(Debug)]
pub(crate) struct NodeNotFound;

impl<'a> Order<'a> {
    pub(crate) fn new(prompt: &'a Map<String, Value>) -> Self {
        Self { prompt, pending: IndexMap::new(), blocking: IndexMap::new() }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.pending.is_empty()
    }

    /// Adds a node and everything before it that is not cached.
    pub(crate) fn add(&mut self, id: &str, cached: &dyn Fn(&str) -> bool) -> Result<(), NodeNotFound> {
        let mut open = vec![id.to_owned()];
        let mut links = Vec::new();
        while let Some(id) = open.pop() {
            if self.pending.contains_key(&id) {
                continue;
            }
            let node = self.prompt.get(&id).ok_or(NodeNotFound)?;
            for (source, _) in
                node["inputs"].as_object().into_iter().flatten().filter_map(|(_, value)| link(value))
            {
                if !cached(source) {
                    open.push(source.to_owned());
                    links.push((source.to_owned(), id.clone()));
                }
            }
            self.pending.insert(id.clone(), 0);
            self.blocking.insert(id, IndexSet::new());
        }
        for (from, to) in links {
            if self.blocking.get_mut(&from).is_some_and(|blocked| blocked.insert(to.clone())) {
                *self.pending.entry(to).or_default() += 1;
            }
        }
        Ok(())
    }

    /// `ux_friendly_pick_node`: outputs first, then what leads to one at once, then over one more node.
    pub(crate) fn pick(&self, is_output: &dyn Fn(&str) -> bool) -> Option<String> {
        let ready: Vec<&String> =
            self.pending.iter().filter(|(_, waits)| **waits == 0).map(|(id, _)| id).collect();
        let after = |id: &str| self.blocking.get(id).into_iter().flatten();
        let near = |id: &str| after(id).any(|next| is_output(next));
        let far = |id: &str| after(id).any(|next| near(next));
        let first = |wanted: &dyn Fn(&str) -> bool| ready.iter().find(|id| wanted(id)).copied();
        first(is_output)
            .or_else(|| first(&near))
            .or_else(|| first(&far))
            .or_else(|| ready.first().copied())
            .cloned()
    }

    /// Takes a node that ran out; what waited for it waits for one less.
    pub(crate) fn done(&mut self, id: &str) {
        self.pending.shift_remove(id);
        for next in self.blocking.shift_remove(id).into_iter().flatten() {
            if let Some(waits) = self.pending.get_mut(&next) {
                *waits -= 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Order;

    #[test]
    fn outputs_come_as_soon_as_they_can() {
        let prompt = json!({
            "1": {"inputs": {}}, "2": {"inputs": {"a": ["1", 0]}}, "3": {"inputs": {"a": ["2", 0]}},
            "4": {"inputs": {"a": ["1", 0]}},
        });
        let Some(prompt) = prompt.as_object() else { return };
        let mut order = Order::new(prompt);
        for output in ["3", "4"] {
            assert!(order.add(output, &|_| false).is_ok());
        }
        let mut ran = Vec::new();
        while let Some(id) = order.pick(&|id| id == "3" || id == "4") {
            order.done(&id);
            ran.push(id);
        }
        assert_eq!(ran, ["1", "4", "2", "3"], "as the real server was seen to do");
        assert!(Order::new(prompt).add("9", &|_| false).is_err());
    }
}
