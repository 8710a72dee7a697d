//! The frontend's sizes of nodes (`lib/litegraph/src/LGraphNode.ts: computeSize`, and what the widgets of
//! `scripts/widgets.ts` and `extensions/core` ask for on top of it).

use super::{Words, text};
use crate::{
    back::{
        live::{self, Live},
        sockets::{self, Socket},
    },
    catalog::{
        Catalog, FrontendWidget, InputKind, IoType, NodeDef, Upload, virtuals::VirtualRole,
        widgets::WidgetRole,
    },
    graph::{Graph, InputSlot, Node, NodeIx, NodeKind, Slot, Subgraph, Widget},
};

/// The height of the title bar, which stands above the body.
pub const TITLE_HEIGHT: f64 = 30.0;
/// The height of a row of sockets.
pub const SLOT_HEIGHT: f64 = 20.0;
/// The height of a widget of one line.
pub const WIDGET_HEIGHT: f64 = 20.0;
/// The width of the panels of a subgraph's inputs and outputs.
pub const PORT_PANEL_WIDTH: f64 = 120.0;

/// The space below each widget, and around all of them.
const WIDGET_GAP: f64 = 4.0;
const WIDGETS_PADDING: f64 = 8.0;
/// The space at the lower edge of a node.
const FOOT: f64 = 6.0;
/// The least width of a node without and with widgets.
const MIN_WIDTH: f64 = 140.0;
const MIN_WIDTH_WITH_WIDGETS: f64 = 210.0;
/// What a widget needs beside its label: 42 for the value, arrows and margins.
const WIDGET_EXTRAS: f64 = 104.0;
/// What a new node with widgets gets on top of its least width, so that values can be read.
const ROOM_FOR_VALUES: f64 = 60.0;
/// What a new node without widgets gets: the frontend writes some sockets in the user's language.
const ROOM_FOR_WORDS: f64 = 40.0;
const TITLE_FONT: f64 = 14.0;
const LABEL_FONT: f64 = 12.0;
/// The least height of a text area, a player, a view.
const AREA_HEIGHT: f64 = 50.0;
/// A text area makes a new node at least this large.
const TEXT_AREA: [f64; 2] = [400.0, 200.0];
/// The room for the picture or film that a node shows.
const PREVIEW_HEIGHT: f64 = 220.0;

/// A widget as it is drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct WidgetFace {
    /// Its name.
    pub name: String,
    /// Its value; `None` if it has none.
    pub value: Option<serde_json::Value>,
    /// Its least height; the last tall one takes what is left of the node.
    pub height: f64,
    /// Whether it can be taller than its least height.
    pub grows: bool,
}

/// The widgets of a node as they are drawn, from top to bottom. Those of an instance look like the inner ones.
pub fn widget_faces(node: &Node, definitions: &Graph, catalog: &Catalog) -> Vec<WidgetFace> {
    match (&node.kind, catalog.get(&node.class_type)) {
        (NodeKind::Instance(id), _) => match definitions.subgraph(id.as_str()) {
            Some(subgraph) => instance_faces(node, subgraph, definitions, catalog),
            None => Vec::new(),
        },
        (NodeKind::Class, Some(def)) => {
            live::widgets(def, node).into_iter().filter_map(|live| face(def, live)).collect()
        }
        _ => node.widgets.iter().map(|widget| own_face(node, widget)).collect(),
    }
}

/// The promoted widgets of an instance.
fn instance_faces(
    node: &Node,
    subgraph: &Subgraph,
    definitions: &Graph,
    catalog: &Catalog,
) -> Vec<WidgetFace> {
    /// Of more, each is drawn as one line.
    const MANY: usize = 256;
    let promoted = node.inputs.iter().enumerate().filter(|(_, input)| input.widget);
    let face = |((slot, _), widget): ((usize, &InputSlot), &Widget)| {
        let inner = || inner_face(subgraph, slot, definitions, catalog);
        let inner = if node.widgets.len() <= MANY { inner() } else { None };
        let own = own_face(node, widget);
        inner.map_or_else(
            || own.clone(),
            |inner| WidgetFace { name: own.name.clone(), value: own.value.clone(), ..inner },
        )
    };
    promoted.zip(&node.widgets).map(face).collect()
}

