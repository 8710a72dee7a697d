//! What a server has against a prompt: the body of a 400, or `node_errors` beside a success, as diagnostics of the
//! compiler's own (`server.py: post_prompt`, `execution.py: validate_prompt`).

use std::fmt;

use comfy_graph::diag::{Code, Diagnostic, codes};
use serde_json::Value;

/// A prompt was refused, or parts of it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Refusal {
    /// What is wrong with the prompt as a whole.
    pub error: Option<Complaint>,
    /// What is wrong with its nodes.
    pub nodes: Vec<NodeComplaints>,
    /// All that the server said.
    pub body: Value,
}

/// What is wrong with one node.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct NodeComplaints {
    /// Its id in the prompt.
    pub node: Box<str>,
    /// Its class.
    pub class_type: Box<str>,
    /// What is wrong with it.
    pub errors: Vec<Complaint>,
    /// The output nodes that do not run because of it.
    pub dependent_outputs: Vec<Box<str>>,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Complaint {
    /// The server's word for it, such as `value_not_in_list`.
    pub word: Box<str>,
    /// What it means.
    pub message: String,
    /// What is wrong in this case.
    pub details: String,
    /// The node, where the complaint is about the prompt as a whole and yet names one.
    pub node: Option<Box<str>>,
    /// The input.
    pub input: Option<Box<str>>,
    /// What else the server says.
    pub extra_info: Value,
}

impl Refusal {
    /// Reads the body of a 400. `None` if it is none of a prompt's.
    pub(crate) fn of_server(body: &Value) -> Option<Self> {
        // very old servers send a text
        let error = match &body["error"] {
            Value::Null => None,
            Value::String(text) => Some(Complaint::of(&serde_json::json!({"message": text}))),
            error => Some(Complaint::of(error)),
        };
        let nodes = node_complaints(&body["node_errors"]);
        let is_refusal = error.is_some() || !nodes.is_empty();
        is_refusal.then(|| Self { error, nodes, body: body.clone() })
    }

    /// `node_errors` beside a success: some outputs run, these do not. `None` where there are none.
    pub(crate) fn in_part(node_errors: &Value) -> Option<Self> {
        let nodes = node_complaints(node_errors);
        (!nodes.is_empty()).then(|| Self {
            error: None,
            nodes,
            body: serde_json::json!({"node_errors": node_errors}),
        })
    }

    /// The same as diagnostics, with node and input, so that they can be shown at their place.
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        let of_nodes = self.nodes.iter().flat_map(|node| {
            node.errors.iter().map(|error| error.diagnostic(Some((&node.node, &node.class_type))))
        });
        let mut found: Vec<Diagnostic> = of_nodes.collect();
        // that some outputs failed is no news beside what is wrong with them
        let whole = self
            .error
            .iter()
            .filter(|error| found.is_empty() || &*error.word != "prompt_outputs_failed_validation");
        let whole: Vec<Diagnostic> = whole.map(|error| error.diagnostic(None)).collect();
        found.splice(0..0, whole);
        found
    }
}

fn node_complaints(errors: &Value) -> Vec<NodeComplaints> {
    let texts =
        |list: &Value| list.as_array().into_iter().flatten().filter_map(crate::event::node_id).collect();
    let nodes = errors.as_object().into_iter().flatten();
    nodes
        .map(|(node, report)| NodeComplaints {
            node: node.as_str().into(),
            class_type: report["class_type"].as_str().unwrap_or_default().into(),
            errors: report["errors"].as_array().into_iter().flatten().map(Complaint::of).collect(),
            dependent_outputs: texts(&report["dependent_outputs"]),
        })
        .collect()
}

impl Complaint {
    fn of(error: &Value) -> Self {
        let text = |key: &str| error[key].as_str().unwrap_or_default().to_owned();
        let extra_info = error["extra_info"].clone();
        Self {
            word: text("type").into(),
            message: text("message"),
            details: text("details"),
            node: crate::event::node_id(&extra_info["node_id"]),
            input: extra_info["input_name"].as_str().map(Box::from),
            extra_info,
        }
    }

    fn diagnostic(&self, node: Option<(&str, &str)>) -> Diagnostic {
        let code = Code::find(&self.word).unwrap_or(codes::SERVER_REFUSED);
        let what = match (self.message.trim_end_matches('.'), self.details.trim()) {
            ("", "") => self.word.to_string(),
            (message, "") => message.to_owned(),
            ("", details) => details.to_owned(),
            (message, details) => format!("{message}: {details}"),
        };
        let node = node.or_else(|| self.node.as_deref().map(|node| (node, "")));
        let mut diagnostic = match node {
            Some((node, "")) => Diagnostic::new(code, format!("#{node}: {what}")).node(node),
            Some((node, class)) => {
                let mut diagnostic = Diagnostic::new(code, format!("{class} #{node}: {what}")).node(node);
                diagnostic.class_type = Some(class.into());
                diagnostic
            }
            None => Diagnostic::new(code, what),
        };
        if let Some(input) = &self.input {
            diagnostic = diagnostic.input(input.clone());
        }
        diagnostic.help("the server says so, and would not run it")
    }
}

/// The first complaint, and how many more there are.
impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = self.diagnostics();
        match all.as_slice() {
            [] => f.write_str("the server refuses the prompt, and does not say why"),
            [only] => f.write_str(&only.message),
            [first, more @ ..] => write!(f, "{} (and {} more)", first.message, more.len()),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn complaints_become_diagnostics_of_nodes_and_inputs() {
        let body = json!({
            "error": {"type": "prompt_outputs_failed_validation", "message": "Prompt outputs failed validation",
                "details": "", "extra_info": {}},
            "node_errors": {"3": {"class_type": "KSampler", "dependent_outputs": ["9"], "errors": [
                {"type": "value_bigger_than_max", "message": "Value 99999 bigger than max of 10000", "details": "steps",
                 "extra_info": {"input_name": "steps", "received_value": 99999}},
                {"type": "exception_during_validation", "message": "Exception when validating node", "details": "x",
                 "extra_info": {}}]}},
        });
        let refusal = Refusal::of_server(&body).expect("a refusal");
        let found = refusal.diagnostics();
        let said: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert_eq!(
            said,
            [
                "error[value_bigger_than_max]: KSampler #3: Value 99999 bigger than max of 10000: steps",
                "error[server_refused]: KSampler #3: Exception when validating node: x"
            ]
        );
        assert_eq!(found[0].input.as_deref(), Some("steps"));
        assert!(refusal.to_string().ends_with("(and 1 more)"));
    }

    #[test]
    fn a_prompt_as_a_whole_is_refused() {
        let body = json!({"error": {"type": "missing_node_type", "message": "Node 'X' not found.", "details": "d",
            "extra_info": {"node_id": "7", "class_type": "X"}}, "node_errors": []});
        let found = Refusal::of_server(&body).expect("a refusal").diagnostics();
        assert_eq!(found[0].node.as_deref(), Some("7"));
        assert!(Refusal::of_server(&json!({"node_errors": {}})).is_none());
        assert!(Refusal::in_part(&json!({})).is_none());
    }
}
