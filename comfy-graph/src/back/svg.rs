//! Graph → SVG, in the manner of ComfyUI's canvas.
//!
//! The workflow comes first, then the inside of every subgraph that it uses. Nodes stand where the file has them, or
//! are arranged ([`layout`]). What is drawn: titles, sockets and links in the colours of their types, widgets with
//! their values, groups, notes, reroutes, collapsed, muted and bypassed nodes; and what diagnostics say, as an outline,
//! a mark at the input, and a tooltip.
//!
//! Texts are cut to the room they have. Same graph, same catalog, same diagnostics: same text.

mod link;
mod marks;
mod node;
mod palette;
mod shape;
#[cfg(test)]
mod tests;
mod text;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use super::layout;
use crate::{
    catalog::Catalog,
    diag::Diagnostic,
    graph::{Graph, Group, NodeIx, NodeKind, Subgraph},
};
use marks::Marks;
use shape::Shape;
use text::{Size, fit, number, write_text};

/// A picture of more nodes helps nobody; further subgraphs are left out, and it is said.
const MAX_NODES: usize = 5_000;
/// The space around the drawing and between its parts.
const MARGIN: f64 = 40.0;
/// The height of the line above the inside of a subgraph.
const HEADING: f64 = 44.0;

/// The picture, as one SVG document. Diagnostics are those of this graph or of what it was lowered to.
pub fn emit(graph: &Graph, catalog: &Catalog, diagnostics: &[Diagnostic]) -> String {
    let marks = Marks::new(graph, diagnostics);
    let mut parts = vec![Part::new(None, graph, graph, catalog, &marks)];
    let mut nodes = graph.len();
    let mut left_out = 0;
    for (id, subgraph) in used(graph) {
        nodes += subgraph.graph.len();
        if nodes > MAX_NODES {
            left_out += 1;
            continue;
        }
        parts.push(Part::new(Some(heading(graph, id, subgraph)), &subgraph.graph, graph, catalog, &marks));
    }
    document(&parts, left_out)
}

/// One scope, drawn around its own origin.
struct Part {
    heading: Option<String>,
    content: String,
    /// Left, top, right, bottom.
    bounds: [f64; 4],
}

impl Part {
    fn new(
        heading: Option<String>,
        scope: &Graph,
        outermost: &Graph,
        catalog: &Catalog,
        marks: &Marks,
    ) -> Self {
        let placement = layout::place(scope, outermost, catalog, true);
        let shapes: BTreeMap<NodeIx, Shape> = placement
            .frames
            .iter()
            .map(|(ix, frame)| (*ix, Shape::new(scope, *ix, *frame, outermost, catalog)))
            .collect();
        let mut content = String::new();
        let mut bounds = Bounds::default();
        for group in &placement.groups {
            draw_group(&mut content, group, &mut bounds);
        }
        for link in scope.links() {
            link::draw(&mut content, scope, &shapes, &link);
        }
        // in the graph's order: what comes later lies on top
        for (ix, node) in scope.nodes() {
            let Some(shape) = shapes.get(&ix) else { continue };
            bounds.add(shape.outline());
            node::draw(&mut content, node, shape, marks.of(node));
        }
        Self { heading, content, bounds: bounds.get() }
    }

    fn width(&self) -> f64 {
        self.bounds[2] - self.bounds[0]
    }

    fn height(&self) -> f64 {
        self.bounds[3] - self.bounds[1]
    }
}

/// The rectangle around everything seen so far.
#[derive(Default)]
struct Bounds(Option<[f64; 4]>);

impl Bounds {
    /// Adds left, top, width, height.
    fn add(&mut self, [x, y, width, height]: [f64; 4]) {
        let [left, top, right, bottom] = self.0.unwrap_or([x, y, x, y]);
        self.0 = Some([left.min(x), top.min(y), right.max(x + width), bottom.max(y + height)]);
    }

    /// An empty scope has the room of a node.
    fn get(&self) -> [f64; 4] {
        self.0.unwrap_or([0.0, 0.0, 200.0, 100.0])
    }
}

/// The definitions that the workflow uses, in the document's order.
fn used(graph: &Graph) -> Vec<(&str, &Subgraph)> {
    let mut found = BTreeSet::new();
    let mut waiting: Vec<&Graph> = vec![graph];
    while let Some(scope) = waiting.pop() {
        for (_, node) in scope.nodes() {
            if let NodeKind::Instance(id) = &node.kind
                && let Some(subgraph) = graph.subgraph(id.as_str())
                && found.insert(id.as_str())
            {
                waiting.push(&subgraph.graph);
            }
        }
    }
    let all = graph.subgraphs().map(|(id, subgraph)| (id.as_str(), subgraph));
    all.filter(|(id, _)| found.contains(id)).collect()
}

