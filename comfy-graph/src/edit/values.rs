//! Values of inputs, and the inputs that come and go with them.

use serde_json::{Map, Value};

use super::{
    End, NodeRef,
    draft::{Alias, At, Done, Draft, Refusal},
};
use crate::{
    back::live,
    catalog::{Catalog, InputDef, InputKind, virtuals::VirtualRole, widgets},
    diag::{Diagnostic, JsonPath, codes, short},
    front::fresh,
    graph::{Graph, Node, NodeKind, Slot, Widget, WidgetForm},
    passes::choice_index,
    valid::{Declared, Validator},
};

/// How deep an input of an instance is followed to the widget that it stands for.
const DEEPEST: usize = 32;

impl Draft<'_> {
    pub(super) fn set(&mut self, node: &NodeRef, input: &str, value: &Value) -> Done {
        let at = self.resolve(node, "node")?;
        let place = self.place("value");
        self.set_value(&at, input, value, "input", &place)?;
        let slot = self.node(&at).input_slot(input);
        let source = slot.and_then(|slot| self.scope(&at.scope).source(Slot { node: at.ix, slot }));
        if source.is_some() {
            self.warn(
                "input",
                &at,
                &format!("{input} is linked, so that its value counts only when it no longer is"),
            );
        }
        Ok(())
    }

    /// The values of a node, and links for inputs that only take links.
    pub(super) fn set_all(&mut self, at: &At, values: &Map<String, Value>) -> Done {
        let mut failed = false;
        // what chooses other inputs comes before them, since its name is shorter
        let mut sorted: Vec<(&String, &Value)> = values.iter().collect();
        sorted.sort_by_key(|(name, _)| name.matches('.').count());
        for (name, value) in sorted {
            let place = self.place("values").key(name.as_str());
            let done = match self.as_end(at, name, value) {
                Some(end) => self.link_value(at, name, &end, &place),
                None => self.set_value(at, name, value, "values", &place),
            };
            if let Err(refusal) = done {
                failed = true;
                if let Refusal::Said(found) = refusal {
                    self.push_at(*found, place);
                }
            }
        }
        if failed { Err(Refusal::Silent) } else { Ok(()) }
    }

    /// A link that stands in the place of a value.
    fn as_end(&self, at: &At, name: &str, value: &Value) -> Option<End> {
        let by_link = match self.declared(at, name) {
            Some(input) => !input.is_widget(),
            None => self.node(at).kind != NodeKind::Class,
        };
        match value {
            Value::String(text) if by_link || self.names_alias(text) => Some(End::Text(text.as_str().into())),
            Value::Array(pair) => super::parse::pair(pair).filter(|end| by_link || self.is_output(end)),
            _ => None,
        }
    }

    /// Whether a list is a link as prompts have it, rather than a list for a widget.
    fn is_output(&self, end: &End) -> bool {
        match end {
            End::Numbered(node, _) => matches!(self.lookup(node.as_str()), Ok(Some(_))),
            End::Named(node, _) => self.names_alias(&format!("{}.", node.as_str())),
            End::Text(_) => false,
        }
    }

    /// Whether a text names an output of a node that an op before made.
    fn names_alias(&self, text: &str) -> bool {
        text.strip_prefix('$')
            .and_then(|rest| rest.split_once('.'))
            .is_some_and(|(name, _)| !matches!(self.alias(name), Alias::Unknown))
    }

    fn link_value(&mut self, at: &At, name: &str, end: &End, place: &JsonPath) -> Done {
        let (source, output) = self.output(end, "values")?;
        let Some(slot) = self.find_input(at, name) else {
            return Err(self.no_input(at, name, "values").at(place.clone()).into());
        };
        self.join(&source, output, at, slot, "values")
    }

    /// Gives an input a value.
    pub(super) fn set_value(
        &mut self,
        at: &At,
        name: &str,
        value: &Value,
        member: &str,
        place: &JsonPath,
    ) -> Done {
        self.refuse_boundary(at, member)?;
        let name = self.value_name(at, name, member)?;
        let value = unwrapped(value);
        let found = match &self.node(at).kind {
            NodeKind::Class => self.set_of_class(at, &name, value, member),
            NodeKind::Instance(_) => self.set_of_instance(at, &name, value, member)?,
            _ => self.set_of_virtual(at, &name, value),
        };
        let failed = found.iter().any(Diagnostic::is_error);
        let path = self.path(&at.scope, &at.key);
        for found in found {
            self.say(found.node(&path), place);
        }
        if failed { Err(Refusal::Silent) } else { Ok(()) }
    }

    /// The full name of an input that can have a value.
    fn value_name(&mut self, at: &At, name: &str, member: &str) -> Done<String> {
        let node = self.node(at);
        if node.widget(name).is_some() || node.input_slot(name).is_some() {
            return Ok(name.to_owned());
        }
        if let Some(def) = self.def(at) {
            if let Some(input) = Declared::of(def, self.scope(&at.scope), at.ix).find(name) {
                return Ok(input.name);
            }
            let live = live::widgets(def, node);
            if live.iter().any(|live| live.spec.name == name && live.spec.sent) {
                return Ok(name.to_owned());
            }
        } else if node.kind == NodeKind::Class {
            // nobody knows which inputs the class has
            return Ok(name.to_owned());
        }
        Err(self.no_input(at, name, member).into())
    }

    fn set_of_class(&mut self, at: &At, name: &str, value: &Value, member: &str) -> Vec<Diagnostic> {
        let catalog = self.catalog;
        let graph = self.scope_mut(&at.scope);
        put(graph, at, name, value.clone(), catalog);
        let lost = follow_option(graph, at, name, catalog);
        choice_index::follow(&mut graph[at.ix]);
        for lost in lost {
            self.warn(member, at, &format!("{lost} does not belong to this option; its link is cut"));
        }
        faults(self.catalog, self.node(at), name)
    }

    /// A promoted input: checked as the input inside that it stands for.
    fn set_of_instance(&mut self, at: &At, name: &str, value: &Value, member: &str) -> Done<Vec<Diagnostic>> {
        let node = self.node(at);
        let Some(slot) = node.input_slot(name) else { return Err(self.no_input(at, name, member).into()) };
        if !node.inputs[slot].widget {
            let message = format!("{name} takes a link only");
            return Err(self.about(codes::LITERAL_ON_SOCKET, member, at, &message).input(name).into());
        }
        let found = match self.promoted_widget(at, slot) {
            Some((inner, input)) => literal_faults(self.catalog, &inner, &input, value),
            None => Vec::new(),
        };
        let position = node.inputs.iter().take(slot).filter(|input| input.widget).count();
        let node = self.node_mut(at);
        if let Some(widget) = node.widgets.get_mut(position) {
            widget.value = Some(value.clone());
        }
        node.inputs[slot].value = None;
        Ok(found)
    }

    /// The node inside that a promoted input stands for, and its input.
    fn promoted_widget(&self, at: &At, slot: usize) -> Option<(Node, String)> {
        let NodeKind::Instance(id) = &self.node(at).kind else { return None };
        let (mut id, mut slot) = (id.clone(), slot);
        for _ in 0..DEEPEST {
            let subgraph = self.graph.subgraph(id.as_str())?;
            let to = subgraph.uses_of_input(slot).next()?.to;
            let node = &subgraph.graph[to.node];
            match &node.kind {
                NodeKind::Instance(inner) => (id, slot) = (inner.clone(), to.slot),
                _ => return Some((node.clone(), node.inputs.get(to.slot)?.name.to_string())),
            }
        }
        None
    }

    /// A note's text, or a primitive's value, which is checked as the widget that it sets.
    fn set_of_virtual(&mut self, at: &At, name: &str, value: &Value) -> Vec<Diagnostic> {
        let node = self.node(at);
        let target = self.scope(&at.scope).links_from(at.ix).into_iter().next().map(|link| link.to);
        let is_value = node.is_virtual(VirtualRole::Primitive) && name == "value";
        let target = target
            .filter(|_| is_value)
            .and_then(|to| self.scope(&at.scope).get(to.node).map(|node| (node, to.slot)));
        let found = match target {
            Some((target, slot)) => {
                let input = target.inputs.get(slot).map(|input| input.name.to_string()).unwrap_or_default();
                literal_faults(self.catalog, target, &input, value)
            }
            None => Vec::new(),
        };
        if let Some(widget) = self.node_mut(at).widget_mut(name) {
            widget.value = Some(value.clone());
        }
        found
    }

    /// Adds a finding at another place than the one it was made for.
    fn push_at(&mut self, found: Diagnostic, place: JsonPath) {
        let found = found.at(place);
        self.push(found);
    }
}

