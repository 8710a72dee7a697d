//! Would the server run this? [`Validator`] asks the questions of ComfyUI's `execution.py: validate_prompt` of a
//! graph that was lowered for execution, and those that the server forgets to ask and regrets at run time.
//!
//! | question | module | in ComfyUI |
//! |---|---|---|
//! | is there anything to run? | `outputs` | `validate_prompt` |
//! | is the class known? | `classes` | `validate_prompt` |
//! | do nodes wait for each other? | `cycles` | `validate_inputs`, the path of visited nodes |
//! | which inputs does a node have, given its values? | `expand` | `_io.py: get_finalized_class_inputs` |
//! | is every required input there? | `links` | `validate_inputs` |
//! | is everything that is there declared? | `undeclared` | – |
//! | is every link one? | `broken` | `validate_inputs`, partly |
//! | do the types of linked slots fit? | `types` | `validation.py: validate_node_input` |
//! | does every value fit its input? | `values`, `combos`, `numbers` | `validate_inputs` |
//! | is it wise? | `advice` | – |
//!
//! Everything is found in one go, in time linear in the graph, without recursion over it. How to mend it is thought
//! about only where something is wrong (`wiring`: which outputs here would fit; [`crate::suggest`]: which names
//! look alike, which class could be added), and only so often.
//!
//! The server does not look at nodes that no output depends on. What people leave lying about there (an open required
//! socket, a file that is not installed) is a warning; all other mistakes are errors there, too.

mod advice;
mod broken;
mod classes;
mod combos;
mod cycles;
mod expand;
mod links;
pub(crate) mod numbers;
mod outputs;
mod single;
mod tables;
mod types;
mod undeclared;
mod values;
mod wiring;

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Deref,
    rc::Rc,
    sync::Arc,
};

use serde_json::Value;

use crate::{
    catalog::{Catalog, ComboDef, IoType, NodeDef},
    diag::{Code, Diagnostic, EditKind, Severity, Suggestion, WithDiagnostics},
    graph::{Graph, Node, NodeIx, Slot},
    suggest::{
        Suggestions,
        makers::{Makers, Surroundings},
    },
};

pub(crate) use single::{Declared, NamedInput, output_type};
use tables::Tables;
use wiring::Wiring;

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

/// Checks graphs against one catalog, or against none.
///
/// What it finds out about the catalog for the sake of its advice it keeps; clones share it.
#[derive(Clone, Debug)]
pub struct Validator<'c> {
    catalog: Option<&'c Catalog>,
    known_files: bool,
    tables: Arc<Tables>,
}

impl<'c> Validator<'c> {
    /// A validator for the server that this catalog describes.
    pub fn new(catalog: &'c Catalog) -> Self {
        Self { catalog: Some(catalog), known_files: true, tables: Arc::default() }
    }

    /// A validator that knows of no class: it finds what is wrong whatever the classes are (links that lead nowhere or
    /// are none, nodes that wait for each other).
    pub fn without_catalog() -> Self {
        Self { catalog: None, known_files: false, tables: Arc::default() }
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

    fn begin<'a>(&'a self, graph: &'a Graph) -> Check<'a> {
        Check {
            catalog: self.catalog,
            known_files: self.known_files,
            graph,
            resolved: BTreeMap::new(),
            combos: BTreeMap::new(),
            suggestions: Suggestions::default(),
            wiring: Wiring::default(),
            is_wired: false,
            tables: &self.tables,
            makers: None,
            surroundings: None,
            found: Vec::new(),
        }
    }

    /// What [`validate`](Self::validate) would find, in the order of the nodes and of their inputs.
    pub fn check(&self, graph: &Graph) -> Vec<Diagnostic> {
        let mut check = self.begin(graph);
        let reach = outputs::check(&mut check);
        cycles::check(&mut check, &reach);
        types::resolve_templates(&mut check);
        for (ix, node) in graph.nodes() {
            let view = NodeView { ix, node, runs: reach.contains(&ix) };
            if let Some(def) = check.def(&node.class_type) {
                links::check_node(&mut check, &view, def);
                continue;
            }
            if self.catalog.is_some() {
                classes::missing(&mut check, &view);
            }
            links::check_form(&mut check, &view);
        }
        advice::check(&mut check, &reach);
        check.found
    }
}

/// One check of one graph.
struct Check<'a> {
    catalog: Option<&'a Catalog>,
    known_files: bool,
    graph: &'a Graph,
    /// Types of outputs that follow a template, where the inputs decide them.
    resolved: BTreeMap<Slot, IoType>,
    /// What was found out about combos, by address.
    combos: BTreeMap<*const ComboDef, combos::Listed<'a>>,
    suggestions: Suggestions,
    /// Made by [`Check::wiring`].
    wiring: Wiring,
    is_wired: bool,
    tables: &'a Tables,
    /// Made by [`Check::makers`].
    makers: Option<Rc<Makers<'a>>>,
    /// Made by [`Check::surroundings`].
    surroundings: Option<Rc<Surroundings>>,
    found: Vec<Diagnostic>,
}

