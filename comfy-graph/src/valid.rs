//! Would the server run this? [`Validator`] asks the questions of ComfyUI's `execution.py: validate_prompt` of a
//! graph that was lowered for execution, and some that the server forgets to ask and regrets at run time.
//!
//! | question | module | in ComfyUI |
//! |---|---|---|
//! | is there anything to run? | `outputs` | `validate_prompt` |
//! | do nodes wait for each other? | `cycles` | `validate_inputs`, the path of visited nodes |
//! | which inputs does a node have, given its values? | `expand` | `_io.py: get_finalized_class_inputs` |
//! | is every required input there? | `links` | `validate_inputs` |
//! | do the types of linked slots fit? | `types` | `validation.py: validate_node_input` |
//! | does every value fit its input? | `widgets` | `validate_inputs` |
//!
//! Everything is found in one go, in time linear in the graph, without recursion over it. What is wrong with a
//! node that no output depends on does not keep the server from running the rest, and is a warning.

mod cycles;
mod expand;
mod links;
mod outputs;
mod types;
mod widgets;

use std::{collections::BTreeMap, ops::Deref};

use crate::{
    catalog::{Catalog, ComboDef, IoType, NodeDef},
    diag::{Code, Diagnostic, Severity, WithDiagnostics},
    graph::{Graph, Node, NodeIx, Slot},
    suggest::Suggestions,
};

/// A value that was checked, or that somebody vouches for.
///
/// Cannot be changed without taking it out again.
#[derive(Clone, Debug, PartialEq, Eq)]
#[repr(transparent)]
pub struct Valid<T>(T);

impl<T> Valid<T> {
    /// Vouches for a value that was not checked here, e.g. because a server accepted it.
    pub fn assume_valid(value: T) -> Self {
        Self(value)
    }

    /// The value, for changing; the promise ends here.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> Deref for Valid<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> AsRef<T> for Valid<T> {
    fn as_ref(&self) -> &T {
        &self.0
    }
}

/// Checks graphs against one catalog.
#[derive(Clone, Copy, Debug)]
pub struct Validator<'c> {
    catalog: &'c Catalog,
    known_files: bool,
}

impl<'c> Validator<'c> {
    /// A validator for the server that this catalog describes.
    pub fn new(catalog: &'c Catalog) -> Self {
        Self { catalog, known_files: true }
    }

    /// Whether the catalog's lists of files are those of the server that will run the graph. Where they are not
    /// (the bundled catalog, another machine), nothing is said of file names.
    #[must_use]
    pub fn known_files(mut self, known: bool) -> Self {
        self.known_files = known;
        self
    }

    /// Checks a graph that [`lower_for_execution`](crate::passes::lower_for_execution) made.
    ///
    /// # Errors
    /// The graph and everything found, when any of it is an error. In both cases the warnings are there too.
    pub fn validate(
        &self,
        graph: Graph,
    ) -> Result<WithDiagnostics<Valid<Graph>>, Box<WithDiagnostics<Graph>>> {
        let checked = WithDiagnostics { diagnostics: self.check(&graph), value: graph };
        if checked.has_errors() { Err(Box::new(checked)) } else { Ok(checked.map(Valid)) }
    }

    /// What [`validate`](Self::validate) would find, in the order of the nodes and of their inputs.
    pub fn check(&self, graph: &Graph) -> Vec<Diagnostic> {
        let mut check = Check {
            catalog: self.catalog,
            known_files: self.known_files,
            graph,
            resolved: BTreeMap::new(),
            combos: BTreeMap::new(),
            suggestions: Suggestions::default(),
            found: Vec::new(),
        };
        let reach = outputs::check(&mut check);
        cycles::check(&mut check, &reach);
        types::resolve_templates(&mut check);
        for (ix, node) in graph.nodes() {
            match self.catalog.get(&node.class_type) {
                Some(def) => {
                    let view = NodeView { ix, node, def, runs: reach.contains(&ix) };
                    links::check_node(&mut check, &view);
                }
                None => check.missing_class(node),
            }
        }
        check.found
    }
}

/// One check of one graph.
struct Check<'a> {
    catalog: &'a Catalog,
    known_files: bool,
    graph: &'a Graph,
    /// Types of outputs that follow a template, where the inputs decide them.
    resolved: BTreeMap<Slot, IoType>,
    /// What was found out about combos, by address.
    combos: BTreeMap<*const ComboDef, widgets::Listed<'a>>,
    suggestions: Suggestions,
    found: Vec<Diagnostic>,
}

/// A node whose class is known.
struct NodeView<'a> {
    ix: NodeIx,
    node: &'a Node,
    def: &'a NodeDef,
    /// An output depends on it.
    runs: bool,
}

impl NodeView<'_> {
    /// A finding about an input of this node. `message` follows the name of the node.
    fn finding(&self, code: Code, input: &str, message: &str) -> Diagnostic {
        let mut finding = Diagnostic::new(code, format!("{}: {message}", self.node.describe()))
            .node(&self.node.key)
            .input(input)
            .at_opt(self.node.path())
            .at_opt(self.node.input_path(input));
        if !self.runs {
            finding.severity = finding.severity.min(Severity::Warning);
        }
        finding
    }
}

impl Check<'_> {
    /// `validate_prompt` stops at the first of these; every node counts, whether an output needs it or not.
    fn missing_class(&mut self, node: &Node) {
        let class = &*node.class_type;
        let message = if class.is_empty() {
            format!("node #{} has no class", node.key)
        } else {
            format!("{}: the catalog has no class {class:?}", node.describe())
        };
        let mut finding = Diagnostic::new(crate::diag::codes::MISSING_NODE_TYPE, message)
            .node(&node.key)
            .at_opt(node.path());
        if let Some(near) = self.suggestions.nearest(class, self.catalog.class_types()) {
            finding = finding.help(format!("did you mean {near:?}?"));
        }
        self.found.push(finding);
    }
}
