//! The sockets of a node after loading: rebuilt from its definition, joined with the saved ones by name
//! (`services/litegraphService.ts: configure`).

use std::collections::BTreeSet;

use serde_json::Value;

use super::model::{UiInput, UiOutput};
use crate::{
    catalog::{DynamicOption, InputDef, InputKind, IoType, NodeDef, OutputDef, widgets},
    diag::{Diagnostic, codes, short},
    graph::{InputSlot, Node, OutputSlot},
};

/// A socket and the link that the file gives it.
pub(super) struct Socket {
    pub(super) slot: InputSlot,
    pub(super) link: Option<super::model::LinkId>,
    /// The user's word for it.
    pub(super) label: Option<Box<str>>,
}

impl Socket {
    /// A declared socket, with what the file says of it.
    fn declared(slot: InputSlot, saved: Option<UiInput>) -> Self {
        let (link, label) = saved.map_or((None, None), |saved| (saved.link, saved.label));
        Self { slot, link, label }
    }
}

/// The input sockets of a known class: those without widget in the order of the definition, those of widgets, then
/// saved ones that the definition does not have. `node` already has its widgets.
pub(super) fn of_class(
    def: &NodeDef,
    node: &Node,
    mut saved: Vec<UiInput>,
    found: &mut Vec<Diagnostic>,
) -> Vec<Socket> {
    let mut sockets: Vec<Socket> = Vec::with_capacity(saved.len());
    let order: Vec<Box<str>> = saved.iter().map(|input| input.name.clone()).collect();
    let mut take = |name: &str| {
        let at = saved.iter().position(|input| &*input.name == name)?;
        Some(saved.remove(at))
    };
    for input in def.inputs.iter().filter(|input| !input.is_widget()) {
        if let InputKind::Autogrow(_) = &input.kind {
            continue; // items exist only in the file
        }
        let slot = InputSlot::new(input.name.clone(), input.io_type.clone());
        sockets.push(Socket::declared(slot, take(&input.name)));
    }
    for input in def.inputs.iter().filter(|input| input.is_widget()) {
        let slot = InputSlot::of_widget(input.name.clone(), input.io_type.clone());
        sockets.push(Socket::declared(slot, take(&input.name)));
    }
    if saved.is_empty() {
        return sockets;
    }
    let widgets: BTreeSet<&str> = node.widgets.iter().map(|widget| &*widget.name).collect();
    for input in saved {
        match extra(def, node, &widgets, &input) {
            Some(slot) if is_of_other_version(def, &input) => {
                // what a bypassed node passes on goes by the order of its inputs
                let at = behind_its_neighbour(&sockets, &order, &input.name);
                sockets.insert(at, Socket::declared(slot, Some(input)));
            }
            Some(slot) => sockets.push(Socket::declared(slot, Some(input))),
            None if input.link.is_some() => {
                found.push(input_dropped(node, &input.name));
            }
            None => {}
        }
    }
    sockets
}

/// Whether a linked socket is one that the definition knows nothing of.
fn is_of_other_version(def: &NodeDef, input: &UiInput) -> bool {
    input.link.is_some()
        && input.widget.is_none()
        && !input.name.contains('.')
        && def.resolve_input(&input.name).is_none()
}

/// The place behind the socket that stands before an input in the file; the end if there is none.
fn behind_its_neighbour(sockets: &[Socket], order: &[Box<str>], name: &str) -> usize {
    let before = order.iter().take_while(|other| ***other != *name).last();
    let at = before.and_then(|before| sockets.iter().position(|socket| socket.slot.name == *before));
    match (before, at) {
        (None, _) => 0,
        (_, Some(at)) => at + 1,
        _ => sockets.len(),
    }
}

/// The finding for a saved input that goes with its link.
pub(super) fn input_dropped(node: &Node, name: &str) -> Diagnostic {
    let message = format!(
        "{}: the file links an input `{}` that the node does not have; the link is dropped, as the frontend does",
        node.describe(),
        short(name)
    );
    Diagnostic::new(codes::INPUT_DROPPED, message).at_opt(node.path()).node(&node.key).input(name)
}

