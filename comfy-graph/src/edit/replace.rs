//! A node becomes one of another class: what of its values and links stays.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{
    NodeRef,
    draft::{At, Done, Draft},
    values,
};
use crate::{
    catalog::IoType,
    diag::{Diagnostic, codes},
    front::fresh,
    graph::{Link, Node, NodeKind, Slot},
    valid::Declared,
};

impl Draft<'_> {
    pub(super) fn replace(&mut self, node: &NodeRef, class: &str, values: &Map<String, Value>) -> Done {
        let at = self.resolve(node, "node")?;
        if self.node(&at).kind != NodeKind::Class {
            let message = "only a node of a class can become one of another class";
            return Err(self.about(codes::IMPOSSIBLE_EDIT, "node", &at, message).into());
        }
        let catalog = self.catalog;
        let Some(def) = catalog.get(class) else { return Err(self.no_class(class, "class").into()) };
        let graph = self.scope(&at.scope);
        let old = graph[at.ix].clone();
        let (into, from) = (graph.links_into(at.ix), graph.links_from(at.ix));
        for link in into.iter().chain(&from) {
            self.scope_mut(&at.scope).unlink(link.to);
        }
        let node = self.node_mut(&at);
        *node = dressed(fresh::node(def, old.key.clone()), &old);
        self.take_values(&at, &old, values);
        let mut lost = self.take_links(&at, &old, &into);
        lost.extend(self.hand_on(&at, &old, &from));
        if !lost.is_empty() {
            self.warn("class", &at, &format!("{} found no place; their links are cut", lost.join(", ")));
        }
        self.set_all(&at, values)
    }

    /// Values that have an input of the same name and fit there. Choices come before the inputs that they bring.
    fn take_values(&mut self, at: &At, old: &Node, set: &Map<String, Value>) {
        let mut sorted: Vec<_> =
            old.widgets.iter().filter(|widget| !set.contains_key(&*widget.name)).collect();
        sorted.sort_by_key(|widget| widget.name.matches('.').count());
        for widget in sorted {
            let Some(value) = widget.value.as_ref().filter(|value| !value.is_null()) else { continue };
            let Some(own) = self.node(at).widget(&widget.name).filter(|own| own.sent == widget.sent) else {
                continue;
            };
            let default = own.value.clone();
            let place = self.place("class");
            let mut trial = self.node(at).clone();
            if let Some(own) = trial.widget_mut(&widget.name) {
                own.value = Some(value.clone());
            }
            if values::faults(self.catalog, &trial, &widget.name).iter().any(Diagnostic::is_error) {
                let now = default.map_or_else(|| "nothing".to_owned(), |value| value.to_string());
                let what = format!("{} cannot be {value} any more, it is {now}", widget.name);
                self.warn("class", at, &what);
                continue;
            }
            // the value was looked at
            let _ = self.set_value(at, &widget.name, value, "class", &place);
            if let Some(own) = self.node_mut(at).widget_mut(&widget.name) {
                own.form = widget.form;
            }
        }
    }

    /// Links into the node: by name, then by type. Gives the inputs whose link found no place.
    fn take_links(&mut self, at: &At, old: &Node, links: &[Link]) -> Vec<String> {
        let (mut taken, mut left) = (BTreeSet::new(), Vec::new());
        for link in links {
            let name = old.inputs.get(link.to.slot).map_or("", |input| &*input.name);
            let fits = self.declared(at, name).is_some_and(|input| {
                let given = self.type_of(self.scope(&at.scope), link.from);
                input.io_type.accepts(&given)
            });
            match self.find_input(at, name).filter(|_| fits) {
                Some(slot) => {
                    taken.insert(slot);
                    self.link(&at.scope.clone(), link.from, Slot { node: at.ix, slot });
                }
                None => left.push((name.to_owned(), link)),
            }
        }
        let mut lost = Vec::new();
        for (name, link) in left {
            let given = self.type_of(self.scope(&at.scope), link.from);
            match self.socket_for(at, &given).filter(|slot| taken.insert(*slot)) {
                Some(slot) => self.link(&at.scope.clone(), link.from, Slot { node: at.ix, slot }),
                None => lost.push(name),
            }
        }
        lost
    }

    /// The first socket without a widget that is free and takes the type.
    pub(super) fn socket_for(&mut self, at: &At, given: &IoType) -> Option<usize> {
        let name = {
            let graph = self.scope(&at.scope);
            let node = &graph[at.ix];
            let is_free = |name: &str| {
                let slot = node.input_slot(name);
                slot.is_none_or(|slot| graph.source(Slot { node: at.ix, slot }).is_none())
            };
            let declared = Declared::of(self.def(at)?, graph, at.ix);
            let mut bare = declared.inputs().filter(|input| !input.def.is_widget());
            let fits = bare.find(|input| input.def.io_type.accepts(given) && is_free(&input.name));
            let lists = || {
                let mut names = declared.names();
                names.find_map(|name| {
                    declared.find(name).filter(|input| input.name != name && input.def.io_type.accepts(given))
                })
            };
            fits.or_else(lists)?.name
        };
        self.find_input(at, &name)
    }

    /// Links out of the node: of an output of the same name and type, then of the first that fits. Gives the consumers
    /// that nothing fits.
    fn hand_on(&mut self, at: &At, old: &Node, links: &[Link]) -> Vec<String> {
        let outputs = self.outputs(at);
        let mut lost = Vec::new();
        for link in links {
            let graph = self.scope(&at.scope);
            let Some(taker) = graph[link.to.node].inputs.get(link.to.slot) else { continue };
            let was = old.outputs.get(link.from.slot);
            let fits = |io_type: &IoType| taker.io_type.accepts(io_type);
            let name = |slot: &usize| was.is_some_and(|was| *was.name == *outputs[*slot].0);
            let same = |slot: &usize| was.is_some_and(|was| was.io_type == outputs[*slot].1);
            let fitting: Vec<usize> = (0..outputs.len()).filter(|slot| fits(&outputs[*slot].1)).collect();
            let first = |is: &dyn Fn(&usize) -> bool| fitting.iter().find(|slot| is(slot)).copied();
            let slot =
                first(&|slot| name(slot) && same(slot)).or_else(|| first(&same)).or_else(|| first(&|_| true));
            match slot {
                Some(slot) => self.link(&at.scope.clone(), Slot { node: at.ix, slot }, link.to),
                None => lost.push(format!("{} of {}", taker.name, graph[link.to.node].describe())),
            }
        }
        lost
    }
}

/// The looks of the old node, but for its size and what only its class means.
fn dressed(mut node: Node, old: &Node) -> Node {
    node.title.clone_from(&old.title);
    node.mode = old.mode;
    node.source = old.source;
    node.layout.clone_from(&old.layout);
    if let Some(layout) = &mut node.layout {
        (layout.size, layout.labels) = (None, Vec::new());
    }
    node.extra.clone_from(&old.extra);
    for key in ["properties", "_meta"] {
        node.extra.shift_remove(key);
    }
    node
}
