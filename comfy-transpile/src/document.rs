//! A document that was read: its text, its graph, what reading it said, and where things are in it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::{Arc, OnceLock},
};

use comfy_graph::{
    catalog::Catalog,
    diag::{Diagnostic, JsonPath, Place, WithDiagnostics, render, render::Position},
    diff::Level,
    front::{self, Format, Parsed},
    graph::{Graph, Link, Node, Slot},
    interface::InterfaceOptions,
};
use comfy_reader::{Places, ReadFlow};

use crate::input::Input;

/// What a text can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Form {
    /// The UI format.
    Workflow,
    /// The API format.
    Prompt,
    /// A flow in Rust.
    Rust,
    /// A link list or a flowchart.
    Diagram,
}

/// A document of any form that was read, and nothing done to it. [`Compiler::open`](crate::Compiler::open) makes it.
///
/// It finds places for what others say of its nodes, such as a server that refuses the prompt:
///
/// ```
/// use comfy_graph::diag::{Diagnostic, codes};
/// use comfy_transpile::{Compiler, Input};
///
/// let flow = "use comfy_dsl::prelude::*;\nuse nodes::*;\npub fn flow(g: &Flow) {\n    \
///     g.add(PreviewImage::new().images(g.add(EmptyImage::new().id(57))));\n}\n";
/// let document = Compiler::bundled().open(&Input::from_text("flow.rs", flow))?;
/// assert_eq!(document.node_line("57"), Some(4));
///
/// let refused = Diagnostic::new(codes::VALUE_BIGGER_THAN_MAX, "too big").node("57").input("width");
/// let refused = document.locate(refused);
/// assert_eq!(refused.class_type.as_deref(), Some("EmptyImage"));
/// assert!(refused.place.is_some());
/// # Ok::<(), comfy_transpile::Error>(())
/// ```
#[derive(Clone)]
pub struct Document {
    input: Input,
    form: Form,
    graph: Graph,
    diagnostics: Vec<Diagnostic>,
    catalog: Arc<Catalog>,
    /// The graph as it was read, if it was edited since.
    read: Option<Arc<Graph>>,
    /// Of a flow in Rust.
    places: Places,
    /// The places of all nodes in a JSON text, made when a line is first asked for.
    positions: OnceLock<BTreeMap<JsonPath, Position>>,
    outside: Outside,
}

/// What was set and said from outside of the text.
#[derive(Clone, Debug, Default)]
pub(crate) struct Outside {
    /// Whether values were set, so that the graph says something else than the text.
    pub(crate) changed: bool,
    /// The inputs of the prompt that have another value by that, as node and name.
    pub(crate) inputs: BTreeSet<(Box<str>, Box<str>)>,
    /// What is known of the parameters beside the text.
    pub(crate) interface: InterfaceOptions,
}

impl Document {
    pub(crate) fn of_json(input: Input, catalog: Arc<Catalog>, read: WithDiagnostics<Parsed>) -> Self {
        let WithDiagnostics { value: Parsed { format, graph }, diagnostics } = read;
        let form = match format {
            Format::Workflow => Form::Workflow,
            Format::Prompt => Form::Prompt,
        };
        let (places, positions) = (Places::default(), OnceLock::new());
        let outside = Outside::default();
        Self { input, form, graph, diagnostics, catalog, read: None, places, positions, outside }
    }

    pub(crate) fn of_rust(input: Input, catalog: Arc<Catalog>, read: WithDiagnostics<ReadFlow>) -> Self {
        let WithDiagnostics { value: ReadFlow { graph, places }, diagnostics } = read;
        let (positions, outside) = (OnceLock::new(), Outside::default());
        Self { input, form: Form::Rust, graph, diagnostics, catalog, read: None, places, positions, outside }
    }

    pub(crate) fn of_diagram(input: Input, catalog: Arc<Catalog>, read: WithDiagnostics<Graph>) -> Self {
        let WithDiagnostics { value: graph, diagnostics } = read;
        let (form, places, positions) = (Form::Diagram, Places::default(), OnceLock::new());
        let outside = Outside::default();
        Self { input, form, graph, diagnostics, catalog, read: None, places, positions, outside }
    }

    /// The same text with another graph, and what more was found.
    pub(crate) fn changed(&self, graph: Graph, outside: Outside, found: Vec<Diagnostic>) -> Self {
        let mut changed = Self { graph, outside, ..self.clone() };
        changed.diagnostics.extend(found);
        changed
    }

    pub(crate) fn outside(&self) -> &Outside {
        &self.outside
    }

    /// The same with another graph, which was made of its own. What reading said of nodes that are others now is
    /// forgotten.
    pub(crate) fn edited(mut self, graph: Graph) -> Self {
        let read = std::mem::replace(&mut self.graph, graph);
        self.read.get_or_insert_with(|| Arc::new(read));
        let found = std::mem::take(&mut self.diagnostics);
        let is_true = |found: &Diagnostic| found.node.as_deref().is_none_or(|key| !self.is_changed(key));
        self.diagnostics = found.into_iter().filter(is_true).collect();
        self
    }