/// The name of a subgraph and the nodes that are uses of it.
fn heading(graph: &Graph, id: &str, subgraph: &Subgraph) -> String {
    const SHOWN: usize = 6;
    let scopes = std::iter::once(graph).chain(graph.subgraphs().map(|(_, subgraph)| &subgraph.graph));
    let nodes = scopes.flat_map(Graph::nodes).map(|(_, node)| node);
    let uses: Vec<String> = nodes
        .filter(|node| matches!(&node.kind, NodeKind::Instance(used) if used.as_str() == id))
        .take(SHOWN + 1)
        .map(|node| format!("#{}", node.key))
        .collect();
    let more = if uses.len() > SHOWN { ", …" } else { "" };
    let name = if subgraph.name.is_empty() { id } else { &subgraph.name };
    format!("Subgraph: {name} ({}{more})", uses[..uses.len().min(SHOWN)].join(", "))
}

fn draw_group(out: &mut String, group: &Group, bounds: &mut Bounds) {
    let [x, y, width, height] = group.bounding.map(shape::clamp);
    let (width, height) = (width.max(0.0), height.max(0.0));
    bounds.add([x, y, width, height]);
    let colour = group.extra.get("color").and_then(|colour| palette::colour(colour.as_str()?));
    let colour = colour.unwrap_or(palette::GROUP);
    let _ = writeln!(
        out,
        r#"<g class="group"><rect x="{}" y="{}" width="{}" height="{}" fill="{colour}" fill-opacity="0.25" stroke="{colour}" stroke-opacity="0.7"/>"#,
        number(x),
        number(y),
        number(width),
        number(height),
    );
    let size = Size(24.0);
    if let Some(title) = fit(&group.title, size, width - 20.0) {
        write_text(out, "group-title", x + 10.0, y + 26.0, size, &title);
    }
    out.push_str("</g>\n");
}

/// Puts the parts below each other.
fn document(parts: &[Part], left_out: usize) -> String {
    let mut body = String::new();
    let mut top = MARGIN;
    let mut width: f64 = 400.0;
    for part in parts {
        if let Some(heading) = &part.heading {
            let size = Size(22.0);
            top += HEADING;
            if let Some(heading) = fit(heading, size, part.width().max(600.0)) {
                width = width.max(size.width(&heading));
                write_text(&mut body, "heading", MARGIN, top - 16.0, size, &heading);
            }
            let _ = writeln!(
                body,
                r#"<rect class="inside" x="{}" y="{}" width="{}" height="{}" rx="12"/>"#,
                number(MARGIN / 2.0),
                number(top),
                number(part.width() + MARGIN),
                number(part.height() + MARGIN),
            );
            top += MARGIN / 2.0;
        }
        let (dx, dy) = (MARGIN - part.bounds[0], top - part.bounds[1]);
        let _ = writeln!(body, r#"<g class="scope" transform="translate({} {})">"#, number(dx), number(dy));
        body.push_str(&part.content);
        body.push_str("</g>\n");
        top += part.height() + MARGIN;
        width = width.max(part.width());
    }
    if left_out > 0 {
        let size = Size(22.0);
        let text = format!("{left_out} more subgraphs are not drawn");
        write_text(&mut body, "heading", MARGIN, top + 20.0, size, &text);
        top += HEADING;
    }
    let (width, height) = (number(width + 2.0 * MARGIN), number(top));
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" font-family=\"Inter, Arial, 'Liberation Sans', Helvetica, sans-serif\">\n{STYLE}<rect width=\"100%\" height=\"100%\" fill=\"{}\"/>\n{body}</svg>\n",
        palette::CANVAS
    )
}

/// Classes of the document; small, so that the same words do not stand at every node.
const STYLE: &str = "<style>
text { fill: #ddd; white-space: pre; }
.title { fill: #ccc; }
.id { fill: #888; }
.label { fill: #aaa; }
.name { fill: #999; }
.end { text-anchor: end; }
.middle { text-anchor: middle; }
.group-title { fill: #ccc; }
.heading { fill: #ccc; }
.inside { fill: #1b1b1b; stroke: #444; }
.field { fill: #222; stroke: #555; }
.off { opacity: 0.45; }
.muted .face { opacity: 0.4; }
.bypassed .face { opacity: 0.75; }
.link { fill: none; stroke-width: 3; stroke-linecap: round; }
.under { fill: none; stroke: #000; stroke-opacity: 0.5; stroke-width: 6; }
</style>
";