/// The face of the widget that an input of a definition leads to, through nested instances.
fn inner_face(
    subgraph: &Subgraph,
    slot: usize,
    definitions: &Graph,
    catalog: &Catalog,
) -> Option<WidgetFace> {
    /// Nested deeper, it may as well go round in a circle.
    const DEEP: usize = 32;
    let (mut subgraph, mut slot) = (subgraph, slot);
    for _ in 0..DEEP {
        let input = |to: Slot| subgraph.graph.get(to.node).and_then(|node| node.inputs.get(to.slot));
        let to = subgraph
            .uses_of_input(slot)
            .map(|link| link.to)
            .find(|to| input(*to).is_some_and(|i| i.widget))?;
        let node = &subgraph.graph[to.node];
        let NodeKind::Instance(id) = &node.kind else {
            let name = &*input(to)?.name;
            return widget_faces(node, definitions, catalog).into_iter().find(|face| face.name == name);
        };
        (subgraph, slot) = (definitions.subgraph(id.as_str())?, to.slot);
    }
    None
}

fn own_face(node: &Node, widget: &Widget) -> WidgetFace {
    let grows = node.is_virtual(VirtualRole::Note);
    let height = if grows { AREA_HEIGHT } else { WIDGET_HEIGHT };
    WidgetFace { name: widget.name.to_string(), value: widget.value.clone(), height, grows }
}

/// `None` for widgets that are not shown.
fn face(def: &NodeDef, live: Live<'_>) -> Option<WidgetFace> {
    if live.spec.role == WidgetRole::ChoiceIndex {
        return None;
    }
    let (height, grows) = match (area(def, &live), &*live.spec.name) {
        (true, _) => (AREA_HEIGHT, true),
        // the text that PreviewAny and SaveText show
        (false, "preview_text") => (60.0, true),
        (false, _) => (WIDGET_HEIGHT, false),
    };
    Some(WidgetFace { name: live.spec.name, value: live.value, height, grows })
}

/// Whether the widget is a surface rather than a line: a text area, a player, a view.
fn area(def: &NodeDef, live: &Live<'_>) -> bool {
    match def.resolve_input(&live.spec.name).map(|input| &input.kind) {
        Some(InputKind::String(text)) => text.multiline,
        Some(InputKind::Frontend(widget, _)) => matches!(
            widget,
            FrontendWidget::Markdown
                | FrontendWidget::Textarea
                | FrontendWidget::Webcam
                | FrontendWidget::Load3d
                | FrontendWidget::Load3dAdvanced
                | FrontendWidget::Preview3d
        ),
        Some(_) => false,
        None => live.spec.role == WidgetRole::Live || live.spec.name == "audioUI",
    }
}

/// The size of a new node: what its class asks for, and what its sockets, labels and widgets need.
pub fn preferred(scope: &Graph, ix: NodeIx, definitions: &Graph, catalog: &Catalog) -> [f64; 2] {
    let node = &scope[ix];
    if let NodeKind::Virtual(role) = node.kind {
        return of_virtual(node, role);
    }
    let def = catalog.get(&node.class_type).filter(|_| node.kind == NodeKind::Class);
    let sockets = match def {
        Some(def) => sockets::of_class(scope, ix, def, &live::widgets(def, node)),
        None => sockets::as_they_are(node),
    };
    let faces = widget_faces(node, definitions, catalog);
    let [mut width, mut height] = least(node, Words { definitions, catalog }, &sockets, &faces);
    width += if faces.is_empty() { ROOM_FOR_WORDS } else { ROOM_FOR_VALUES };
    if faces.iter().any(|face| face.grows) {
        (width, height) = (width.max(TEXT_AREA[0]), height.max(TEXT_AREA[1]));
    }
    if def.is_some_and(shows_pictures) {
        height += PREVIEW_HEIGHT;
    }
    let [wide, tall] = def.map_or([0.0; 2], |def| of_view(&def.class_type));
    [width.max(wide).ceil(), height.max(tall).ceil()]
}

