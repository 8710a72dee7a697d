//! Parameters as they are found, source by source: who is first for an input, and whose a name is.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    Binding, Param, ParamKind, ParamSource,
    place::{self, Home, Known},
};
use crate::{
    catalog::{Catalog, InputDef},
    diag::{Code, Diagnostic, Severity, codes, short},
    graph::{Graph, Node},
};

/// What is being collected.
pub(super) struct Collect<'a> {
    pub(super) graph: &'a Graph,
    pub(super) catalog: &'a Catalog,
    /// The graph as it runs.
    pub(super) flat: &'a Graph,
    pub(super) params: Vec<Param>,
    pub(super) found: Vec<Diagnostic>,
    /// The parameter of each input that has one.
    taken: BTreeMap<Binding, usize>,
    names: BTreeMap<Box<str>, usize>,
    pub(super) known: Known<'a>,
}

/// A parameter that somebody named.
pub(super) struct Draft {
    pub(super) name: Box<str>,
    pub(super) description: Option<Box<str>>,
    pub(super) required: bool,
    pub(super) source: ParamSource,
    pub(super) binding: Binding,
}

impl Draft {
    pub(super) fn new(name: impl Into<Box<str>>, source: ParamSource, binding: Binding) -> Self {
        Self { name: name.into(), description: None, required: false, source, binding }
    }
}

impl<'a> Collect<'a> {
    pub(super) fn new(graph: &'a Graph, catalog: &'a Catalog, flat: &'a Graph) -> Self {
        let (taken, names, known) = (BTreeMap::new(), BTreeMap::new(), Known::new(graph));
        Self { graph, catalog, flat, params: Vec::new(), found: Vec::new(), taken, names, known }
    }

    /// The place that a value of this input is to be written to: where the value lives, if nothing else gets it from
    /// there.
    pub(super) fn place(&self, binding: Binding) -> Binding {
        match place::home(self.graph, &binding) {
            Some(Home { binding, shared: false }) => binding,
            _ => binding,
        }
    }

    /// Adds a parameter, or another place of one that the same source has named before.
    pub(super) fn add(&mut self, draft: Draft) {
        if let Some(owner) = self.taken.get(&draft.binding) {
            let owner = self.params.get(*owner).map(|param| (param.source, param.name.clone()));
            let Some((source, name)) = owner else { return };
            if source == draft.source && name != draft.name && source.is_named() {
                let message = format!(
                    "{} is `{}` already, and cannot be `{}` too",
                    draft.binding,
                    short(&name),
                    short(&draft.name)
                );
                self.clash(&draft, message);
            }
            return;
        }
        let same = self.names.get(&draft.name).copied();
        match same.and_then(|at| Some((at, self.params.get(at)?.source))) {
            Some((at, source)) if source == draft.source && source.is_named() => self.bind_another(at, draft),
            Some(_) if matches!(draft.source, ParamSource::Role(_)) => {
                let message = format!(
                    "`{}` is the name of another parameter; {} has no name of its own",
                    draft.name, draft.binding
                );
                self.clash(&draft, message);
            }
            Some((_, source)) if draft.source.is_named() => {
                let message = format!(
                    "the name `{}` is taken ({source}); {} gets none",
                    short(&draft.name),
                    draft.binding
                );
                self.clash(&draft, message);
            }
            Some(_) => {
                let name = self.free_name(&draft);
                self.insert(Draft { name, ..draft });
            }
            None => self.insert(draft),
        }
    }

    /// A name with the id of its node, for one of several inputs of the same name.
    fn free_name(&self, draft: &Draft) -> Box<str> {
        let node = draft.binding.node.as_str().replace(':', "_");
        let mut name = format!("{}_{node}", draft.name);
        while self.names.contains_key(name.as_str()) {
            name.push('_');
        }
        name.into()
    }

    fn clash(&mut self, draft: &Draft, message: String) {
        let mut found = self.about(codes::DUPLICATE_SETTING, &draft.binding, message);
        let named = draft.source.is_named();
        found.severity = if named { Severity::Warning } else { Severity::Note };
        self.found.push(found);
    }