/// A list is wrapped in a prompt, so that it is no link.
fn unwrapped(value: &Value) -> &Value {
    let only = value.as_object().filter(|object| object.len() == 1);
    only.and_then(|object| object.get("__value__")).filter(|inner| inner.is_array()).unwrap_or(value)
}

/// Puts a value into a node, where its class would have it.
fn put(graph: &mut Graph, at: &At, name: &str, value: Value, catalog: &Catalog) {
    let node = &mut graph[at.ix];
    if let Some(input) = node.inputs.iter_mut().find(|input| &*input.name == name) {
        input.broken = None;
        if input.value.is_some() {
            input.value = Some(value);
            return;
        }
    }
    if let Some(widget) = node.widgets.iter_mut().find(|widget| &*widget.name == name) {
        widget.value = Some(value);
        return;
    }
    let def = catalog.get(&node.class_type);
    let spec = def.and_then(|def| {
        let live = live::widgets(def, node);
        live.into_iter().map(|live| live.spec).find(|spec| spec.name == name && spec.sent)
    });
    let widget = spec.map_or_else(|| Widget::new(name, Value::Null), fresh::widget);
    node.widgets.push(Widget { value: Some(value), ..widget });
}

/// After another option of a dynamic combo was chosen: the widgets of the option, and no others. Gives the linked inputs
/// that went.
fn follow_option(graph: &mut Graph, at: &At, name: &str, catalog: &Catalog) -> Vec<String> {
    let node = &graph[at.ix];
    let Some(def) = catalog.get(&node.class_type) else { return Vec::new() };
    let Some(InputKind::DynamicCombo(options)) = def.resolve_input(name).map(|input| &input.kind) else {
        return Vec::new();
    };
    let prefix = format!("{name}.");
    let key = node.widget(name).and_then(|widget| widget.value.clone()).unwrap_or_default();
    let fresh: Vec<Widget> =
        widgets::of_option(def, name, options, &key).into_iter().map(fresh::widget).collect();
    let same = |widget: &&Widget| widget.name.starts_with(&prefix);
    let before: Vec<&str> = node.widgets.iter().filter(same).map(|widget| &*widget.name).collect();
    if before.iter().all(|name| fresh.iter().any(|fresh| *fresh.name == **name)) && !before.is_empty() {
        return Vec::new();
    }
    let is_there = |def: &InputDef, rest: &str| rest.split('.').next() == Some(&*def.name);
    let option = widgets::find_option(options, &key);
    let stays = |input: &str| {
        let rest = input.strip_prefix(&prefix);
        rest.is_none_or(|rest| {
            option.is_some_and(|option| option.inputs.iter().any(|def| is_there(def, rest)))
        })
    };
    let gone: Vec<usize> = (0..node.inputs.len()).filter(|slot| !stays(&node.inputs[*slot].name)).collect();
    let mut lost = Vec::new();
    for slot in &gone {
        if graph.unlink(Slot { node: at.ix, slot: *slot }).is_some() {
            lost.push(graph[at.ix].inputs[*slot].name.to_string());
        }
    }
    remove_inputs(graph, at, &gone);
    let node = &mut graph[at.ix];
    node.widgets.retain(|widget| !widget.name.starts_with(&prefix));
    let behind =
        node.widgets.iter().position(|widget| &*widget.name == name).map_or(node.widgets.len(), |at| at + 1);
    node.widgets.splice(behind..behind, fresh);
    lost
}

