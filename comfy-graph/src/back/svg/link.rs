//! Links: splines in the colour of what they carry.

use std::{collections::BTreeMap, fmt::Write as _};

use super::{palette, shape::Shape, text::number};
use crate::graph::{Graph, Link, NodeIx};

/// Draws a link if both ends are drawn.
pub(super) fn draw(out: &mut String, scope: &Graph, shapes: &BTreeMap<NodeIx, Shape>, link: &Link) {
    let from = shapes.get(&link.from.node).and_then(|shape| shape.output(link.from.slot));
    let to = shapes.get(&link.to.node).and_then(|shape| shape.input(link.to.slot));
    let (Some(from), Some(to)) = (from, to) else { return };
    let output = scope[link.from.node].outputs.get(link.from.slot).map(|output| &output.io_type);
    let input = scope[link.to.node].inputs.get(link.to.slot).map(|input| &input.io_type);
    let is_known = |io_type: &&crate::catalog::IoType| !io_type.is_any();
    let io_type = output.filter(is_known).or(input);
    let colour = io_type.map_or(from.colour, palette::of_type);
    let path = spline([from.x, from.y], [to.x, to.y]);
    // writing to a String cannot fail
    let _ =
        writeln!(out, r#"<path class="under" d="{path}"/><path class="link" stroke="{colour}" d="{path}"/>"#);
}

/// As LiteGraph draws it: out to the right, in from the left, by a quarter of the distance.
fn spline([x1, y1]: [f64; 2], [x2, y2]: [f64; 2]) -> String {
    let reach = (x2 - x1).hypot(y2 - y1) / 4.0;
    format!(
        "M{} {}C{} {} {} {} {} {}",
        number(x1),
        number(y1),
        number(x1 + reach),
        number(y1),
        number(x2 - reach),
        number(y2),
        number(x2),
        number(y2),
    )
}
