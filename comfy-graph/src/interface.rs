//! What of a workflow is to be set from outside: its named, typed parameters, its outputs, and the roles of its inputs.
//!
//! An [`Interface`] is made of a graph as its author made it, before the passes. Its parameters come from what somebody
//! says of the workflow; of an input that several sources name the first counts:
//!
//! 1. entries `NODE.INPUT=NAME` and a sidecar file, given by the caller ([`InterfaceOptions`]; `explicit`, `sidecar`);
//! 2. texts `PARAM_…` in the place of values, as comfyui-mcp-server has them (`placeholders`);
//! 3. titles `$name.field!:description`, as Pixelle-MCP has them (`titles`);
//! 4. the inputs that the file shows in app mode, and the promoted widgets of subgraphs at the top (`declared`);
//! 5. primitives at the top that feed widgets (`primitives`);
//! 6. the [roles](Role): what links say about the samplers and all that is upstream of them (`roles`).
//!
//! A parameter is bound to the places where its value lives: a widget, the promoted widget of an instance, or a
//! primitive. [`Interface::find`] finds parameters, roles and inputs by name; [`Interface::set`] checks a value and
//! writes it. Nothing here reads files or prints.

mod collect;
mod declared;
mod explicit;
mod find;
mod kind;
mod listing;
mod outputs;
mod place;
mod placeholders;
mod primitives;
mod roles;
mod set;
mod sidecar;
#[cfg(test)]
mod tests;
mod text;
mod titles;
mod value;

use std::fmt;

use serde_json::Value;

use crate::{
    catalog::{Catalog, IoType},
    diag::WithDiagnostics,
    graph::{Graph, NodeKey},
    passes,
};

pub use find::Found;
pub use kind::{ParamKind, Range};
pub use placeholders::has_placeholders;
pub use roles::{Candidate, Role, RoleFound};
pub use set::write_shared;
pub use value::Given;

use collect::Collect;
use listing::Listing;
use roles::Roles;

/// A place of a value: an input of a node.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Binding {
    /// The node, as the prompt spells it: `3`, and `57:8` inside of the instance 57. Instances and primitives, which are
    /// in no prompt, are named in the same way.
    pub node: NodeKey,
    /// The input of that node.
    pub input: Box<str>,
}

impl Binding {
    /// The input of this name of the node with this key.
    pub fn new(node: impl Into<Box<str>>, input: impl Into<Box<str>>) -> Self {
        Self { node: NodeKey::new(node), input: input.into() }
    }
}

impl fmt::Display for Binding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.node, self.input)
    }
}

/// What a parameter comes from, the strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ParamSource {
    /// An entry of [`InterfaceOptions::entries`].
    Entry,
    /// `override_mappings` of the sidecar file.
    Sidecar,
    /// A text `PARAM_…` in the place of a value.
    Placeholder,
    /// A title `$name.field`.
    Title,
    /// The file shows the input in app mode.
    App,
    /// A promoted widget of a subgraph.
    Promoted,
    /// A primitive that feeds a widget.
    Primitive,
    /// What links say.
    Role(Role),
}

impl ParamSource {
    /// Whether a person chose the name for this purpose.
    pub fn is_named(self) -> bool {
        matches!(self, Self::Entry | Self::Sidecar | Self::Placeholder | Self::Title)
    }
}

impl fmt::Display for ParamSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Entry => "entry",
            Self::Sidecar => "sidecar",
            Self::Placeholder => "placeholder",
            Self::Title => "title",
            Self::App => "app mode",
            Self::Promoted => "promoted widget",
            Self::Primitive => "primitive",
            Self::Role(_) => "role",
        })
    }
}

/// A parameter of a workflow.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Param {
    /// What it is called; unique in its interface.
    pub name: Box<str>,
    /// What the file, or the sidecar, says about it.
    pub description: Option<Box<str>>,
    /// What it takes. Of several inputs, what all of them take.
    pub kind: ParamKind,
    /// The value without anybody setting it: the one in the file, or the catalog's in the place of a placeholder.
    pub default: Option<Value>,
    /// Has to be set before the workflow runs.
    pub required: bool,
    /// The catalog's one-line help.
    pub tooltip: Option<Box<str>>,
    /// What it comes from.
    pub source: ParamSource,
    /// Where its value lives; at least one place.
    pub bindings: Vec<Binding>,
}

/// A result that somebody waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Output {
    /// What it is called: the name in a title `$output.name`, else the id of the node.
    pub name: Box<str>,
    /// The node.
    pub node: NodeKey,
    /// What that node shows or saves: the type of its first linked input.
    pub io_type: Option<IoType>,
}

/// What a caller says about a workflow beside the file.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct InterfaceOptions {
    /// `NODE.INPUT=NAME`, in this order; `NODE.INPUT` alone takes the name of the input.
    pub entries: Vec<String>,
    /// The content of the workflow's `.meta.json`: `name`, `description`, `defaults`, `constraints` and
    /// `override_mappings`.
    pub sidecar: Option<Value>,
}

impl InterfaceOptions {
    /// Adds an entry `NODE.INPUT=NAME`.
    #[must_use]
    pub fn entry(mut self, entry: impl Into<String>) -> Self {
        self.entries.push(entry.into());
        self
    }

    /// Sets the content of the sidecar file.
    #[must_use]
    pub fn sidecar(mut self, content: Value) -> Self {
        self.sidecar = Some(content);
        self
    }
}

/// What of a workflow is to be set from outside, and what it gives.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Interface {
    /// What the workflow as a whole is for, in the words of its author.
    pub description: Option<Box<str>>,
    /// The parameters, those of the strongest source first.
    pub params: Vec<Param>,
    /// The results: those that titles name, else those of app mode, else all nodes that are outputs.
    pub outputs: Vec<Output>,
    roles: Roles,
    listing: Listing,
}

impl Interface {
    /// The interface of a graph, as a front made it. What makes no sense is in the diagnostics, and left out.
    pub fn of(graph: &Graph, catalog: &Catalog, options: &InterfaceOptions) -> WithDiagnostics<Self> {
        let flat = passes::lower_for_execution(graph).value;
        let listing = Listing::of(graph, &flat, catalog);
        let roles = Roles::of(graph, &flat, catalog);
        let mut collect = Collect::new(graph, catalog, &flat);
        explicit::collect(&mut collect, &listing, &options.entries);
        let described = options.sidecar.as_ref().and_then(|it| sidecar::collect(&mut collect, &listing, it));
        placeholders::collect(&mut collect);
        let titles = titles::collect(&mut collect, &listing);
        declared::collect(&mut collect);
        primitives::collect(&mut collect);
        roles.collect(&mut collect);
        if let Some(content) = &options.sidecar {
            sidecar::constrain(&mut collect, content);
        }
        let outputs = outputs::of(graph, &flat, catalog, titles.outputs);
        let Collect { params, found, .. } = collect;
        let description = titles.description.or(described);
        let value = Self { description, params, outputs, roles, listing };
        WithDiagnostics { value, diagnostics: found }
    }

    /// The parameter of this name.
    pub fn param(&self, name: &str) -> Option<&Param> {
        self.params.iter().find(|param| &*param.name == name)
    }

    /// What has a role.
    pub fn role(&self, role: Role) -> RoleFound {
        self.roles.get(role)
    }
}
