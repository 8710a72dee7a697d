//! What a server says of a prompt (`server.py: post_prompt`).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// Errors as (code, input).
pub(super) type Errors = BTreeSet<(String, String)>;

/// An answer to `POST /prompt`.
pub(super) struct Answer {
    /// Something of it runs.
    pub(super) accepted: bool,
    /// The error that ended the check before any node was looked at, with its node if it has one.
    pub(super) stopped: Option<(String, Option<String>)>,
    /// What is wrong with each node, in the server's words.
    pub(super) errors: BTreeMap<String, Errors>,
    /// Nodes at which the check itself failed.
    pub(super) thrown: BTreeSet<String>,
    /// Nodes whose class has a check of its own that said no.
    pub(super) custom: BTreeSet<String>,
}

impl Answer {
    /// `None` if this is no such answer.
    pub(super) fn read(body: &Value, accepted: bool) -> Option<Self> {
        let mut answer = Self {
            accepted,
            stopped: None,
            errors: BTreeMap::new(),
            thrown: BTreeSet::new(),
            custom: BTreeSet::new(),
        };
        for (node, report) in body["node_errors"].as_object().into_iter().flatten() {
            for error in report["errors"].as_array()? {
                answer.add(node, error["type"].as_str()?, error["extra_info"]["input_name"].as_str());
            }
        }
        if !accepted {
            let error = &body["error"];
            let word = error["type"].as_str()?;
            let node = error["extra_info"]["node_id"].as_str().map(str::to_owned);
            answer.stopped = (word != "prompt_outputs_failed_validation").then(|| (word.to_owned(), node));
        }
        Some(answer)
    }

    /// How many errors it has.
    pub(super) fn count(&self) -> usize {
        let named: usize = self.errors.values().map(BTreeSet::len).sum();
        named + self.thrown.len() + self.custom.len() + usize::from(self.stopped.is_some())
    }

    fn add(&mut self, node: &str, word: &str, input: Option<&str>) {
        let node = node.to_owned();
        match word {
            "exception_during_validation" | "exception_during_inner_validation" => self.thrown.insert(node),
            // once for every input that the check is given, whichever is wrong
            "custom_validation_failed" => self.custom.insert(node),
            _ => {
                let errors = self.errors.entry(node).or_default();
                errors.insert((word.to_owned(), input.unwrap_or_default().to_owned()))
            }
        };
    }
}
