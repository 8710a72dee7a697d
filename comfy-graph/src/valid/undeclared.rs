//! Inputs that a node does not declare. The server ignores a literal under such a key, which is then lost; a link it
//! follows: the node behind it runs, and then this one fails for an unexpected argument.
//!
//! Most of them are inputs under a wrong name, so they are compared with the declared inputs that got nothing.

use serde_json::Value;

use super::{
    Check, NodeView, broken,
    expand::Expanded,
    links::{AllGiven, Given},
    numbers,
    values::shown,
};
use crate::{
    catalog::{InputDef, InputKind, NodeDef, widgets},
    diag::{Applicability, EditKind, Severity, Suggestion, codes},
    suggest::Name,
};

/// Literals that older frontends and well-known packs write into every prompt.
const KNOWN: &[&str] = &[
    "upload",
    "choose file to upload",
    "speak_and_recognation",
    "control_after_generate",
    "control_before_generate",
    "audioUI",
    "is_changed",
];

/// The undeclared inputs of one node, each with the declared one that was probably meant.
#[derive(Debug, Default)]
pub(super) struct Strays<'a>(Vec<Stray<'a>>);

#[derive(Debug)]
struct Stray<'a> {
    name: &'a str,
    /// What was meant: the full name of a declared input, and the way there.
    meant: Option<(String, Suggestion)>,
}

impl Strays<'_> {
    /// The suggestion that gives this declared input what stands under another name.
    pub(super) fn meant_for(&self, name: &str) -> Option<&Suggestion> {
        let mut all = self.0.iter().filter_map(|stray| stray.meant.as_ref());
        all.find(|(meant, _)| meant == name).map(|(_, suggestion)| suggestion)
    }
}

/// Finds them, and what they were meant to be.
pub(super) fn find<'a>(
    check: &mut Check<'_>,
    view: &NodeView<'_>,
    def: &NodeDef,
    inputs: &[Expanded<'_>],
    given: &AllGiven<'a>,
) -> Strays<'a> {
    // one pass over few names; nodes with very many inputs have them through growing lists
    if given.len() <= inputs.len()
        && inputs.iter().filter(|i| given.contains_key(&*i.name)).count() == given.len()
    {
        return Strays::default();
    }
    let declared: std::collections::BTreeSet<&str> = inputs.iter().map(|input| &*input.name).collect();
    let all = given;
    let is_stray = |name: &str, given: &Given<'_>| {
        let is_literal = matches!(given, Given::Value(_) | Given::Live);
        let is_known = declared.contains(name)
            || def.hidden.iter().any(|hidden| **hidden == *name)
            || (is_literal && is_sent_by_frontend(def, name))
            || is_of_open_choice(inputs, all, name);
        !is_known
    };
    let names: Vec<&str> =
        given.iter().filter(|(name, given)| is_stray(name, given)).map(|(name, _)| *name).collect();
    if names.is_empty() {
        return Strays::default();
    }
    let open: Vec<Open<'_>> = open_inputs(def, inputs, given);
    let mut taken = vec![false; open.len()];
    let mut strays: Vec<Stray<'_>> = names.into_iter().map(|name| Stray { name, meant: None }).collect();
    for (stray, position) in pairs(check, &strays, &open, given, &mut taken) {
        let (name, input) = (strays[stray].name, &open[position]);
        strays[stray].meant = Some((input.name.clone(), rename(view, name, &input.name)));
    }
    Strays(strays)
}

/// Whether the name is that of an input of a dynamic combo whose value is missing or no option. What its inputs are
/// called is not known then, and the combo is reported.
fn is_of_open_choice(inputs: &[Expanded<'_>], given: &AllGiven<'_>, name: &str) -> bool {
    inputs.iter().any(|input| {
        let InputKind::DynamicCombo(options) = &input.def.kind else { return false };
        let chosen = given.get(&*input.name).and_then(Given::value);
        name.strip_prefix(&*input.name).is_some_and(|rest| rest.starts_with('.'))
            && chosen.and_then(|key| widgets::find_option(options, key)).is_none()
    })
}

/// Widgets that exist only in the browser and are sent nevertheless, and what older ones sent.
fn is_sent_by_frontend(def: &NodeDef, name: &str) -> bool {
    let is_option = &*def.class_type == "CustomCombo"
        && name.strip_prefix("option").is_some_and(|number| number.parse::<u32>().is_ok());
    is_option || KNOWN.contains(&name) || widgets::of_node(def).iter().any(|widget| widget.name == name)
}

/// A declared input that got nothing.
struct Open<'a> {
    name: String,
    def: &'a InputDef,
    words: Name,
    /// The name without those of the inputs around it.
    last: Name,
}

