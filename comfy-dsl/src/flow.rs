//! [`Flow`]: the graph being written, seen from one scope (the outermost, or the inside of a subgraph).
//!
//! Only the surface lives here; the bookkeeping of scopes and links is in `state`, the IR is made in `lower`.

use std::{
    collections::BTreeSet,
    fmt::Display,
    panic::Location,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use comfy_graph::{
    back,
    diag::{Diagnostic, WithDiagnostics, codes},
    graph::{Graph, Mode, NodeSource},
    passes,
    valid::Validator,
};
use serde_json::Value;

use crate::{
    Boundary, ComfyType, NodeRef, NodeSpec, Output, Problems, RawValue, check, lower,
    node::NodeResult,
    record::Record,
    state::{State, flow_number},
};

/// A workflow being written.
///
/// A cheap handle: a clone, or the handle of a subgraph, writes to the same workflow. Nothing here panics or
/// fails; what is wrong is reported by [`build`](Self::build).
#[derive(Clone, Debug)]
pub struct Flow {
    pub(crate) state: Arc<Mutex<State<'static>>>,
    number: u32,
    /// Index into [`State::scopes`]; 0 is the outermost.
    scope: usize,
}

impl Default for Flow {
    fn default() -> Self {
        Self::new()
    }
}

impl Flow {
    /// A workflow with nothing in it.
    pub fn new() -> Self {
        let number = flow_number();
        Self { state: Arc::new(Mutex::new(State::new(number))), number, scope: 0 }
    }

    /// Adds a node and gives its outputs: one [`Output`], a struct of several, or a [`NodeRef`] for none.
    ///
    /// Calls nest: `g.add(SaveImage::new().images(g.add(VAEDecode::new()…)))`.
    #[track_caller]
    pub fn add<N: NodeSpec>(&self, mut node: N) -> N::Out {
        let record = std::mem::take(node.record());
        let id = self.lock().add(self.scope, record, here());
        N::Out::of(self.node(id))
    }

    /// Leaves a node out when running and passes its inputs on to outputs of the same type (Ctrl-B).
    #[track_caller]
    pub fn bypass(&self, node: impl Into<NodeRef>) {
        self.mode(node, Mode::Bypass);
    }

    /// Leaves a node and all links from it out when running (Ctrl-M).
    #[track_caller]
    pub fn mute(&self, node: impl Into<NodeRef>) {
        self.mode(node, Mode::Never);
    }

    /// Whether and how a node takes part in execution.
    #[track_caller]
    pub fn mode(&self, node: impl Into<NodeRef>, mode: Mode) {
        self.lock().mode(node.into(), mode, here());
    }

    /// The title on a node, where it is not the default one.
    #[track_caller]
    pub fn title(&self, node: impl Into<NodeRef>, title: impl Into<String>) {
        self.lock().title(node.into(), title.into().into(), here());
    }

    /// Sets an input of a node that was added before, by its key in the prompt, or an input of a subgraph's
    /// [instance](Self::instance) by its name. What [`NodeExt::raw_input`](crate::NodeExt::raw_input) is before adding;
    /// needed where a link comes from a node that is added later.
    ///
    /// ```
    /// use comfy_dsl::prelude::*;
    ///
    /// let g = Flow::new();
    /// let loader = g.add(RawNode::new("LoadAfter").input("after", unlinked::<Any>()));
    /// let image = g.add(RawNode::new("LoadImage").input("image", "cat.png")).out::<Any>(0);
    /// g.raw_input(loader, "after", image);
    /// assert_eq!(g.to_prompt()["1"]["inputs"]["after"], json!(["2", 0]));
    /// ```
    #[track_caller]
    pub fn raw_input(&self, node: impl Into<NodeRef>, name: impl Into<String>, value: impl RawValue) {
        self.lock().raw_input(node.into(), name.into().into(), value.into_val(), here());
    }

    /// The id of a node in the prompt, where not the next free number is wanted; unique in its scope. What
    /// [`NodeExt::id`](crate::NodeExt::id) is before adding, for nodes that are there and for
    /// [instances](Self::instance) of subgraphs.
    #[track_caller]
    pub fn id(&self, node: impl Into<NodeRef>, id: impl Display) {
        self.lock().id(node.into(), id.to_string().into(), here());
    }

    /// The key that a node has in the prompt: `"3"`, or `"3:4"` inside of a subgraph. `None` if it is no node of
    /// this flow.
    ///
    /// What a server says about a running prompt names nodes by this key. Numbers follow the order of adding, so
    /// ask when everything is added: `.id(..)` on a later node can take the number of an earlier one.
    ///
    /// ```
    /// use comfy_dsl::prelude::*;
    ///
    /// let g = Flow::new();
    /// let cat = g.add(RawNode::new("LoadImage").input("image", "cat.png"));
    /// let save = g.add(RawNode::new("SaveImage").input("images", cat.out::<Any>(0)).id("final"));
    /// assert_eq!(g.id_of(cat).as_deref(), Some("1"));
    /// assert_eq!(g.to_prompt()[g.id_of(save).expect("a node of g")]["class_type"], "SaveImage");
    /// ```
    pub fn id_of(&self, node: impl Into<NodeRef>) -> Option<String> {
        self.lock().id_of(node.into())
    }

    /// Adds a note for people. It stays in the graph, and is no part of the prompt.
    ///
    /// ```
    /// use comfy_dsl::prelude::*;
    ///
    /// let g = Flow::new();
    /// let note = g.note("Use a checkpoint of the SD 1.5 family.");
    /// g.title(note, "Checkpoints");
    /// assert_eq!(g.to_graph().value.len(), 1);
    /// assert_eq!(g.to_prompt(), json!({}));
    /// ```
    #[track_caller]
    pub fn note(&self, text: impl Into<String>) -> NodeRef {
        let id = self.lock().add(self.scope, Record::note(text.into().into()), here());
        self.node(id)
    }

    /// Copies everything of another flow into this scope. Its outputs can be used here from now on, and ids stay
    /// unique: copies are numbered after what is there.
    ///
    /// Flows that are functions need no merging: call them with the same `g`.
    ///
    /// ```
    /// use comfy_dsl::prelude::*;
    ///
    /// let library = Flow::new();
    /// let cat = library.add(RawNode::new("LoadImage").input("image", "cat.png")).out::<Any>(0);
    ///
    /// let g = Flow::new();
    /// g.add(RawNode::new("SaveImage").input("images", unlinked::<Any>()));
    /// g.merge(&library);
    /// g.add(RawNode::new("SaveImage").input("images", cat));
    /// assert_eq!(g.to_prompt()["3"]["inputs"]["images"], json!(["2", 0]));
    /// ```
    pub fn merge(&self, other: &Self) {
        // a copy first: it may be the same flow
        let copy = other.lock().clone();
        self.lock().merge(self.scope, copy);
    }

    /// Begins a subgraph of this name and a use of it here; the handle writes to its inside.
    ///
    /// A subgraph is a function of the author's:
    /// ```
    /// use comfy_dsl::prelude::*;
    /// # use comfy_dsl::ComfyType;
    /// # struct Image;
    /// # impl ComfyType for Image { const NAME: &'static str = "IMAGE"; }
    ///
    /// fn enlarge(g: &Flow, image: Output<Image>, factor: impl FloatInput) -> Output<Image> {
    ///     let g = &g.subgraph("Enlarge");
    ///     let image = g.input("image", image);
    ///     let factor = g.input("factor", factor);
    ///     let scaled = g.add(RawNode::new("ImageScaleBy").input("image", image).input("scale_by", factor));
    ///     g.output("IMAGE", scaled.out::<Image>(0))
    /// }
    ///
    /// let g = Flow::new();
    /// let image = g.add(RawNode::new("LoadImage").input("image", "cat.png")).out(0);
    /// let image = enlarge(&g, image, 1.5);
    /// enlarge(&g, image, 2);
    /// let graph = g.to_graph().value;
    /// assert_eq!(graph.subgraphs().len(), 2);
    /// ```
    /// Every call makes its own definition with one instance. An output of the surroundings that is used inside
    /// without [`input`](Self::input) becomes an input by itself.
    #[must_use]
    #[track_caller]
    pub fn subgraph(&self, name: impl Into<String>) -> Self {
        let scope = self.lock().begin(self.scope, name.into().into(), here());
        Self { state: Arc::clone(&self.state), number: self.number, scope }
    }

    /// Declares the next input of this subgraph. A link is handed in; a value becomes a widget of the instance;
    /// `None` leaves the input of this instance unconnected. Gives the output to use inside.
    ///
    /// The type is that of the parameter handed in (`impl FloatInput`, `Output<Image>`). An integer could be an
    /// `INT` or a `FLOAT`, so it has to be told: `g.input::<Int>("steps", 20_i64)`.
    #[track_caller]
    pub fn input<T: ComfyType>(&self, name: impl Into<String>, value: impl Boundary<T>) -> Output<T> {
        self.input_typed(name, T::NAME, value)
    }

    /// [`input`](Self::input) for a port whose ComfyUI type is not that of `T`, e.g. a union (`"IMAGE,MASK"`).
    #[track_caller]
    pub fn input_typed<T>(
        &self,
        name: impl Into<String>,
        io_type: impl Into<String>,
        value: impl Boundary<T>,
    ) -> Output<T> {
        let (name, io_type) = (name.into().into(), io_type.into().into());
        Output::new(self.lock().input(self.scope, name, io_type, value.into_val(), here()))
    }

    /// Declares the next output of this subgraph, and gives the output of the instance around it. Several
    /// outputs are several calls; the function returns a tuple.
    #[track_caller]
    pub fn output<T: ComfyType>(&self, name: impl Into<String>, from: Output<T>) -> Output<T> {
        self.output_typed(name, T::NAME, from)
    }

    /// [`output`](Self::output) for a port whose ComfyUI type is not that of `T`.
    #[track_caller]
    pub fn output_typed<T>(
        &self,
        name: impl Into<String>,
        io_type: impl Into<String>,
        from: Output<T>,
    ) -> Output<T> {
        let (name, io_type) = (name.into().into(), io_type.into().into());
        Output::new(self.lock().output(self.scope, name, io_type, from.link, here()))
    }

    /// The instance of this subgraph in the surrounding scope; what a function returns for a subgraph without
    /// outputs, and what to [`bypass`](Self::bypass) or [`title`](Self::title).
    pub fn instance(&self) -> NodeRef {
        let id = self.lock().instance_of(self.scope);
        self.node(id)
    }

    /// The graph of the whole workflow, whichever scope this handle is of, and what went wrong in writing it.
    ///
    /// Nodes are numbered in the order of adding, over all scopes; an instance of a subgraph counts at its
    /// beginning.
    pub fn to_graph(&self) -> WithDiagnostics<Graph> {
        self.lock().to_graph()
    }

    /// The prompt in ComfyUI's API format, as the frontend would queue this workflow.
    ///
    /// ```
    /// use comfy_dsl::prelude::*;
    ///
    /// let g = Flow::new();
    /// let cat = g.add(RawNode::new("LoadImage").input("image", "cat.png"));
    /// g.add(RawNode::new("SaveImage").input("images", cat.out::<Any>(0)));
    /// assert_eq!(g.to_prompt()["2"]["inputs"]["images"], json!(["1", 0]));
    /// ```
    pub fn to_prompt(&self) -> Value {
        let lowered = passes::lower_for_execution(&self.to_graph().value);
        back::api::emit(&lowered.value, None)
    }

    /// The prompt, if nothing is wrong that the generated nodes know of: ranges of numbers, options given as
    /// [`raw`](crate::raw), inputs left [unlinked](crate::unlinked) that the server insists on, types of links after
    /// a [cast](crate::Output::cast), inputs set twice, growing inputs with too many items or too few, links out of
    /// reach, nothing to run.
    ///
    /// Which files a server has only its own catalog knows: see [`build_against`](Self::build_against). Who knows
    /// better than the generated nodes takes [`to_prompt`](Self::to_prompt).
    ///
    /// # Errors
    /// Everything that was found, warnings included, when any of it is an error.
    pub fn build(&self) -> Result<Value, Problems> {
        let own = check::catalog(&self.lock());
        // nobody described the classes of raw nodes
        let known = |found: &Diagnostic| found.code != codes::MISSING_NODE_TYPE;
        self.checked(&Validator::new(&own).known_files(false), known)
    }

    /// The prompt, if a server with this catalog would take it: everything that [`build`](Self::build) asks, of the
    /// classes, options and files that the server has now.
    ///
    /// ```
    /// use comfy_dsl::{Catalog, Validator, prelude::*};
    ///
    /// let catalog = Catalog::from_object_info(r#"{"LoadImage": {
    ///     "input": {"required": {"image": [["cat.png"]]}}, "output": ["IMAGE"], "output_node": true
    /// }}"#).expect("a catalog");
    /// let g = Flow::new();
    /// g.add(RawNode::new("LoadImage").input("image", "cta.png"));
    /// let problems = g.build_against(&Validator::new(&catalog)).expect_err("there is no such file");
    /// assert!(problems[0].advice().any(|advice| advice.contains("cat.png")));
    /// ```
    ///
    /// # Errors
    /// Everything that was found, warnings included, when any of it is an error.
    pub fn build_against(&self, validator: &Validator<'_>) -> Result<Value, Problems> {
        self.checked(validator, |_| true)
    }

    fn checked(
        &self,
        validator: &Validator<'_>,
        counts: impl Fn(&Diagnostic) -> bool,
    ) -> Result<Value, Problems> {
        let state = self.lock();
        let lower::Lowered { graph, ids } = lower::graph(&state);
        let lowered = passes::lower_for_execution(&graph.value);
        let mut found = graph.diagnostics;
        found.extend(lowered.diagnostics);
        let cut: BTreeSet<_> =
            found.iter().filter(|f| f.code == codes::DANGLING_LINK).map(|f| f.node.clone()).collect();
        // that the input is missing follows from the link that leads nowhere
        let follows =
            |found: &Diagnostic| found.code == codes::REQUIRED_INPUT_MISSING && cut.contains(&found.node);
        let of_server = validator.check(&lowered.value).into_iter();
        found.extend(of_server.filter(|found| counts(found) && !follows(found)));
        if found.iter().any(Diagnostic::is_error) {
            check::locate(&state, &ids, &mut found);
            return Err(Problems::new(found));
        }
        Ok(back::api::emit(&lowered.value, None))
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, State<'static>> {
        // a panic of the author's own code between two calls leaves the state whole
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn node(&self, id: u32) -> NodeRef {
        NodeRef { flow: self.number, node: id }
    }
}

/// Where the author called.
#[track_caller]
fn here() -> NodeSource {
    NodeSource::Rust(Location::caller())
}
