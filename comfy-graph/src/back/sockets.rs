//! The input sockets that the frontend shows on a node: what its class declares, as the values of its dynamic combos
//! have it, and what the graph has beyond that.

use std::collections::BTreeSet;

use super::live::Live;
use crate::{
    catalog::{AutogrowDef, InputDef, InputKind, IoType, NodeDef, Section, widgets::find_option},
    graph::{Graph, Node, NodeIx, Slot},
};

/// One socket.
pub(crate) struct Socket {
    pub(crate) name: String,
    pub(crate) io_type: IoType,
    /// Belongs to the widget of its name.
    pub(crate) widget: bool,
    /// Drawn hollow.
    pub(crate) optional: bool,
    /// What stands beside it, where that is not the name.
    pub(crate) label: Option<Box<str>>,
    /// Position in the node's own list; `None` if the node says nothing of it.
    pub(crate) own: Option<usize>,
}

/// The sockets of a node whose class the catalog has, in the frontend's order.
pub(crate) fn of_class(scope: &Graph, ix: NodeIx, def: &NodeDef, live: &[Live<'_>]) -> Vec<Socket> {
    let node = &scope[ix];
    let mut list = List { scope, ix, node, live, taken: BTreeSet::new(), sockets: Vec::new() };
    list.declared(&def.inputs, "");
    list.further();
    list.sockets
}

/// The sockets of every other node: those it has.
pub(crate) fn as_they_are(node: &Node) -> Vec<Socket> {
    let socket = |(own, input): (usize, &crate::graph::InputSlot)| Socket {
        name: input.name.to_string(),
        io_type: input.io_type.clone(),
        widget: input.widget,
        optional: false,
        label: label(node, own),
        own: Some(own),
    };
    node.inputs.iter().enumerate().map(socket).collect()
}

fn label(node: &Node, slot: usize) -> Option<Box<str>> {
    node.layout.as_deref()?.label(false, slot).map(Box::from)
}

struct List<'g> {
    scope: &'g Graph,
    ix: NodeIx,
    node: &'g Node,
    live: &'g [Live<'g>],
    taken: BTreeSet<usize>,
    sockets: Vec<Socket>,
}

impl List<'_> {
    /// Sockets without widget first, then those of widgets, each dynamic combo after the inputs it brings. The depth
    /// of definitions is limited by the catalog's parser.
    fn declared(&mut self, inputs: &[InputDef], prefix: &str) {
        for input in inputs.iter().filter(|input| !input.is_widget()) {
            let name = format!("{prefix}{}", input.name);
            match &input.kind {
                InputKind::Autogrow(autogrow) => self.items(autogrow, &name),
                _ => self.push(input, name, false, None),
            }
        }
        for input in inputs.iter().filter(|input| input.is_widget()) {
            let name = format!("{prefix}{}", input.name);
            if let InputKind::DynamicCombo(options) = &input.kind {
                let chosen = self.live.iter().find(|live| live.spec.name == name);
                let option = chosen.and_then(|live| find_option(options, live.value.as_ref()?));
                if let Some(option) = option {
                    self.declared(&option.inputs, &format!("{name}."));
                }
            }
            self.push(input, name, true, None);
        }
    }

    fn push(&mut self, input: &InputDef, name: String, widget: bool, label: Option<&str>) {
        let own = self.node.input_slot(&name).filter(|own| self.taken.insert(*own));
        self.sockets.push(Socket {
            io_type: input.io_type.clone(),
            widget,
            optional: input.section == Section::Optional,
            label: own.and_then(|own| self::label(self.node, own)).or_else(|| label.map(Box::from)),
            own,
            name,
        });
    }

    /// The items of a growing input: up to the last that is linked, and one to go on with.
    fn items(&mut self, autogrow: &AutogrowDef, name: &str) {
        const MOST: usize = 256;
        let own = self.node.inputs.iter().enumerate().filter_map(|(own, input)| {
            let item = input.name.strip_prefix(name)?.strip_prefix('.')?;
            let linked = self.scope.source(Slot { node: self.ix, slot: own }).is_some();
            linked.then(|| autogrow.names.position(item)).flatten()
        });
        let linked = own.max().map_or(0, |last| last + 1);
        let shown = (linked + 1).max(autogrow.min + 1).min(MOST);
        for position in 0..shown {
            let Some(item) = autogrow.names.name(position) else { break };
            let section = if position < autogrow.min { Section::Required } else { Section::Optional };
            let input = InputDef { section, ..autogrow.item.clone() };
            self.push(&input, format!("{name}.{item}"), false, Some(&item));
        }
    }

    /// What the node has beyond its class: linked inputs of another version, which the frontend keeps.
    fn further(&mut self) {
        for (own, input) in self.node.inputs.iter().enumerate() {
            let linked = self.scope.source(Slot { node: self.ix, slot: own }).is_some();
            if !linked || !self.taken.insert(own) {
                continue;
            }
            self.sockets.push(Socket {
                name: input.name.to_string(),
                io_type: input.io_type.clone(),
                widget: input.widget,
                optional: true,
                label: label(self.node, own),
                own: Some(own),
            });
        }
    }
}
