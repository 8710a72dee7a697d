//! What is checked before a prompt is queued: `execution.py: validate_prompt`.

mod inputs;
mod value;

use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use super::catalog::Catalog;
use super::disk::Disk;

/// What came of the check.
pub(crate) enum Verdict {
    /// These outputs run; the errors are those of the others.
    Good { outputs: Vec<String>, node_errors: Map<String, Value> },
    /// Nothing runs.
    Bad { error: Value, node_errors: Map<String, Value> },
}

/// A Python exception.
#[derive(Debug)]
pub(crate) struct Raised {
    pub(crate) kind: &'static str,
    pub(crate) message: String,
}

impl Raised {
    fn new(kind: &'static str, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }
}

/// Whether a node is valid, and its own errors.
#[derive(Debug, Clone, Default)]
struct Checked {
    valid: bool,
    errors: Vec<Value>,
}

/// The check of one prompt; converted values are written into it.
struct Check<'a> {
    catalog: &'a Catalog,
    disk: &'a Disk,
    prompt: &'a mut Map<String, Value>,
    checked: IndexMap<String, Checked>,
    visiting: Vec<String>,
}

/// Checks a prompt, of which only `targets` are run if there are any.
pub(crate) fn prompt(
    catalog: &Catalog,
    disk: &Disk,
    prompt: &mut Map<String, Value>,
    targets: Option<&Value>,
) -> Verdict {
    let bad = |error| Verdict::Bad { error, node_errors: Map::new() };
    if let Some(error) = prompt.iter().find_map(|(id, node)| unknown_class(catalog, id, node)) {
        return bad(error);
    }
    let wanted = |id: &str| match targets {
        None | Some(Value::Null) => true,
        Some(targets) => targets.as_array().is_some_and(|targets| targets.iter().any(|target| target == id)),
    };
    let is_output = |node: &Value| catalog.is_output(node["class_type"].as_str().unwrap_or_default());
    let outputs: Vec<String> =
        prompt.iter().filter(|(id, node)| is_output(node) && wanted(id)).map(|(id, _)| id.clone()).collect();
    if outputs.is_empty() {
        return bad(json!({
            "type": "prompt_no_outputs", "message": "Prompt has no outputs", "details": "", "extra_info": {},
        }));
    }
    let mut check = Check { catalog, disk, prompt, checked: IndexMap::new(), visiting: Vec::new() };
    check.outputs(&outputs)
}

/// `missing_node_type`, the one check that every node has to pass.
fn unknown_class(catalog: &Catalog, id: &str, node: &Value) -> Option<Value> {
    let class = node.get("class_type");
    let title = node.pointer("/_meta/title").cloned();
    let (message, title) = match class {
        Some(class) if class.as_str().is_some_and(|class| catalog.class(class).is_some()) => return None,
        Some(class) => {
            let title = title.unwrap_or_else(|| class.clone());
            let name = super::python::text(&title);
            (format!("Node '{name}' not found. The custom node may not be installed."), title)
        }
        None => {
            let title = title.unwrap_or_default();
            let name = title.as_str().map_or_else(|| format!("ID #{id}"), str::to_owned);
            let what = "has no class_type. The workflow may be corrupted or a custom node is missing.";
            (format!("Node '{name}' {what}"), title)
        }
    };
    Some(json!({
        "type": "missing_node_type", "message": message, "details": format!("Node ID '#{id}'"),
        "extra_info": {"node_id": id, "class_type": class, "node_title": title},
    }))
}

impl Check<'_> {
    /// Every output on its own; what an earlier one found is not looked at again.
    fn outputs(&mut self, outputs: &[String]) -> Verdict {
        let mut good = Vec::new();
        let mut reasons = Vec::new();
        let mut node_errors = Map::new();
        for output in outputs {
            let checked = self.output(output);
            if checked.valid {
                good.push(output.clone());
                continue;
            }
            reasons.extend(checked.errors);
            self.report(output, &mut node_errors);
        }
        if !good.is_empty() {
            return Verdict::Good { outputs: good, node_errors };
        }
        let line = |error: &Value| {
            let part = |name: &str| error[name].as_str().unwrap_or_default();
            format!("{}: {}", part("message"), part("details"))
        };
        let error = json!({
            "type": "prompt_outputs_failed_validation", "message": "Prompt outputs failed validation",
            "details": reasons.iter().map(line).collect::<Vec<_>>().join("\n"), "extra_info": {},
        });
        Verdict::Bad { error, node_errors }
    }

    fn output(&mut self, id: &str) -> Checked {
        self.visiting.clear();
        match self.node(id) {
            Ok(checked) => checked,
            Err(raised) => {
                let error = json!({
                    "type": "exception_during_validation", "message": "Exception when validating node",
                    "details": raised.message, "extra_info": {"exception_type": raised.kind, "traceback": []},
                });
                let checked = Checked { valid: false, errors: vec![error] };
                self.checked.insert(id.to_owned(), checked.clone());
                checked
            }
        }
    }

    /// Files all errors that are known by now under the output that failed, as the server does.
    fn report(&self, output: &str, node_errors: &mut Map<String, Value>) {
        for (id, checked) in
            self.checked.iter().filter(|(_, checked)| !checked.valid && !checked.errors.is_empty())
        {
            let class = self.prompt.get(id).map(|node| node["class_type"].clone());
            let entry = node_errors.entry(id.clone()).or_insert_with(
                || json!({"errors": checked.errors, "dependent_outputs": [], "class_type": class}),
            );
            if let Some(dependents) = entry["dependent_outputs"].as_array_mut() {
                dependents.push(output.into());
            }
        }
    }
}
