//! What a node was given, and whether that is all it needs.

use indexmap::IndexMap;
use serde_json::Value;

use super::{
    Check, NodeView, broken,
    expand::{self, Expanded},
    types, undeclared, values,
    wiring::{self, Wish},
};
use crate::{
    catalog::{DynamicOption, InputKind, NodeDef, widgets},
    diag::{Applicability, Diagnostic, EditKind, Suggestion, codes},
    graph::{Graph, Link, Node, NodeIx, WidgetForm},
    suggest::makers,
};

/// What arrives at one input.
#[derive(Clone, Debug)]
pub(super) enum Given<'a> {
    /// The output of another node.
    Link(Link),
    /// A literal.
    Value(&'a Value),
    /// A literal that the frontend makes when the prompt is queued.
    Live,
    /// Something in the form of a link that is none.
    Broken(&'a Value),
}

impl<'a> Given<'a> {
    /// The literal.
    pub(super) fn value(&self) -> Option<&'a Value> {
        match self {
            Self::Value(value) => Some(value),
            Self::Link(_) | Self::Live | Self::Broken(_) => None,
        }
    }
}

/// Everything a node is given, by key.
pub(super) type AllGiven<'a> = IndexMap<&'a str, Given<'a>>;

/// Everything a node is given, by key: as in the prompt, a link goes before a literal.
pub(super) fn given<'a>(graph: &Graph, ix: NodeIx, node: &'a Node) -> AllGiven<'a> {
    let mut given = IndexMap::with_capacity(node.widgets.len() + node.inputs.len());
    for widget in &node.widgets {
        match (&widget.value, widget.form) {
            (_, WidgetForm::Live) if widget.sent => {
                given.insert(&*widget.name, Given::Live);
            }
            (Some(value), form) if widget.sent && form != WidgetForm::Control => {
                given.insert(&*widget.name, Given::Value(value));
            }
            _ => {}
        }
    }
    for input in &node.inputs {
        if let Some(value) = &input.value {
            given.insert(&*input.name, Given::Value(value));
        }
        if let Some(broken) = &input.broken {
            given.insert(&*input.name, Given::Broken(broken));
        }
    }
    for link in graph.links_into(ix) {
        if let Some(input) = node.inputs.get(link.to.slot) {
            given.insert(&*input.name, Given::Link(link));
        }
    }
    given
}

/// Asks everything there is to ask about one node of a known class.
pub(super) fn check_node<'a>(check: &mut Check<'a>, view: &NodeView<'a>, def: &'a NodeDef) {
    let mut given = given(check.graph, view.ix, view.node);
    let inputs = expand::inputs(def, &given);
    types::check_templates(check, view, &inputs, &given);
    let strays = undeclared::find(check, view, def, &inputs, &given);
    for input in &inputs {
        match given.swap_remove(input.name.as_str()) {
            Some(Given::Link(link)) => types::check_link(check, view, input, &link),
            Some(Given::Value(value)) => values::check_value(check, view, def, input, value),
            Some(Given::Broken(value)) => broken::check(check, view, Some(input), &input.name, value),
            Some(Given::Live) => {}
            None => check_absent(check, view, def, input, &strays),
        }
    }
    undeclared::check(check, view, def, &given, &strays);
}

/// Asks what can be asked of a node whose class nobody knows.
pub(super) fn check_form<'a>(check: &mut Check<'a>, view: &NodeView<'a>) {
    for (name, given) in given(check.graph, view.ix, view.node) {
        if let Given::Broken(value) = given {
            broken::check(check, view, None, name, value);
        }
    }
}

fn check_absent(
    check: &mut Check<'_>,
    view: &NodeView<'_>,
    def: &NodeDef,
    input: &Expanded<'_>,
    strays: &undeclared::Strays<'_>,
) {
    if !input.required {
        return;
    }
    let name = &*input.name;
    let by_link = !input.def.is_widget();
    let finding = if by_link {
        let what = format!("needs a link into {name}, of type {}", input.def.io_type);
        view.left_over(codes::REQUIRED_INPUT_MISSING, name, &what)
    } else {
        let what = format!("{name} has neither a link nor a value");
        view.finding(codes::REQUIRED_INPUT_MISSING, name, &what)
    };
    let finding = match strays.meant_for(name) {
        Some(rename) => finding.suggest(rename.clone()),
        None if by_link => suggest_links(check, view, finding, input),
        None => suggest_value(view, def, finding, input),
    };
    check.found.push(finding);
}