/// A saved input that the definition does not list: a part of a dynamic input, or one of another version. `None`
/// if the frontend removes it: it belongs to a widget that is not there, or to an option that is not chosen. What is
/// linked stays where the definition may be the one that is out of date.
fn extra(def: &NodeDef, node: &Node, widgets: &BTreeSet<&str>, input: &UiInput) -> Option<InputSlot> {
    let declared = match live_input(def, node, &input.name) {
        Live::Declared(declared) => Some(declared),
        Live::NotChosen => return None,
        Live::Unknown => None,
    };
    let has_widget = input.widget.as_deref().is_some_and(|widget| widgets.contains(widget));
    if input.widget.is_some() && !has_widget && input.link.is_none() {
        return None;
    }
    let io_type = declared.map_or_else(|| IoType::new(&*input.io_type), |declared| declared.io_type.clone());
    let widget = input.widget.is_some() || widgets.contains(&*input.name);
    Some(InputSlot { widget, ..InputSlot::new(input.name.clone(), io_type) })
}

/// Where a dotted name leads, given the values of the node's dynamic combos.
enum Live<'d> {
    Declared(&'d InputDef),
    /// To an input of another option than the chosen one.
    NotChosen,
    /// To nothing that the catalog knows.
    Unknown,
}

fn live_input<'d>(def: &'d NodeDef, node: &Node, name: &str) -> Live<'d> {
    let mut inputs = &def.inputs;
    let mut others: &[DynamicOption] = &[];
    let mut start = 0;
    loop {
        let rest = &name[start..];
        if let Some(found) = inputs.iter().find(|input| &*input.name == rest) {
            return Live::Declared(found);
        }
        let within = inputs.iter().find_map(|input| {
            let rest = rest.strip_prefix(&*input.name)?.strip_prefix('.')?;
            Some((input, name.len() - rest.len()))
        });
        let Some((input, next)) = within else {
            let first = rest.split('.').next().unwrap_or(rest);
            let of_other = others.iter().any(|option| option.inputs.iter().any(|i| &*i.name == first));
            return if of_other { Live::NotChosen } else { Live::Unknown };
        };
        match &input.kind {
            InputKind::Autogrow(autogrow) => return Live::Declared(&autogrow.item),
            InputKind::DynamicCombo(options) => {
                let value = node.widget(&name[..next - 1]).and_then(|widget| widget.value.as_ref());
                match value.and_then(|value| widgets::find_option(options, value)) {
                    Some(option) => inputs = &option.inputs,
                    // an option that the catalog does not know may have any inputs
                    None if value.is_some_and(Value::is_string) => return Live::Unknown,
                    None => return Live::NotChosen,
                }
                others = options;
            }
            InputKind::DynamicSlot(inner) => inputs = inner,
            _ => return Live::Unknown,
        }
        start = next;
    }
}

/// The input sockets of a class that the catalog does not have, and of frontend-only nodes: as saved.
pub(super) fn as_saved(saved: Vec<UiInput>) -> Vec<Socket> {
    saved
        .into_iter()
        .map(|input| {
            let widget = input.widget.is_some();
            let slot = InputSlot { widget, ..InputSlot::new(input.name, IoType::new(&*input.io_type)) };
            Socket { slot, link: input.link, label: input.label }
        })
        .collect()
}

/// The outputs: of the definition by slot, then further saved ones. The type of a match type output is what the
/// frontend had worked out when it saved.
pub(super) fn outputs(def: Option<&NodeDef>, saved: &[UiOutput]) -> Vec<OutputSlot> {
    let declared = def.map(|def| def.outputs.as_slice()).unwrap_or_default();
    let as_saved =
        |output: &UiOutput| OutputSlot { name: output.name.clone(), io_type: IoType::new(&*output.io_type) };
    // of a version with more outputs the file knows which is which
    let is_other = |(declared, saved): (&OutputDef, &UiOutput)| {
        declared.match_template.is_none() && !IoType::new(&*saved.io_type).joins(&declared.io_type)
    };
    if saved.len() > declared.len() && declared.iter().zip(saved).any(is_other) {
        return saved.iter().map(as_saved).collect();
    }
    let declared = declared.iter().enumerate().map(|(slot, output)| {
        let mut slot_out = crate::front::api::output_slot(output);
        if output.match_template.is_some()
            && let Some(saved) = saved.get(slot)
        {
            slot_out.io_type = IoType::new(&*saved.io_type);
        }
        slot_out
    });
    let further = saved.iter().skip(declared.len()).map(as_saved);
    declared.chain(further).collect()
}