    /// Whether it was edited, so that its text does not say what its graph does.
    pub fn is_edited(&self) -> bool {
        self.read.is_some()
    }

    /// Whether a node, or what it is linked to, is not what the text says.
    pub(crate) fn is_changed(&self, key: &str) -> bool {
        let Some(read) = &self.read else { return false };
        let same = self.graph.node_of_key(key) == read.node_of_key(key);
        !same || sources(&self.graph, key) != sources(read, key)
    }

    /// What messages call it.
    pub fn name(&self) -> &str {
        self.input.name()
    }

    /// Its text; of one that was edited, that before.
    pub fn text(&self) -> &str {
        self.input.text()
    }

    /// What was opened.
    pub fn input(&self) -> &Input {
        &self.input
    }

    /// What it is.
    pub fn form(&self) -> Form {
        self.form
    }

    /// What it says, as its author made it.
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// The graph, for changing.
    pub fn into_graph(self) -> Graph {
        self.graph
    }

    /// What reading it said.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// What of two documents can be compared: two workflows, or two flows, as their authors wrote them. A prompt has
    /// no notes, and a flow has constants instead of primitives; so else what would be queued.
    pub fn level(&self, other: &Self) -> Level {
        let alike = self.form == other.form && self.form != Form::Prompt;
        if alike { Level::Authored } else { Level::Queued }
    }

    /// The node that a key of the prompt names (`57`, or `57:8` inside of the subgraph that #57 is).
    pub fn node(&self, key: &str) -> Option<&Node> {
        self.graph.node_of_key(key)
    }

    /// Where in the text a node is, or an input of it: in JSON the place of the value, else of the socket; in Rust what
    /// the input is given, else where the node is added. `key` is as the prompt spells it.
    pub fn place(&self, key: &str, input: Option<&str>) -> Option<Place> {
        match (self.form, input) {
            (Form::Rust | Form::Diagram, _) => {
                let range = self.places.place(&self.graph, key, input)?;
                Some(Place::Bytes { start: range.start, end: range.end })
            }
            (Form::Workflow | Form::Prompt, Some(input)) => {
                front::place_of_input(self.text(), &self.graph, &self.catalog, key, input).map(Place::Json)
            }
            (Form::Workflow | Form::Prompt, None) => self.node(key)?.path().map(Place::Json),
        }
    }

    /// What is said of a node or an input, with what it lacks of the node's class, its title and the place in the text.
    /// The node is named as the prompt spells it.
    #[must_use]
    pub fn locate(&self, mut found: Diagnostic) -> Diagnostic {
        let Some(key) = found.node.clone() else { return found };
        if found.class_type.is_none() {
            name(&mut found, &self.graph);
        }
        if found.place.is_none() {
            found.place = self.place(&key, found.input.as_deref());
        }
        found
    }

    /// The line that a node is on, counted from 1, for showing how far a run is. `key` is as the prompt spells it.
    pub fn node_line(&self, key: &str) -> Option<usize> {
        let path = match self.form {
            Form::Rust | Form::Diagram => {
                let place = self.place(key, None)?;
                let [position] = render::positions([&place], (self.name(), self.text())).try_into().ok()?;
                return position.map(|position: Position| position.line);
            }
            Form::Workflow | Form::Prompt => self.node(key)?.path()?,
        };
        self.positions.get_or_init(|| self.find_nodes()).get(&path).map(|position| position.line)
    }

    /// Where all nodes are. The text is parsed once for them.
    fn find_nodes(&self) -> BTreeMap<JsonPath, Position> {
        let inside = self.graph.subgraphs().flat_map(|(_, subgraph)| subgraph.graph.nodes());
        let paths = self.graph.nodes().chain(inside).filter_map(|(_, node)| node.path());
        let places: Vec<Place> = paths.map(Place::Json).collect();
        let positions = render::positions(&places, (self.name(), self.text()));
        let found = places.into_iter().zip(positions).filter_map(|(place, position)| match place {
            Place::Json(path) => Some((path, position?)),
            _ => None,
        });
        found.collect()
    }
}

/// What the inputs of a node at the top are linked to.
fn sources<'g>(graph: &'g Graph, key: &str) -> Vec<Option<(&'g str, usize)>> {
    let Some(ix) = graph.find(key) else { return Vec::new() };
    let source = |slot| graph.source(Slot { node: ix, slot });
    let named = |Link { from, .. }: Link| (graph[from.node].key.as_str(), from.slot);
    (0..graph[ix].inputs.len()).map(|slot| source(slot).map(named)).collect()
}

/// Says of which class the node is, and what it is called.
pub(crate) fn name(diagnostic: &mut Diagnostic, graph: &Graph) {
    let node = diagnostic.node.as_deref().and_then(|key| graph.node_of_key(key));
    if let Some(node) = node.filter(|node| !node.class_type.is_empty()) {
        diagnostic.class_type = Some(node.class_type.clone());
        diagnostic.title.clone_from(&node.title);
    }
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Document")
            .field("name", &self.name())
            .field("form", &self.form)
            .field("nodes", &self.graph.len())
            .field("diagnostics", &self.diagnostics.len())
            .finish_non_exhaustive()
    }
}
