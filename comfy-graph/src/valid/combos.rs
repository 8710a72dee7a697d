//! Choices (`execution.py: validate_inputs`): Python's `value in options`.

use std::{cmp::Ordering, collections::BTreeSet, rc::Rc};

use serde_json::Value;

use super::{Check, NodeView, expand::Expanded, numbers::as_number, values::shown};
use crate::{
    catalog::{ComboDef, InputKind, NodeDef, Upload},
    diag::{Applicability, Code, Severity, Suggestion, codes, short},
    suggest,
};

/// Combos whose options are made in the browser; their class accepts everything
/// (`comfy_extras/nodes_logic.py: CustomComboNode.validate_inputs`).
const CHOICES_OF_THE_FRONTEND: &[(&str, &str)] = &[("CustomCombo", "choice")];

/// Combos whose options depend on the machine, and whose class takes those of other machines too
/// (`comfy_extras/nodes_multigpu.py`, `nodes_model_advanced.py: ModelAttentionBackend`).
const CHOICES_OF_THE_MACHINE: &[(&str, &str)] = &[
    ("ModelAttentionBackend", "attention"),
    ("SelectCLIPDevice", "device"),
    ("SelectModelDevice", "device"),
    ("SelectVAEDevice", "device"),
];

/// The options of a combo, ready for asking often: lists of files are long, and many nodes load one.
#[derive(Clone, Debug)]
pub(super) struct Listed<'a> {
    files: bool,
    texts: Rc<BTreeSet<&'a str>>,
    others: Rc<[&'a Value]>,
}

impl<'a> Listed<'a> {
    fn new(combo: &'a ComboDef) -> Self {
        Self {
            files: combo.is_file_list(),
            texts: Rc::new(combo.options.iter().filter_map(Value::as_str).collect()),
            others: combo.options.iter().filter(|option| !option.is_string()).collect(),
        }
    }

    fn has(&self, value: &Value) -> bool {
        match value {
            Value::String(text) => self.texts.contains(&**text),
            other => self.others.iter().any(|option| py_equal(option, other)),
        }
    }
}

/// One literal of a combo.
pub(super) fn check<'a>(
    check: &mut Check<'a>,
    view: &NodeView<'a>,
    def: &NodeDef,
    input: &Expanded<'a>,
    combo: &'a ComboDef,
    value: &Value,
) {
    if CHOICES_OF_THE_FRONTEND.contains(&(&*def.class_type, &*input.name)) {
        return;
    }
    let listed = check.combos.entry(combo).or_insert_with(|| Listed::new(combo)).clone();
    let files = listed.files;
    // Nothing is known of a list that only the frontend fetches, nor of files on a machine nobody asked.
    if (files && !check.known_files) || (combo.options.is_empty() && combo.remote.is_some()) {
        return;
    }
    let wanted: &[Value] = match value {
        Value::Array(list) if combo.multiselect => list,
        one => std::slice::from_ref(one),
    };
    for value in wanted.iter().filter(|value| !listed.has(value)) {
        // people leave nodes lying about whose files they never installed
        let left_over = files && (!view.runs || may_be_elsewhere(combo, value));
        let unsure = left_over || CHOICES_OF_THE_MACHINE.contains(&(&*def.class_type, &*input.name));
        let severity = if unsure { Severity::Warning } else { Severity::Error };
        let options = combo.options.iter().filter_map(Value::as_str);
        not_in_list(check, view, input, value, options, severity);
    }
}

/// Loaders of uploaded files check for themselves and look into folders that the list leaves out:
/// `sub/a.png`, `a.png [output]`. Those of 3D models do not look at all before they run.
fn may_be_elsewhere(combo: &ComboDef, value: &Value) -> bool {
    match combo.upload {
        None => false,
        Some(Upload::File) => true,
        Some(Upload::Image | Upload::AnimatedImage | Upload::Video | Upload::Audio) => {
            value.as_str().is_some_and(|text| text.contains(['/', '\\']) || text.ends_with(']'))
        }
    }
}