/// Names the outputs that would fit, or the class to add where there are none.
fn suggest_links(
    check: &mut Check<'_>,
    view: &NodeView<'_>,
    mut finding: Diagnostic,
    input: &Expanded<'_>,
) -> Diagnostic {
    let io_type = types::wanted(check, view, input);
    let wish = Wish { input: &input.name, io_type: &io_type, instead_of: None };
    let outlets = wiring::outlets(check, view, &wish);
    let is_clear = outlets.first().is_some_and(|outlet| outlet.loose);
    for outlet in &outlets {
        finding = finding.suggest(wiring::link_to(check, view, &input.name, outlet, false));
    }
    if !is_clear {
        finding = suggest_class(check, finding, &[(None, io_type)]);
    }
    finding
}

/// Names classes that give these types at these slots.
pub(super) fn suggest_class(
    check: &mut Check<'_>,
    finding: Diagnostic,
    wanted: &[makers::Wanted],
) -> Diagnostic {
    const WORK: usize = 500;
    if check.catalog.is_none() || !check.suggestions.spend(WORK) {
        return finding;
    }
    let (makers, around) = (check.makers(), check.surroundings());
    let givers = makers::givers(&makers, &around, wanted);
    if givers.is_empty() {
        return finding;
    }
    let or = if finding.suggestions.is_empty() { "" } else { "or " };
    let message = format!("{or}add a node that gives it: {}", makers::one_of(&givers));
    finding.suggest(Suggestion::new(message, Applicability::MaybeIncorrect))
}

/// Names the option of a dynamic combo that has the inputs that are given, else the first.
fn suggest_option(
    view: &NodeView<'_>,
    finding: Diagnostic,
    name: &str,
    options: &[DynamicOption],
) -> Diagnostic {
    let widgets = view.node.widgets.iter().map(|widget| &*widget.name);
    let keys = widgets.chain(view.node.inputs.iter().map(|input| &*input.name));
    let given: Vec<&str> = keys.filter_map(|key| key.strip_prefix(name)?.strip_prefix('.')).collect();
    let shared = |option: &DynamicOption| {
        let has = |key: &&&str| option.inputs.iter().any(|input| key.split('.').next() == Some(&*input.name));
        let known = given.iter().filter(has).count();
        (known, std::cmp::Reverse(option.inputs.len().abs_diff(known)))
    };
    // of equals the first: the frontend's default
    let Some(best) = options.iter().rev().max_by_key(|option| shared(option)) else { return finding };
    let message = format!("set {name} to {:?}", best.key);
    let suggestion = Suggestion::new(message, Applicability::MaybeIncorrect);
    finding.suggest(suggestion.edit(view.node.input_path(name), EditKind::Insert((&*best.key).into())))
}

/// Says what could stand there, and what the frontend would send.
fn suggest_value(
    view: &NodeView<'_>,
    def: &NodeDef,
    finding: Diagnostic,
    input: &Expanded<'_>,
) -> Diagnostic {
    let finding = match &input.def.kind {
        InputKind::Combo(combo) => {
            finding.help(super::combos::list_options(combo.options.iter().filter_map(Value::as_str)))
        }
        InputKind::DynamicCombo(options) => {
            let finding =
                finding.help(super::combos::list_options(options.iter().map(|option| &*option.key)));
            return suggest_option(view, finding, &input.name, options);
        }
        _ => finding,
    };
    match widgets::default_of(def, &input.name, input.def) {
        Some(default) => {
            let message = format!("set {} to its default, {}", input.name, values::shown(&default));
            let suggestion = Suggestion::new(message, Applicability::MaybeIncorrect);
            finding.suggest(suggestion.edit(view.node.input_path(&input.name), EditKind::Insert(default)))
        }
        None => finding.help(format!("set {}, of type {}", input.name, input.def.io_type)),
    }
}