/// The declared inputs that got nothing, also the next item of growing lists.
fn open_inputs<'a>(def: &'a NodeDef, inputs: &[Expanded<'a>], given: &AllGiven<'_>) -> Vec<Open<'a>> {
    const MANY: usize = 200;
    let mut open = Vec::new();
    let mut push = |name: String, def: &'a InputDef| {
        let last = name.rsplit('.').next().unwrap_or(&name);
        let (words, last) = (Name::new(&name), Name::new(last));
        open.push(Open { name, def, words, last });
    };
    for input in inputs.iter().filter(|input| !given.contains_key(&*input.name)).take(MANY) {
        push(input.name.clone(), input.def);
    }
    for (name, autogrow) in super::expand::growing(def, given) {
        let free = (0..autogrow.names.max().min(MANY))
            .filter_map(|index| autogrow.names.name(index))
            .map(|item| format!("{name}.{item}"))
            .filter(|item| !given.contains_key(&**item));
        let known: std::collections::BTreeSet<String> = inputs.iter().map(|i| i.name.clone()).collect();
        for item in free.filter(|item| !known.contains(item)).take(MANY / 4) {
            push(item, &autogrow.item);
        }
    }
    open
}

/// Which stray input was meant to be which open one: the best pairs first, each input once.
fn pairs(
    check: &mut Check<'_>,
    strays: &[Stray<'_>],
    open: &[Open<'_>],
    given: &AllGiven<'_>,
    taken: &mut [bool],
) -> Vec<(usize, usize)> {
    if !check.suggestions.spend(strays.len() * open.len()) {
        return Vec::new();
    }
    let mut scored: Vec<(f64, usize, usize)> = Vec::new();
    for (stray, name) in strays.iter().enumerate() {
        let words = Name::new(name.name);
        for (position, input) in open.iter().enumerate() {
            if let Some(score) = given.get(name.name).and_then(|given| likeness(check, &words, given, input))
            {
                scored.push((score, stray, position));
            }
        }
    }
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    let (mut done, mut pairs) = (vec![false; strays.len()], Vec::new());
    for (_, stray, position) in scored {
        if !done[stray] && !taken[position] {
            (done[stray], taken[position]) = (true, true);
            pairs.push((stray, position));
        }
    }
    pairs
}

/// How likely it is that this was meant; `None` when it is not. The name alone is enough when it is much alike; else
/// the value has to fit.
fn likeness(check: &Check<'_>, name: &Name, given: &Given<'_>, input: &Open<'_>) -> Option<f64> {
    const ALIKE: f64 = 0.6;
    let words = name.similarity(&input.words).max(0.97 * name.similarity(&input.last));
    let fits = fits(check, given, input.def);
    // null and the empty text fit much and mean little
    (fits || words >= 0.8)
        .then_some(words + if fits { 0.3 } else { 0.0 })
        .filter(|score| *score >= ALIKE || (fits && !is_empty(given)))
}

fn is_empty(given: &Given<'_>) -> bool {
    match given {
        Given::Value(value) => value.is_null() || value.as_str() == Some(""),
        Given::Link(_) | Given::Live | Given::Broken(_) => false,
    }
}

/// Whether what is given could stand at the input.
fn fits(check: &Check<'_>, given: &Given<'_>, input: &InputDef) -> bool {
    match given {
        Given::Link(link) => check.output_type(link.from).is_some_and(|from| input.io_type.accepts(&from)),
        Given::Broken(_) => !input.is_widget(),
        Given::Live => false,
        Given::Value(value) => match &input.kind {
            InputKind::Int(_) => value.is_i64() || value.is_u64(),
            InputKind::Float(def) => numbers::is_in_range(value, def.min.as_ref(), def.max.as_ref()),
            InputKind::Boolean(_) => value.is_boolean(),
            InputKind::String(_) => value.is_string(),
            InputKind::Combo(combo) => combo.options.contains(value),
            InputKind::DynamicCombo(options) => widgets::find_option(options, value).is_some(),
            InputKind::Frontend(..) => true,
            InputKind::Autogrow(_)
            | InputKind::MatchType { .. }
            | InputKind::DynamicSlot(_)
            | InputKind::Socket(_) => false,
        },
    }
}

fn rename(view: &NodeView<'_>, name: &str, meant: &str) -> Suggestion {
    Suggestion::new(format!("rename {name} to {meant}"), Applicability::MachineApplicable)
        .edit(view.node.input_path(name), EditKind::RenameKey(meant.into()))
}

/// Reports them. `rest` is what no declared input took.
pub(super) fn check<'a>(
    check: &mut Check<'a>,
    view: &NodeView<'a>,
    def: &NodeDef,
    rest: &AllGiven<'a>,
    strays: &Strays<'a>,
) {
    for stray in &strays.0 {
        let Some(given) = rest.get(stray.name) else { continue };
        let (name, class) = (stray.name, &def.class_type);
        if let Given::Broken(value) = given {
            check_broken(check, view, def, name, value);
            continue;
        }
        let what = match given {
            Given::Link(_) => format!("{name} is linked, but {class} has no such input"),
            Given::Value(value) => {
                format!("{class} has no input {name}; its value {} is ignored", shown(value))
            }
            Given::Live | Given::Broken(_) => continue,
        };
        let mut finding = view.finding(codes::UNDECLARED_INPUT, name, &what);
        // classes of packs may take more than they declare
        let is_surely_wrong = stray.meant.is_some()
            || (matches!(given, Given::Link(_)) && !def.python_module.starts_with("custom_nodes"));
        finding.severity = if is_surely_wrong { Severity::Error } else { Severity::Warning };
        finding = match &stray.meant {
            Some((_, rename)) => finding.suggest(rename.clone()),
            None => suggest_names(check, view, def, name, finding),
        };
        check.found.push(finding);
    }
}

/// Names inputs that are called much the same although they have something, and offers to take the stray one out.
fn suggest_names(
    check: &mut Check<'_>,
    view: &NodeView<'_>,
    def: &NodeDef,
    name: &str,
    mut finding: crate::diag::Diagnostic,
) -> crate::diag::Diagnostic {
    let names = def.inputs.iter().map(|input| &*input.name);
    for near in check.suggestions.ranked(name, names, 2) {
        finding = finding.help(format!("did you mean {:?}?", near.text));
    }
    let remove = Suggestion::new(format!("remove {name}"), Applicability::MaybeIncorrect);
    finding.suggest(remove.edit(view.node.input_path(name), EditKind::Remove))
}

/// A list under a name that is not declared: often all items of a growing list at once.
fn check_broken<'a>(
    check: &mut Check<'a>,
    view: &NodeView<'a>,
    def: &NodeDef,
    name: &'a str,
    value: &'a Value,
) {
    let grows = def.inputs.iter().find_map(|input| match &input.kind {
        InputKind::Autogrow(autogrow) if *input.name == *name => Some(autogrow),
        _ => None,
    });
    let (Some(autogrow), Some(items)) = (grows, value.as_array()) else {
        broken::check(check, view, None, name, value);
        return;
    };
    let what = format!("{name} is a growing list; its items are inputs of their own");
    let mut finding = view.finding(codes::UNDECLARED_INPUT, name, &what);
    finding.severity = Severity::Error;
    let keys: Vec<String> = (0..items.len().min(autogrow.names.max()))
        .filter_map(|index| Some(format!("{name}.{}", autogrow.names.name(index)?)))
        .collect();
    let Some(first) = keys.first() else {
        check.found.push(finding);
        return;
    };
    let mut suggestion =
        Suggestion::new(format!("write the items as {first} and so on"), Applicability::MaybeIncorrect)
            .edit(view.node.input_path(name), EditKind::Remove);
    for (key, item) in keys.iter().zip(items) {
        suggestion = suggestion.edit(view.node.input_path(key), EditKind::Insert(item.clone()));
    }
    check.found.push(finding.suggest(suggestion));
}