/// What `computeSize` gives.
fn least(node: &Node, words: Words<'_>, sockets: &[Socket], faces: &[WidgetFace]) -> [f64; 2] {
    let def = words.catalog.get(&node.class_type);
    let label = |socket: &Socket| {
        let shown = def.and_then(|def| def.resolve_input(&socket.name)?.display_name.as_deref());
        text::width(socket.label.as_deref().or(shown).unwrap_or(&socket.name), LABEL_FONT)
    };
    let plain = || sockets.iter().filter(|socket| !socket.widget);
    let inputs = plain().map(label).fold(0.0, f64::max);
    let of_widgets = sockets.iter().filter(|socket| socket.widget).map(label);
    let of_widgets = of_widgets.chain(faces.iter().map(|face| text::width(&face.name, LABEL_FONT)));
    let of_widgets = of_widgets.fold(0.0, f64::max);
    let outputs = node.outputs.iter().map(|output| text::width(&output.name, LABEL_FONT)).fold(0.0, f64::max);
    let title = TITLE_HEIGHT * 1.33 + text::width(words.title(node), TITLE_FONT);
    let between = if inputs > 0.0 && outputs > 0.0 { 5.0 } else { 0.0 };
    let labels = inputs + outputs + 2.0 * SLOT_HEIGHT + between;
    let min = if faces.is_empty() { MIN_WIDTH } else { MIN_WIDTH_WITH_WIDGETS };
    let widgets = if faces.is_empty() { 0.0 } else { of_widgets + WIDGET_EXTRAS };
    let width = [title, labels, min, widgets].into_iter().fold(0.0, f64::max);
    // while it loads a growing node, the frontend counts one socket more
    let growing = sockets.iter().any(|socket| !socket.widget && socket.name.contains('.'));
    let rows = plain().count() + usize::from(growing);
    [width, rows_height(rows, node.outputs.len()) + widgets_height(faces) + FOOT]
}

fn rows_height(inputs: usize, outputs: usize) -> f64 {
    #[allow(clippy::cast_precision_loss, reason = "no node has 2⁵³ sockets")]
    let rows = inputs.max(outputs).max(1) as f64;
    rows * SLOT_HEIGHT
}

fn widgets_height(faces: &[WidgetFace]) -> f64 {
    if faces.is_empty() {
        return 0.0;
    }
    faces.iter().map(|face| face.height + WIDGET_GAP).sum::<f64>() + WIDGETS_PADDING
}

fn of_virtual(node: &Node, role: VirtualRole) -> [f64; 2] {
    match role {
        VirtualRole::Reroute if node.class_type.starts_with("Reroute") => [75.0, 26.0],
        VirtualRole::Note => [300.0, note_height(node)],
        VirtualRole::Primitive => [210.0, 82.0],
        _ => [MIN_WIDTH_WITH_WIDGETS, 60.0],
    }
}

/// Tall enough for a text of a page at most.
fn note_height(node: &Node) -> f64 {
    const LINE: f64 = 16.0;
    let text = node.widgets.first().and_then(|widget| widget.value.as_ref()?.as_str()).unwrap_or_default();
    let wrapped = |line: &str| (text::width(line, LABEL_FONT) / 270.0).ceil().max(1.0);
    (text.lines().take(40).map(wrapped).sum::<f64>() * LINE + 40.0).clamp(88.0, 640.0)
}

/// The panel of a subgraph's inputs or outputs.
pub(super) fn panel(node: &Node) -> [f64; 2] {
    [PORT_PANEL_WIDTH, rows_height(node.inputs.len(), node.outputs.len()) + 2.0 * SLOT_HEIGHT]
}

/// Whether the node shows a picture or film of its own: one to choose, or one it made.
fn shows_pictures(def: &NodeDef) -> bool {
    let media = |io_type: &IoType| matches!(io_type.as_str(), "IMAGE" | "VIDEO" | "MASK");
    let chosen = def.inputs.iter().any(|input| {
        let upload = if let InputKind::Combo(combo) = &input.kind { combo.upload } else { None };
        matches!(upload, Some(Upload::Image | Upload::AnimatedImage | Upload::Video))
    });
    chosen || (def.output_node && def.inputs.iter().any(|input| media(&input.io_type)))
}

/// Nodes with views of their own (`extensions/core`), as large as the frontend makes them.
fn of_view(class: &str) -> [f64; 2] {
    match class {
        "Load3D" | "Load3DAdvanced" => [300.0, 600.0],
        "Preview3D"
        | "Preview3DAdvanced"
        | "PreviewGaussianSplat"
        | "PreviewPointCloud"
        | "SaveGLB"
        | "Save3DAdvanced"
        | "SaveGaussianSplat"
        | "SavePointCloud" => [400.0, 550.0],
        "ImageCompare" => [400.0, 350.0],
        "ImageCropV2" => [300.0, 450.0],
        "ImageCompositor" => [300.0, 400.0],
        "CreateBoundingBoxes" => [420.0, 560.0],
        "Painter" => [450.0, 550.0],
        _ => [0.0; 2],
    }
}
