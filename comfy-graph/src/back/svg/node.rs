//! A node as SVG.

use std::{collections::BTreeMap, fmt::Write as _};

use serde_json::Value;

use super::{
    marks::Mark,
    palette,
    shape::{Form, Row, Shape, Spot},
    text::{Size, escape, fit, number, wrap, write_text},
};
use crate::{
    back::layout::TITLE_HEIGHT,
    diag::Severity,
    graph::{Mode, Node, NodeKind},
};

const TITLE: Size = Size(14.0);
const LABEL: Size = Size(12.0);
const AREA: Size = Size(11.0);
const ID: Size = Size(10.0);
const ROUND: f64 = 8.0;
/// The space left and right of widgets.
const MARGIN: f64 = 15.0;
/// The space between a field's edge and what is written in it.
const INNER: f64 = 10.0;

/// Draws a node, and what is to be said about it.
pub(super) fn draw(out: &mut String, node: &Node, shape: &Shape, marks: &[Mark]) {
    let mode = match node.mode {
        Mode::Never => " muted",
        Mode::Bypass => " bypassed",
        Mode::Always | Mode::OnEvent | Mode::OnTrigger => "",
    };
    // writing to a String cannot fail
    let _ = writeln!(out, r#"<g class="node{mode}"><title>{}</title>"#, escape(&tooltip(node, shape, marks)));
    // links run behind nodes, faded ones too
    rect(out, "back", shape.outline(), palette::CANVAS);
    out.push_str("<g class=\"face\">\n");
    body(out, node, shape);
    if shape.form != Form::Untitled {
        title(out, node, shape);
    }
    for row in &shape.widgets {
        widget(out, shape, row);
    }
    sockets(out, shape);
    out.push_str("</g></g>\n");
    draw_marks(out, shape, marks);
}

fn tooltip(node: &Node, shape: &Shape, marks: &[Mark]) -> String {
    let mut text = match node.kind {
        NodeKind::SubgraphInputs | NodeKind::SubgraphOutputs => shape.title.clone(),
        NodeKind::Instance(_) => format!("{} #{}", shape.title, node.key),
        NodeKind::Class | NodeKind::Virtual(_) => node.describe(),
    };
    match node.mode {
        Mode::Never => text.push_str(", muted"),
        Mode::Bypass => text.push_str(", bypassed"),
        Mode::Always | Mode::OnEvent | Mode::OnTrigger => {}
    }
    for mark in marks {
        text.push('\n');
        text.push_str(&mark.message);
    }
    text
}

fn body(out: &mut String, node: &Node, shape: &Shape) {
    let [title, body] = &shape.colours;
    let body = if node.mode == Mode::Bypass { palette::BYPASSED } else { body };
    let [x, y, width, height] = shape.outline();
    rect(out, "box", [x, y, width, height], if shape.form == Form::Collapsed { title } else { body });
    if shape.form == Form::Full {
        // rounded above, straight below
        let _ = writeln!(
            out,
            r#"<path d="M{x0} {y1}V{yr}Q{x0} {y0} {xr} {y0}H{xl}Q{x1} {y0} {x1} {yr}V{y1}Z" fill="{title}"/>"#,
            x0 = number(x),
            x1 = number(x + width),
            xr = number(x + ROUND),
            xl = number(x + width - ROUND),
            y0 = number(y),
            y1 = number(y + TITLE_HEIGHT),
            yr = number(y + ROUND),
        );
    }
}

fn rect(out: &mut String, class: &str, [x, y, width, height]: [f64; 4], fill: &str) {
    let _ = writeln!(
        out,
        r##"<rect class="{class}" x="{}" y="{}" width="{}" height="{}" rx="{}" fill="{fill}" stroke="#111"/>"##,
        number(x),
        number(y),
        number(width),
        number(height),
        number(ROUND.min(height / 2.0)),
    );
}

fn title(out: &mut String, node: &Node, shape: &Shape) {
    let [x, y, width, _] = shape.outline();
    let middle = y + TITLE_HEIGHT / 2.0;
    let _ =
        writeln!(out, r##"<circle cx="{}" cy="{}" r="5" fill="#666"/>"##, number(x + 15.0), number(middle));
    let id = fit(&format!("#{}", node.key), ID, width / 3.0).unwrap_or_default();
    write_text(out, "id end", x + width - 8.0, middle + 4.0, ID, &id);
    let mut room = width - 30.0 - 16.0 - ID.width(&id);
    if shape.opens {
        room -= 18.0;
        let (left, top) = (x + width - 8.0 - ID.width(&id) - 18.0, middle - 6.0);
        let _ = writeln!(
            out,
            r##"<path d="M{} {}h8v8h-8zM{} {}h8v8h-8z" fill="none" stroke="#999"/>"##,
            number(left),
            number(top),
            number(left + 3.0),
            number(top + 3.0),
        );
    }
    if let Some(title) = fit(&shape.title, TITLE, room) {
        write_text(out, "title", x + 28.0, middle + 5.0, TITLE, &title);
    }
}

fn widget(out: &mut String, shape: &Shape, row: &Row) {
    let ([x, _], [width, _]) = (shape.frame.position, shape.frame.size);
    let field = [x + MARGIN, row.y, (width - 2.0 * MARGIN).max(0.0), row.height];
    let off = if row.linked { r#" class="off""# } else { "" };
    let _ = writeln!(out, "<g{off}>");
    let round = if row.area { 4.0 } else { 10.0 };
    let _ = writeln!(
        out,
        r#"<rect class="field" x="{}" y="{}" width="{}" height="{}" rx="{}"/>"#,
        number(field[0]),
        number(field[1]),
        number(field[2]),
        number(field[3]),
        number(round),
    );
    match (&row.value, row.area) {
        (Some(Value::String(text)), true) => area(out, field, text),
        _ => line(out, field, row),
    }
    out.push_str("</g>\n");
}

/// A text in several lines.
fn area(out: &mut String, [x, y, width, height]: [f64; 4], text: &str) {
    const LINE: f64 = 14.0;
    const EDGE: f64 = 6.0;
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "few lines, never less than none"
    )]
    let most = ((height - EDGE) / LINE).floor().clamp(0.0, 500.0) as usize;
    for (at, line) in wrap(text, AREA, width - 2.0 * EDGE, most).iter().enumerate() {
        if line.is_empty() {
            continue;
        }
        #[allow(clippy::cast_precision_loss, reason = "few lines")]
        let baseline = y + EDGE + 9.0 + at as f64 * LINE;
        write_text(out, "area", x + EDGE, baseline, AREA, line);
    }
}

/// Name at the left, value at the right; a long value leaves the name at least a third.
fn line(out: &mut String, [x, y, width, _]: [f64; 4], row: &Row) {
    let room = width - 2.0 * INNER;
    let baseline = y + 14.0;
    let value = row.value.as_ref().map(shown).unwrap_or_default();
    let name_room = (room - LABEL.width(&value) - INNER).max(room / 3.0);
    let name = fit(&row.name, LABEL, name_room);
    let used = name.as_deref().map_or(0.0, |name| LABEL.width(name) + INNER);
    if let Some(name) = name {
        write_text(out, "name", x + INNER, baseline, LABEL, &name);
    }
    if let Some(value) = fit(&value, LABEL, room - used) {
        write_text(out, "end", x + width - INNER, baseline, LABEL, &value);
    }
}

/// A value as a widget shows it.
fn shown(value: &Value) -> String {
    const LONGEST: usize = 200;
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.chars().take(LONGEST).collect(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::Array(_) | Value::Object(_) => value.to_string().chars().take(LONGEST).collect(),
    }
}

fn sockets(out: &mut String, shape: &Shape) {
    let [x, _, width, _] = shape.outline();
    if shape.form == Form::Collapsed {
        for spot in shape.inputs.first().into_iter().chain(shape.outputs.first()) {
            circle(out, spot, "#999");
        }
        return;
    }
    // a label has what that of the other side leaves, or else half of the row
    let rows: Vec<&Spot> = shape.inputs.iter().filter(|spot| !spot.widget).collect();
    let full = width - 2.0 * 20.0;
    for (row, spot) in rows.iter().enumerate() {
        circle(out, spot, spot.colour);
        let other = shape.outputs.get(row).map_or(0.0, |other| LABEL.width(&other.label) + 6.0);
        if let Some(label) = fit(&spot.label, LABEL, (full - other).max(full / 2.0)) {
            write_text(out, "label", x + 20.0, spot.y + 4.0, LABEL, &label);
        }
    }
    for (row, spot) in shape.outputs.iter().enumerate() {
        circle(out, spot, spot.colour);
        let other = rows.get(row).map_or(0.0, |other| LABEL.width(&other.label).min(full / 2.0) + 6.0);
        if let Some(label) = fit(&spot.label, LABEL, full - other) {
            write_text(out, "label end", x + width - 20.0, spot.y + 4.0, LABEL, &label);
        }
    }
    for spot in shape.inputs.iter().filter(|spot| spot.widget && spot.linked) {
        circle(out, spot, spot.colour);
    }
}

fn circle(out: &mut String, spot: &Spot, colour: &str) {
    let (x, y) = (number(spot.x), number(spot.y));
    if spot.optional && !spot.linked {
        let _ = writeln!(
            out,
            r##"<circle cx="{x}" cy="{y}" r="3.5" fill="#222" stroke="{colour}" stroke-width="1.5"/>"##
        );
    } else {
        let _ = writeln!(out, r#"<circle cx="{x}" cy="{y}" r="4.5" fill="{colour}"/>"#);
    }
}

/// An outline around the node, and a mark at each input concerned.
fn draw_marks(out: &mut String, shape: &Shape, marks: &[Mark]) {
    let Some(worst) = marks.iter().map(|mark| mark.severity).max() else { return };
    let colour = colour(worst);
    let [x, y, width, height] = shape.outline();
    let all: Vec<&str> = marks.iter().map(|mark| mark.message.as_str()).collect();
    let _ = writeln!(
        out,
        r#"<g class="mark"><rect x="{}" y="{}" width="{}" height="{}" rx="{}" fill="none" stroke="{colour}" stroke-width="2.5"/>"#,
        number(x - 2.0),
        number(y - 2.0),
        number(width + 4.0),
        number(height + 4.0),
        number(ROUND + 2.0),
    );
    badge(out, x + width, y, worst, &all.join("\n"));
    for (spot, messages) in at_inputs(shape, marks) {
        let severity = messages.iter().map(|mark| mark.severity).max().unwrap_or(worst);
        let text: Vec<&str> = messages.iter().map(|mark| mark.message.as_str()).collect();
        badge(out, x, spot, severity, &text.join("\n"));
    }
    out.push_str("</g>\n");
}

/// The heights at which marks of inputs stand, from top to bottom.
fn at_inputs<'m>(shape: &Shape, marks: &'m [Mark]) -> Vec<(f64, Vec<&'m Mark>)> {
    let rows = shape.inputs.iter().map(|spot| (&*spot.name, spot.y));
    let rows = rows.chain(shape.widgets.iter().map(|row| (&*row.name, row.y + 10.0)));
    let mut by_input: BTreeMap<&str, Vec<&Mark>> = BTreeMap::new();
    for mark in marks {
        if let Some(input) = &mark.input {
            by_input.entry(input).or_default().push(mark);
        }
    }
    rows.filter_map(|(name, y)| Some((y, by_input.remove(name)?))).collect()
}

fn badge(out: &mut String, x: f64, y: f64, severity: Severity, message: &str) {
    let colour = colour(severity);
    let _ = writeln!(
        out,
        r#"<g><title>{}</title><circle cx="{}" cy="{}" r="8" fill="{colour}"/>"#,
        escape(message),
        number(x),
        number(y)
    );
    let _ = writeln!(
        out,
        r#"<text class="middle" x="{}" y="{}" font-size="12" font-weight="bold" style="fill:#111">!</text></g>"#,
        number(x),
        number(y + 4.0)
    );
}

fn colour(severity: Severity) -> &'static str {
    if severity == Severity::Error { palette::ERROR } else { palette::WARNING }
}