/// A node that is being looked at.
struct NodeView<'a> {
    ix: NodeIx,
    node: &'a Node,
    /// An output depends on it.
    runs: bool,
}

impl NodeView<'_> {
    /// A finding about the node. `message` follows the name of the node.
    fn about(&self, code: Code, message: &str) -> Diagnostic {
        Diagnostic::new(code, format!("{}: {message}", self.node.describe()))
            .node(&self.node.key)
            .at_opt(self.node.path())
    }

    /// A finding about an input of this node. `message` follows the name of the node.
    fn finding(&self, code: Code, input: &str, message: &str) -> Diagnostic {
        self.about(code, message).input(input).at_opt(self.node.input_path(input))
    }

    /// The suggestion to give an input another value, wherever the document has it.
    fn set_to(&self, input: &str, value: Value, mut suggestion: Suggestion) -> Suggestion {
        let path = self.node.input_path(input);
        if path.is_none() {
            suggestion.value = Some(value.clone());
        }
        suggestion.edit(path, EditKind::Replace(value))
    }

    /// As [`finding`](Self::finding), of something that people leave in nodes they do not run.
    fn left_over(&self, code: Code, input: &str, message: &str) -> Diagnostic {
        let mut finding = self.finding(code, input, message);
        if !self.runs {
            finding.severity = finding.severity.min(Severity::Warning);
        }
        finding
    }
}

impl<'a> Check<'a> {
    /// The definition of a class.
    fn def(&self, class_type: &str) -> Option<&'a NodeDef> {
        self.catalog?.get(class_type)
    }

    /// What comes out of a slot. `None` when there is no such slot, or nothing is known of it.
    fn output_type(&self, slot: Slot) -> Option<IoType> {
        if let Some(resolved) = self.resolved.get(&slot) {
            return Some(resolved.clone());
        }
        let node = &self.graph[slot.node];
        match self.def(&node.class_type) {
            Some(def) => def.outputs.get(slot.slot).map(|output| output.io_type.clone()),
            None => node.outputs.get(slot.slot).map(|output| output.io_type.clone()),
        }
    }

    /// How many outputs a node has, as far as is known.
    fn output_count(&self, node: NodeIx) -> usize {
        let node = &self.graph[node];
        self.def(&node.class_type).map_or(node.outputs.len(), |def| def.outputs.len())
    }

    /// The links, made ready at the first call.
    fn wiring(&mut self) -> &Wiring {
        if !self.is_wired {
            self.wiring = Wiring::new(self.graph);
            self.is_wired = true;
        }
        &self.wiring
    }

    /// The links, after [`wiring`](Self::wiring) was called.
    fn wiring_known(&self) -> &Wiring {
        debug_assert!(self.is_wired, "the wiring was not asked for");
        &self.wiring
    }

    /// The classes by what they give.
    fn makers(&mut self) -> Rc<Makers<'a>> {
        let catalog = self.catalog;
        let make = || Rc::new(Makers::new(catalog.into_iter().flat_map(Catalog::iter)));
        Rc::clone(self.makers.get_or_insert_with(make))
    }

    /// What the graph as a whole has and misses.
    fn surroundings(&mut self) -> Rc<Surroundings> {
        if let Some(known) = &self.surroundings {
            return Rc::clone(known);
        }
        let made = Rc::new(wiring::surroundings(self));
        Rc::clone(self.surroundings.insert(made))
    }
}

/// The nodes that an output depends on.
type Reach = BTreeSet<NodeIx>;