    /// A finding about a place.
    pub(super) fn about(&self, code: Code, binding: &Binding, message: impl Into<String>) -> Diagnostic {
        let node = place::node_at(self.graph, binding.node.as_str());
        let found = Diagnostic::new(code, message).node(&binding.node).input(binding.input.clone());
        match node.and_then(|node| node.input_path(&binding.input)) {
            Some(path) => found.at(path),
            None => found.at_opt(node.and_then(Node::path)),
        }
    }

    fn insert(&mut self, draft: Draft) {
        let defs = self.known.declared(self.catalog, &draft.binding);
        let value = self.known.value_at(&draft.binding);
        let Some(kind) = self.kind(&defs, &draft, value.as_ref()) else { return };
        let is_placeholder = draft.source == ParamSource::Placeholder;
        // what a prompt leaves out is the default, too
        let default = value.filter(|_| !is_placeholder).or_else(|| self.default_of(&draft.binding));
        let tooltip = defs.iter().find_map(|def| def.tooltip.clone());
        self.taken.insert(draft.binding.clone(), self.params.len());
        self.names.insert(draft.name.clone(), self.params.len());
        let Draft { name, description, required, source, binding } = draft;
        let bindings = vec![binding];
        self.params.push(Param { name, description, kind, default, required, tooltip, source, bindings });
    }

    /// What an input takes; `None`, and a finding, where there is no such input.
    fn kind(&mut self, defs: &[&InputDef], draft: &Draft, value: Option<&Value>) -> Option<ParamKind> {
        let mut kinds = defs.iter().map(|def| ParamKind::of(def));
        if let Some(mut kind) = kinds.next() {
            kinds.for_each(|other| kind.narrow(&other));
            return Some(kind);
        }
        let node = place::node_at(self.graph, draft.binding.node.as_str());
        let input = node.and_then(|node| node.inputs.iter().find(|input| input.name == draft.binding.input));
        let is_there =
            input.is_some() || node.is_some_and(|node| node.widget(&draft.binding.input).is_some());
        if !is_there {
            let what = node.map_or_else(|| "no such node".to_owned(), Node::describe);
            let message =
                format!("`{}`: {what} has no input `{}`", short(&draft.name), short(&draft.binding.input));
            let found = self.about(codes::UNKNOWN_INPUT, &draft.binding, message);
            self.found.push(Diagnostic { severity: Severity::Warning, ..found });
            return None;
        }
        let is_socket = input.is_some_and(|input| !input.widget && input.value.is_none());
        match input.filter(|_| is_socket && value.is_none()) {
            Some(socket) => Some(ParamKind::Link(socket.io_type.clone())),
            None => Some(ParamKind::like(value)),
        }
    }

    /// Another place of a parameter that is there.
    fn bind_another(&mut self, at: usize, draft: Draft) {
        let defs = self.known.declared(self.catalog, &draft.binding);
        let value = self.known.value_at(&draft.binding);
        let Some(kind) = self.kind(&defs, &draft, value.as_ref()) else { return };
        let Some(param) = self.params.get_mut(at) else { return };
        self.taken.insert(draft.binding.clone(), at);
        param.kind.narrow(&kind);
        param.required |= draft.required;
        param.description = param.description.take().or(draft.description);
        param.tooltip = param.tooltip.take().or_else(|| defs.iter().find_map(|def| def.tooltip.clone()));
        param.bindings.push(draft.binding);
    }

    /// The value of an input that nobody set.
    fn default_of(&mut self, binding: &Binding) -> Option<Value> {
        let (node, input) = self.known.targets(binding).into_iter().next()?;
        let def = self.catalog.get(&node.class_type)?;
        crate::catalog::widgets::default_of(def, input, def.resolve_input(input)?)
    }

    /// The parameter of this name.
    pub(super) fn param_mut(&mut self, name: &str) -> Option<&mut Param> {
        self.params.get_mut(*self.names.get(name)?)
    }

    /// The nodes of the top.
    pub(super) fn top(&self) -> impl Iterator<Item = &'a Node> + use<'a> {
        self.graph.nodes().map(|(_, node)| node)
    }
}
