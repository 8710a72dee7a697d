//! The inputs of a node, one after the other: `execution.py: validate_inputs`.

use serde_json::{Value, json};

use super::value::{self, Fault};
use super::{Check, Checked, Raised};
use crate::stub::{nodes, python};

/// About as deep as Python goes before it raises.
const DEPTH: usize = 300;

/// An input as its class declares it.
struct Declared {
    name: String,
    required: bool,
    kind: Value,
    options: Value,
}

impl Declared {
    /// `input_config`
    fn config(&self) -> Value {
        json!([self.kind, self.options])
    }

    fn fault(&self, fault: Fault) -> Value {
        let mut extra = json!({"input_name": self.name});
        if let Value::Object(more) = fault.extra {
            let config = (fault.kind != "value_not_in_list" || !fault.long).then(|| self.config());
            extra["input_config"] = config.into();
            if let Some(extra) = extra.as_object_mut() {
                extra.extend(more);
            }
        }
        let details = match fault.kind {
            "value_not_in_list" => format!("{}: {}", self.name, fault.details),
            "invalid_input_type" => format!("{}, {}", self.name, fault.details),
            _ if fault.details.is_empty() => self.name.clone(),
            _ => fault.details,
        };
        json!({"type": fault.kind, "message": fault.message, "details": details, "extra_info": extra})
    }
}

impl Check<'_> {
    /// A node, after everything that its inputs lead to.
    pub(super) fn node(&mut self, id: &str) -> Result<Checked, Raised> {
        if let Some(known) = self.checked.get(id) {
            return Ok(known.clone());
        }
        if let Some(at) = self.visiting.iter().position(|visited| visited == id) {
            return Ok(self.cycle(id, at));
        }
        if self.visiting.len() > DEPTH {
            return Err(Raised::new("RecursionError", "maximum recursion depth exceeded"));
        }
        let node = self.prompt.get(id).ok_or_else(|| Raised::new("KeyError", format!("'{id}'")))?;
        let class = node["class_type"].as_str().unwrap_or_default().to_owned();
        if node.get("inputs").is_none() {
            return Err(Raised::new("KeyError", "'inputs'"));
        }
        let mut valid = true;
        let mut errors = Vec::new();
        for input in self.declared(&class) {
            valid &= self.input(id, &class, &input, &mut errors)?;
        }
        self.custom(id, &class, &mut errors);
        let known = self.checked.get(id).cloned().unwrap_or(Checked { valid: true, errors: Vec::new() });
        let mut all = known.errors;
        let more: Vec<Value> = errors.iter().filter(|error| !all.contains(error)).cloned().collect();
        all.extend(more);
        let checked = Checked { valid: known.valid && valid && errors.is_empty(), errors: all };
        self.checked.insert(id.to_owned(), checked.clone());
        Ok(checked)
    }

    fn declared(&self, class: &str) -> Vec<Declared> {
        let inputs = self.catalog.class(class).map(|class| &class["input"]);
        let group =
            |name: &'static str| inputs.and_then(|inputs| inputs[name].as_object()).into_iter().flatten();
        let one = |required: bool| {
            move |(name, spec): (&String, &Value)| Declared {
                name: name.clone(),
                required,
                kind: spec[0].clone(),
                options: spec.get(1).cloned().unwrap_or_else(|| json!({})),
            }
        };
        group("required").map(one(true)).chain(group("optional").map(one(false))).collect()
    }

    /// False if what the input is linked to is not valid, which is no error of this node.
    fn input(
        &mut self,
        id: &str,
        class: &str,
        input: &Declared,
        errors: &mut Vec<Value>,
    ) -> Result<bool, Raised> {
        let Some(given) = self.prompt[id]["inputs"].get(&input.name).cloned() else {
            if input.required {
                errors.push(input.fault(Fault::new("required_input_missing", "Required input is missing")));
            }
            return Ok(true);
        };
        if let Value::Array(link) = &given {
            return self.link(id, input, link, errors);
        }
        let own_check = input.name == "image" && matches!(class, "LoadImage" | "LoadImageMask");
        let mut converted = given;
        if let Err(fault) = value::convert(&mut converted, &input.kind).and_then(|()| {
            if own_check { Ok(()) } else { value::check(&converted, &input.kind, &input.options) }
        }) {
            errors.push(input.fault(*fault));
        }
        self.prompt[id]["inputs"][&input.name] = converted;
        Ok(true)
    }

    fn link(
        &mut self,
        id: &str,
        input: &Declared,
        link: &[Value],
        errors: &mut Vec<Value>,
    ) -> Result<bool, Raised> {
        let [source, slot] = link else {
            let message = "Bad linked input, must be a length-2 list of [node_id, slot_index]";
            let fault = Fault::new("bad_linked_input", message).with(json!({"received_value": link}));
            errors.push(input.fault(fault));
            return Ok(true);
        };
        let no_such = || Raised::new("KeyError", python::repr(source));
        let source = source.as_str().ok_or_else(no_such)?.to_owned();
        let node = self.prompt.get(&source).ok_or_else(no_such)?;
        let types = self.catalog.outputs(node["class_type"].as_str().unwrap_or_default());
        let received = slot_type(types, slot)?;
        if !compatible(&received, &input.kind) {
            let (received_text, wanted) = (python::text(&received), python::text(&input.kind));
            let details =
                format!("{}, received_type({received_text}) mismatch input_type({wanted})", input.name);
            let fault = Fault::new("return_type_mismatch", "Return type mismatch between linked nodes")
                .details(details)
                .with(json!({"received_type": received, "linked_node": link}));
            errors.push(input.fault(fault));
            return Ok(true);
        }
        self.visiting.push(id.to_owned());
        let checked = self.node(&source);
        self.visiting.pop();
        checked.map(|checked| checked.valid).or_else(|raised| {
            let more = json!({
                "exception_message": raised.message, "exception_type": raised.kind, "traceback": [],
                "linked_node": link,
            });
            let fault =
                Fault::new("exception_during_inner_validation", "Exception when validating inner node");
            let error = input.fault(fault.details(raised.message).with(more));
            self.checked.insert(source, Checked { valid: false, errors: vec![error] });
            Ok(false)
        })
    }

    /// Every node of the circle has the same error.
    fn cycle(&mut self, id: &str, at: usize) -> Checked {
        let nodes: Vec<String> = self.visiting.iter().skip(at).cloned().collect();
        let class = |id: &String| python::text(&self.prompt[id]["class_type"]);
        let path = nodes.iter().chain(nodes.first()).map(|id| format!("{id} ({})", class(id)));
        let path = path.collect::<Vec<_>>().join(" -> ");
        for node in &nodes {
            let error = json!({
                "type": "dependency_cycle", "message": "Dependency cycle detected", "details": path,
                "extra_info": {"node_id": node, "cycle_nodes": nodes},
            });
            self.checked.insert(node.clone(), Checked { valid: false, errors: vec![error] });
        }
        self.checked.get(id).cloned().unwrap_or_default()
    }

    /// `VALIDATE_INPUTS` of the loaders of pictures.
    fn custom(&self, id: &str, class: &str, errors: &mut Vec<Value>) {
        if !matches!(class, "LoadImage" | "LoadImageMask") {
            return;
        }
        let given = &self.prompt[id]["inputs"]["image"];
        let Some(name) = given.as_str() else { return };
        if nodes::input_path(name).is_some_and(|path| self.disk.read(&path).is_some()) {
            return;
        }
        errors.push(json!({
            "type": "custom_validation_failed", "message": "Custom validation failed for node",
            "details": format!("image - Invalid image file: {name}"), "extra_info": {"input_name": "image"},
        }));
    }
}

