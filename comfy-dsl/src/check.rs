//! Checking a flow without a server: the tables of its own classes as a catalog, and places in the author's source for
//! what is found.
//!
//! The questions are those of `comfy_graph`'s [`Validator`](comfy_graph::valid::Validator); nothing is asked here.

use std::collections::BTreeMap;

use comfy_graph::{
    catalog::{
        AutogrowDef, AutogrowNames, BooleanDef, Catalog, ComboDef, DynamicOption, FloatDef, FrontendWidget,
        InputDef, InputFlags, InputKind, IntDef, IoType, NodeDef, OutputDef, Section, StringDef,
    },
    diag::Diagnostic,
};
use serde_json::{Map, Number, Value};

use crate::{
    facts::{Class, Form, In, Names},
    state::{State, place_of},
};

/// The classes of the flow's nodes, as far as tables know them. Classes of [`RawNode`](crate::RawNode)s are not in
/// it.
pub(crate) fn catalog(state: &State<'_>) -> Catalog {
    let classes: BTreeMap<&str, &Class<'_>> = state
        .nodes
        .iter()
        .filter(|node| node.inside.is_none() && node.draft.raw_class.is_none())
        .map(|node| (node.draft.class.class_type, node.draft.class))
        .collect();
    classes.into_values().map(node_def).collect()
}

/// Gives every diagnostic about a node of the flow its place in the source: the setter of the input, or where the
/// node is added.
pub(crate) fn locate(state: &State<'_>, ids: &[Box<str>], diagnostics: &mut [Diagnostic]) {
    let nodes: BTreeMap<String, _> =
        (1_u32..).zip(&state.nodes).map(|(number, node)| (state.path(number, ids), node)).collect();
    for diagnostic in diagnostics.iter_mut().filter(|diagnostic| diagnostic.place.is_none()) {
        let Some(node) = diagnostic.node.as_deref().and_then(|key| nodes.get(key)) else { continue };
        let setting = diagnostic.input.as_deref().and_then(|input| node.draft.place_of(input));
        diagnostic.place = place_of(setting.unwrap_or(node.source));
    }
}

fn node_def(class: &Class<'_>) -> NodeDef {
    let template = |slot: u16| template_of(class, |(_, to)| *to == slot);
    let outputs = (0_u16..).zip(class.outputs).map(|(slot, (name, io_type))| OutputDef {
        name: (*name).into(),
        io_type: IoType::new(*io_type),
        is_list: false,
        match_template: template(slot),
        tooltip: None,
    });
    let inputs = (0_u16..).zip(class.inputs).map(|(position, input)| {
        let def = input_def(input);
        match template_of(class, |(from, _)| *from == position) {
            Some(template_id) => InputDef { kind: InputKind::MatchType { template_id }, ..def },
            None => def,
        }
    });
    NodeDef {
        class_type: class.class_type.into(),
        display_name: None,
        description: "".into(),
        category: "".into(),
        python_module: "".into(),
        inputs: inputs.collect(),
        hidden: Vec::new(),
        outputs: outputs.collect(),
        output_node: class.output_node,
        is_input_list: false,
        has_intermediate_output: false,
        deprecated: false,
        experimental: false,
        dev_only: false,
        api_node: false,
        extra: Map::new(),
    }
}

/// The template that an input or output belongs to. Tables join inputs with outputs, so that the first output stands
/// for it.
fn template_of(class: &Class<'_>, is_of: impl Fn(&(u16, u16)) -> bool) -> Option<Box<str>> {
    let (input, _) = class.matches.iter().find(|pair| is_of(pair))?;
    let slot = class.matches.iter().filter(|(from, _)| from == input).map(|(_, slot)| slot).min()?;
    Some(slot.to_string().into())
}

/// Recursion goes by the depth of the table.
fn input_def(input: &In<'_>) -> InputDef {
    InputDef {
        name: input.name.into(),
        section: section(input.required),
        io_type: IoType::new(input.io_type),
        kind: input_kind(input),
        tooltip: None,
        display_name: None,
        flags: InputFlags::default(),
        extra: Map::new(),
    }
}

fn section(required: bool) -> Section {
    if required { Section::Required } else { Section::Optional }
}

fn input_kind(input: &In<'_>) -> InputKind {
    match &input.form {
        // what the frontend sends unasked is nothing to complain about
        Form::Hidden(..) => ANY_VALUE,
        Form::Socket => InputKind::Socket(None),
        Form::Int(_, min, max) => {
            InputKind::Int(IntDef { min: integer(*min), max: integer(*max), ..IntDef::default() })
        }
        Form::Float(_, min, max) => {
            let (min, max) = (Number::from_f64(*min), Number::from_f64(*max));
            InputKind::Float(FloatDef { min, max, ..FloatDef::default() })
        }
        Form::Combo(_, options) => {
            let options = options.iter().map(|option| Value::from(*option)).collect();
            // an enum is a closed list, whatever its options look like
            InputKind::Combo(ComboDef { options, ..ComboDef::default() })
        }
        Form::Widget(_) | Form::Special(..) => widget_kind(input.io_type),
        Form::Dynamic(options) => {
            let options = options.iter().map(|option| DynamicOption {
                key: option.key.into(),
                inputs: option.inputs.iter().map(input_def).collect(),
            });
            InputKind::DynamicCombo(options.collect())
        }
        Form::Grow(names, min) => InputKind::Autogrow(Box::new(autogrow(input, *names, *min))),
    }
}

/// A widget whose value nobody looks at.
const ANY_VALUE: InputKind = InputKind::Frontend(FrontendWidget::Textarea, None);

/// Widgets of which the table has no more than their type.
fn widget_kind(io_type: &str) -> InputKind {
    match io_type {
        "STRING" => InputKind::String(StringDef::default()),
        "BOOLEAN" => InputKind::Boolean(BooleanDef::default()),
        "COMBO" => InputKind::Combo(ComboDef { file_list: true, ..ComboDef::default() }),
        _ => ANY_VALUE,
    }
}

fn autogrow(input: &In<'_>, names: Names<'_>, min: u32) -> AutogrowDef {
    let item = InputDef {
        name: "".into(),
        section: section(min > 0),
        io_type: IoType::new(input.io_type),
        // never a widget, but numbers and texts do not have to be linked
        kind: InputKind::Socket(takes_values(input.io_type).then_some(Value::Null)),
        tooltip: None,
        display_name: None,
        flags: InputFlags::default(),
        extra: Map::new(),
    };
    let names = match names {
        Names::Prefix(prefix, max) => AutogrowNames::Prefix { prefix: prefix.into(), max: max as usize },
        Names::List(names) => AutogrowNames::List(names.iter().map(|name| (*name).into()).collect()),
    };
    AutogrowDef { item, names, min: min as usize }
}

fn takes_values(io_type: &str) -> bool {
    io_type.split(',').any(|word| matches!(word, "INT" | "FLOAT" | "STRING" | "BOOLEAN" | "COMBO"))
}

/// A bound, unless it is none.
fn integer(bound: i128) -> Option<Number> {
    i64::try_from(bound).map(Number::from).or_else(|_| u64::try_from(bound).map(Number::from)).ok()
}
