//! [`Flow`]: the graph being written, seen from one scope (the outermost, or the inside of a subgraph).
//!
//! Only the surface lives here; the bookkeeping of scopes and links is in `state`, the IR is made in `lower`.

use std::{
    panic::Location,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use comfy_graph::{
    back,
    diag::{Diagnostic, WithDiagnostics},
    graph::{Graph, Mode, NodeSource},
    passes,
};
use serde_json::Value;

use crate::{
    Boundary, ComfyType, NodeRef, NodeSpec, Output,
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
        let id = self.lock().add(self.scope, record, NodeSource::Rust(Location::caller()));
        N::out(self.node(id))
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
        self.lock().mode(node.into(), mode, NodeSource::Rust(Location::caller()));
    }

    /// The title on a node, where it is not the default one.
    #[track_caller]
    pub fn title(&self, node: impl Into<NodeRef>, title: impl Into<String>) {
        self.lock().title(node.into(), title.into().into(), NodeSource::Rust(Location::caller()));
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
        let scope = self.lock().begin(self.scope, name.into().into(), NodeSource::Rust(Location::caller()));
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
        Output::new(self.lock().input(
            self.scope,
            name,
            io_type,
            value.into_val(),
            NodeSource::Rust(Location::caller()),
        ))
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
        Output::new(self.lock().output(
            self.scope,
            name,
            io_type,
            from.link,
            NodeSource::Rust(Location::caller()),
        ))
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
        self.lowered().value
    }

    /// The prompt, if nothing is wrong: no input set twice, no growing input too long, every link within reach.
    /// Whether a *server* takes it is another question, which only its catalog can answer.
    ///
    /// # Errors
    /// Everything that was found, warnings included, when any of it is an error.
    pub fn build(&self) -> Result<Value, Vec<Diagnostic>> {
        let lowered = self.lowered();
        if lowered.has_errors() { Err(lowered.diagnostics) } else { Ok(lowered.value) }
    }

    fn lowered(&self) -> WithDiagnostics<Value> {
        let WithDiagnostics { value: graph, mut diagnostics } = self.to_graph();
        let lowered = passes::lower_for_execution(&graph);
        diagnostics.extend(lowered.diagnostics);
        WithDiagnostics { value: back::api::emit(&lowered.value, None), diagnostics }
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, State<'static>> {
        // a panic of the author's own code between two calls leaves the state whole
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn node(&self, id: u32) -> NodeRef {
        NodeRef { flow: self.number, node: id }
    }
}