/// Takes sockets without links away; the links of those behind them move.
fn remove_inputs(graph: &mut Graph, at: &At, gone: &[usize]) {
    if gone.is_empty() {
        return;
    }
    let links: Vec<_> = graph.links_into(at.ix);
    for link in &links {
        graph.unlink(link.to);
    }
    let node = &mut graph[at.ix];
    let mut slot = 0;
    node.inputs.retain(|_| {
        slot += 1;
        !gone.contains(&(slot - 1))
    });
    node.layout
        .iter_mut()
        .for_each(|layout| layout.labels.retain(|label| label.output || !gone.contains(&label.slot)));
    let moved = |slot: usize| slot - gone.iter().filter(|gone| **gone < slot).count();
    for label in node.layout.iter_mut().flat_map(|layout| &mut layout.labels).filter(|label| !label.output) {
        label.slot = moved(label.slot);
    }
    for link in links {
        let to = Slot { node: at.ix, slot: moved(link.to.slot) };
        graph.link_wanting(link.from, to, link.wants);
    }
}

/// What is wrong with a value that stands in a node.
pub(super) fn faults(catalog: &Catalog, node: &Node, name: &str) -> Vec<Diagnostic> {
    let Some(def) = catalog.get(&node.class_type) else { return Vec::new() };
    let widget = node.widget(name);
    if widget.is_some_and(|widget| widget.form == WidgetForm::Control) {
        return control_faults(node, name);
    }
    let mut alone = Graph::with_capacity(1, 0);
    let Ok(ix) = alone.insert(node.clone()) else { return Vec::new() };
    // the bundled catalog has no names of files
    let known = !matches!(def.resolve_input(name).map(|input| &input.kind), Some(InputKind::Combo(combo)) if combo.file_list);
    Validator::new(catalog).known_files(known).check_input(&alone, ix, name, None)
}

/// What would be wrong with a value.
fn literal_faults(catalog: &Catalog, node: &Node, name: &str, value: &Value) -> Vec<Diagnostic> {
    let mut node = node.clone();
    match node.widget_mut(name) {
        Some(widget) => widget.value = Some(value.clone()),
        None => node.widgets.push(Widget::new(name, value.clone())),
    }
    faults(catalog, &node, name)
}

/// What a seed does after each run.
fn control_faults(node: &Node, name: &str) -> Vec<Diagnostic> {
    const WORDS: [&str; 5] = ["fixed", "increment", "decrement", "randomize", "increment-wrap"];
    let value = node.widget(name).and_then(|widget| widget.value.clone()).unwrap_or_default();
    if value.as_str().is_some_and(|word| WORDS.contains(&word)) {
        return Vec::new();
    }
    let value = value.to_string();
    let message = format!("{}: {name} has no option {}", node.describe(), short(&value));
    let found = Diagnostic::new(codes::VALUE_NOT_IN_LIST, message).input(name);
    vec![found.help(format!("there is {}", WORDS.join(", ")))]
}