/// `RETURN_TYPES[slot]`, in which negative slots count from the end.
fn slot_type(types: &[Value], slot: &Value) -> Result<Value, Raised> {
    let number =
        slot.as_i64().ok_or_else(|| Raised::new("TypeError", "tuple indices must be integers or slices"))?;
    let at = usize::try_from(number)
        .ok()
        .or_else(|| types.len().checked_sub(usize::try_from(number.unsigned_abs()).ok()?));
    at.and_then(|at| types.get(at))
        .cloned()
        .ok_or_else(|| Raised::new("IndexError", "tuple index out of range"))
}

/// `comfy_execution/validation.py: validate_node_input`
fn compatible(received: &Value, wanted: &Value) -> bool {
    let open = |kind: &Value| kind == "*" || kind == "COMFY_MATCHTYPE_V3";
    if received == wanted || open(received) || open(wanted) {
        return true;
    }
    if received.is_array() && wanted == "COMBO" {
        return true;
    }
    let (Some(received), Some(wanted)) = (received.as_str(), wanted.as_str()) else { return false };
    let parts = |kind: &str| kind.split(',').map(|part| part.trim().to_owned()).collect::<Vec<_>>();
    let (received, wanted) = (parts(received), parts(wanted));
    let any = |kinds: &[String]| kinds.iter().any(|kind| kind == "*");
    any(&received) || any(&wanted) || received.iter().any(|kind| wanted.contains(kind))
}
