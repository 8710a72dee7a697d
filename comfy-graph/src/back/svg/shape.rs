//! A node as it is drawn: where its sockets and widgets are (`lib/litegraph/src/LGraphNode.ts: getConnectionPos,
//! drawWidgets`). No SVG here.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{palette, text::Size};
use crate::{
    back::{
        layout::{Frame, SLOT_HEIGHT, TITLE_HEIGHT, WidgetFace, widget_faces},
        live,
        sockets::{self, Socket},
    },
    catalog::{Catalog, NodeDef, virtuals::VirtualRole},
    graph::{Graph, Node, NodeIx, NodeKind, Slot},
};

/// The space between widgets, and above and below them.
const WIDGET_GAP: f64 = 4.0;
const PADDING: f64 = 6.0;
/// The height of a widget of one line.
const LINE: f64 = 20.0;
/// No file stands further out than this; a node there would make everything else a dot.
const FAR: f64 = 200_000.0;
/// The room of a collapsed node beside its title.
const COLLAPSED_EXTRAS: f64 = 80.0;

/// How a node is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// Title and body.
    Full,
    /// Nothing but the title.
    Collapsed,
    /// Nothing but the body.
    Untitled,
}

/// A node's drawing.
pub(super) struct Shape {
    pub(super) form: Form,
    /// The body.
    pub(super) frame: Frame,
    pub(super) title: String,
    /// An instance of a subgraph.
    pub(super) opens: bool,
    pub(super) inputs: Vec<Spot>,
    pub(super) outputs: Vec<Spot>,
    pub(super) widgets: Vec<Row>,
    /// The colours of title and body.
    pub(super) colours: [Box<str>; 2],
    /// The node's own input slots: indices into `inputs`.
    ends: BTreeMap<usize, usize>,
}

/// A socket.
pub(super) struct Spot {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) colour: &'static str,
    pub(super) label: String,
    pub(super) name: String,
    /// Has a link.
    pub(super) linked: bool,
    /// Drawn hollow.
    pub(super) optional: bool,
    /// Belongs to a widget, whose row has the label.
    pub(super) widget: bool,
}

/// A widget.
pub(super) struct Row {
    pub(super) y: f64,
    pub(super) height: f64,
    pub(super) name: String,
    pub(super) value: Option<Value>,
    /// A surface for text rather than a line.
    pub(super) area: bool,
    /// The value comes from a link.
    pub(super) linked: bool,
}

impl Shape {
    pub(super) fn new(scope: &Graph, ix: NodeIx, frame: Frame, outermost: &Graph, catalog: &Catalog) -> Self {
        let node = &scope[ix];
        let def = catalog.get(&node.class_type).filter(|_| node.kind == NodeKind::Class);
        let mut shape = Self {
            form: form(node),
            frame: Frame { position: frame.position.map(clamp), size: frame.size.map(clamp) },
            title: title(node, def, outermost),
            opens: matches!(node.kind, NodeKind::Instance(_)),
            inputs: Vec::new(),
            outputs: Vec::new(),
            widgets: Vec::new(),
            colours: colours(node),
            ends: BTreeMap::new(),
        };
        let sockets = match def {
            Some(def) => sockets::of_class(scope, ix, def, &live::widgets(def, node)),
            None => sockets::as_they_are(node),
        };
        let faces =
            if shape.form == Form::Full { widget_faces(node, outermost, catalog) } else { Vec::new() };
        shape.resize(&sockets, node, &faces);
        shape.place_widgets(rows(&sockets, node), faces);
        shape.place_sockets(scope, ix, sockets);
        shape
    }

    /// Left, top, width and height of everything, the title included.
    pub(super) fn outline(&self) -> [f64; 4] {
        let ([x, y], [width, height]) = (self.frame.position, self.frame.size);
        match self.form {
            Form::Full => [x, y - TITLE_HEIGHT, width, height + TITLE_HEIGHT],
            Form::Collapsed => [x, y - TITLE_HEIGHT, width, TITLE_HEIGHT],
            Form::Untitled => [x, y, width, height],
        }
    }

    /// Where links of an input end.
    pub(super) fn input(&self, slot: usize) -> Option<&Spot> {
        self.inputs.get(*self.ends.get(&slot)?)
    }

    /// Where links of an output start. An output that the node does not have starts where the last one does.
    pub(super) fn output(&self, slot: usize) -> Option<&Spot> {
        self.outputs.get(slot).or(self.outputs.last())
    }

    /// Makes the body as large as what is in it, where the file has it smaller.
    fn resize(&mut self, sockets: &[Socket], node: &Node, faces: &[WidgetFace]) {
        let [width, height] = &mut self.frame.size;
        if self.form == Form::Collapsed {
            *width = (Size(14.0).width(&self.title) + COLLAPSED_EXTRAS).clamp(80.0, 300.0);
            return;
        }
        *width = width.max(60.0);
        let widgets: f64 = faces.iter().map(|face| face.height + WIDGET_GAP).sum();
        *height = height.max(rows(sockets, node) + widgets + 2.0 * PADDING - WIDGET_GAP);
    }

