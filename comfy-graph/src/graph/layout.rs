//! How a node is drawn: where it stands, its colours, the words on its sockets. Nothing here has any meaning for
//! execution; it is provenance of workflows that a person has arranged.

/// The drawn form of a node. For the boundary nodes of a subgraph it is that of its two panels.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Layout {
    /// Left and top of the body, in the canvas's pixels; the title bar is above it.
    pub position: Option<[f64; 2]>,
    /// Width and height of the body, without the title bar.
    pub size: Option<[f64; 2]>,
    /// Only the title is shown.
    pub collapsed: bool,
    /// The colour of the title bar, in CSS's words.
    pub color: Option<Box<str>>,
    /// The colour of the body, in CSS's words.
    pub bgcolor: Option<Box<str>>,
    /// What is written beside sockets instead of their names: of inputs, then of outputs, by slot.
    pub labels: Vec<SlotLabel>,
}

/// The user's word for a socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlotLabel {
    /// Whether an output; an input otherwise.
    pub output: bool,
    /// Index into the node's inputs or outputs.
    pub slot: usize,
    /// The word.
    pub text: Box<str>,
}

impl Layout {
    /// The user's word for an input or output, if there is one.
    pub fn label(&self, output: bool, slot: usize) -> Option<&str> {
        let at =
            self.labels.binary_search_by_key(&(output, slot), |label| (label.output, label.slot)).ok()?;
        self.labels.get(at).map(|label| &*label.text)
    }
}