/// Python's `==` on JSON values: `1 == 1.0 == True`.
fn py_equal(a: &Value, b: &Value) -> bool {
    match (as_number(a), as_number(b)) {
        (Some(a), Some(b)) => a.compare(b) == Some(Ordering::Equal),
        _ => a == b,
    }
}

/// Loaders of uploaded files look for the file themselves (`nodes.py: LoadImage.VALIDATE_INPUTS` and its like).
fn code(view: &NodeView<'_>, input: &Expanded<'_>) -> Code {
    match &input.def.kind {
        InputKind::Combo(combo) if combo.upload.is_some() => codes::CUSTOM_VALIDATION_FAILED,
        _ if &*view.node.class_type == "LoadLatent" => codes::CUSTOM_VALIDATION_FAILED,
        _ => codes::VALUE_NOT_IN_LIST,
    }
}

/// Whether the options are models, LoRAs, pictures or other things of which two with similar names have nothing in common.
fn names_file(input: &Expanded<'_>, near: &[suggest::Near<'_>]) -> bool {
    let is_list =
        matches!(&input.def.kind, InputKind::Combo(combo) if combo.is_file_list() || combo.remote.is_some());
    is_list
        || suggest::is_called_model(&input.name)
        || near.iter().any(|near| suggest::is_file_name(near.text))
}

fn is_multiselect(input: &Expanded<'_>) -> bool {
    matches!(&input.def.kind, InputKind::Combo(combo) if combo.multiselect)
}

/// Reports a value that is not an option; names those that look like it, and all of a short list.
pub(super) fn not_in_list<'o>(
    check: &mut Check<'_>,
    view: &NodeView<'_>,
    input: &Expanded<'_>,
    value: &Value,
    options: impl Iterator<Item = &'o str> + Clone,
    severity: Severity,
) {
    const SHOWN: usize = 3;
    let name = &*input.name;
    let what = format!("{name} has no option {}", shown(value));
    let mut finding = view.finding(code(view, input), name, &what);
    finding.severity = finding.severity.min(severity);
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    };
    let mut near = check.suggestions.ranked(&text, options.clone(), SHOWN);
    // another file makes another picture: a name that is merely alike is for people to choose
    let is_sure = if names_file(input, &near) {
        let same = check.suggestions.spend(options.clone().count());
        same && suggest::same_file(&text, options.clone()).is_some_and(|same| {
            near.retain(|near| near.text != same);
            near.insert(0, suggest::Near { text: same, score: 1.0 });
            near.truncate(SHOWN);
            true
        })
    } else {
        suggest::is_sure(&near)
    };
    for (position, near) in near.iter().enumerate() {
        let is_fix = is_sure && position == 0;
        let applicability =
            if is_fix { Applicability::MachineApplicable } else { Applicability::MaybeIncorrect };
        let message = format!("did you mean {:?}?", near.text);
        let suggestion = Suggestion::new(message, applicability);
        // of several values of one input the place is not known
        let is_whole = !value.is_null() && !is_multiselect(input);
        finding = finding.suggest(if is_whole {
            view.set_to(name, near.text.into(), suggestion)
        } else {
            suggestion
        });
    }
    if !is_sure {
        finding = finding.help(list_options(options));
    }
    check.found.push(finding);
}

/// The options, or the first of them.
pub(super) fn list_options<'o>(options: impl Iterator<Item = &'o str> + Clone) -> String {
    const LONGEST: usize = 900;
    let mut names = Vec::new();
    let mut length = 0;
    for option in options.clone() {
        let name = format!("{:?}", short(option));
        length += name.len() + 2;
        if length > LONGEST {
            break;
        }
        names.push(name);
    }
    let more = options.count().saturating_sub(names.len());
    if more > 0 {
        names.push(format!("{more} more"));
    }
    if names.is_empty() {
        "the server has none to offer".into()
    } else {
        format!("there is {}", names.join(", "))
    }
}