    /// One below the other below the sockets; those that can grow share what is left.
    fn place_widgets(&mut self, rows: f64, faces: Vec<WidgetFace>) {
        let [_, top] = self.frame.position;
        let mut y = top + rows + PADDING;
        let least: f64 = faces.iter().map(|face| face.height + WIDGET_GAP).sum();
        let left = (top + self.frame.size[1] - y - least - PADDING + WIDGET_GAP).max(0.0);
        let growing = faces.iter().filter(|face| face.grows).count();
        #[allow(clippy::cast_precision_loss, reason = "few widgets")]
        let share = left / growing.max(1) as f64;
        for face in faces {
            let height = face.height + if face.grows { share } else { 0.0 };
            let WidgetFace { name, value, grows: area, .. } = face;
            self.widgets.push(Row { y, height, name, value, area, linked: false });
            y += height + WIDGET_GAP;
        }
    }

    fn place_sockets(&mut self, scope: &Graph, ix: NodeIx, sockets: Vec<Socket>) {
        let ([x, _], [width, _]) = (self.frame.position, self.frame.size);
        // links of a collapsed node and of a reroute end at its edge
        let edge = if self.form == Form::Full { 10.0 } else { 0.0 };
        let widgets: BTreeMap<String, usize> =
            self.widgets.iter().enumerate().map(|(at, row)| (row.name.clone(), at)).collect();
        let mut rows = 0;
        for socket in sockets {
            let linked = socket.own.is_some_and(|slot| scope.source(Slot { node: ix, slot }).is_some());
            let widget = widgets.get(&socket.name).filter(|_| socket.widget);
            let (x, y) = if let Some(row) = widget.and_then(|at| self.widgets.get_mut(*at)) {
                row.linked = linked;
                (x, row.y + LINE / 2.0)
            } else {
                rows += 1;
                (x + edge, self.row(rows - 1))
            };
            if let Some(own) = socket.own {
                self.ends.insert(own, self.inputs.len());
            }
            self.inputs.push(Spot {
                x,
                y,
                colour: palette::of_type(&socket.io_type),
                label: socket.label.map_or_else(|| socket.name.clone(), String::from),
                name: socket.name,
                linked,
                optional: socket.optional,
                widget: widget.is_some(),
            });
        }
        self.place_outputs(&scope[ix], x + width - edge);
    }

    fn place_outputs(&mut self, node: &Node, x: f64) {
        for (slot, output) in node.outputs.iter().enumerate() {
            let label = node.layout.as_deref().and_then(|layout| layout.label(true, slot));
            let name = if output.name.is_empty() { output.io_type.as_str() } else { &output.name };
            self.outputs.push(Spot {
                x,
                y: self.row(slot),
                colour: palette::of_type(&output.io_type),
                label: label.unwrap_or(name).to_owned(),
                name: name.to_owned(),
                linked: true,
                optional: false,
                widget: false,
            });
        }
    }

    /// The middle of a row of sockets.
    fn row(&self, row: usize) -> f64 {
        let [_, y] = self.frame.position;
        match self.form {
            Form::Collapsed => y - TITLE_HEIGHT / 2.0,
            #[allow(clippy::cast_precision_loss, reason = "few sockets")]
            Form::Full => y + 14.0 + row as f64 * SLOT_HEIGHT,
            #[allow(clippy::cast_precision_loss, reason = "few sockets")]
            Form::Untitled => y + 13.0 + row as f64 * SLOT_HEIGHT,
        }
    }
}

/// Within what a picture can show.
pub(super) fn clamp(coordinate: f64) -> f64 {
    if coordinate.is_nan() { 0.0 } else { coordinate.clamp(-FAR, FAR) }
}

/// The height of the rows of sockets that are not on a widget.
fn rows(sockets: &[Socket], node: &Node) -> f64 {
    let inputs = sockets.iter().filter(|socket| !socket.widget).count();
    #[allow(clippy::cast_precision_loss, reason = "few sockets")]
    let rows = inputs.max(node.outputs.len()).max(usize::from(node.kind == NodeKind::Class)) as f64;
    rows * SLOT_HEIGHT
}

fn form(node: &Node) -> Form {
    let is_boundary = matches!(node.kind, NodeKind::SubgraphInputs | NodeKind::SubgraphOutputs);
    let is_reroute = node.is_virtual(VirtualRole::Reroute) && node.class_type.starts_with("Reroute");
    match node.layout.as_deref() {
        _ if is_boundary || is_reroute => Form::Untitled,
        Some(layout) if layout.collapsed => Form::Collapsed,
        _ => Form::Full,
    }
}

fn title(node: &Node, def: Option<&NodeDef>, outermost: &Graph) -> String {
    let name = match &node.kind {
        NodeKind::Instance(id) => outermost.subgraph(id.as_str()).map(|subgraph| &*subgraph.name),
        NodeKind::Class | NodeKind::Virtual(_) => def.map(NodeDef::default_title),
        NodeKind::SubgraphInputs => Some("Inputs"),
        NodeKind::SubgraphOutputs => Some("Outputs"),
    };
    let name = name.filter(|name| !name.is_empty()).unwrap_or(&node.class_type);
    node.title.as_deref().unwrap_or(name).to_owned()
}

fn colours(node: &Node) -> [Box<str>; 2] {
    let [title, body] =
        if node.is_virtual(VirtualRole::Note) { palette::NOTE } else { [palette::TITLE, palette::BODY] };
    let layout = node.layout.as_deref();
    let chosen = |colour: Option<&str>| colour.and_then(palette::colour).map(Box::from);
    [
        chosen(layout.and_then(|layout| layout.color.as_deref())).unwrap_or_else(|| title.into()),
        chosen(layout.and_then(|layout| layout.bgcolor.as_deref())).unwrap_or_else(|| body.into()),
    ]
}
