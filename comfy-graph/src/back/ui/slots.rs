//! `inputs` and `outputs` of a node.

use serde_json::{Map, Value, json};

use super::scope::Numbers;
use crate::{
    back::{sockets::Socket, types},
    catalog::{NodeDef, virtuals::VirtualRole},
    graph::{Graph, Node, NodeIx, Slot},
};

/// LiteGraph's hollow circle: an optional input.
const OPTIONAL: u8 = 7;
/// LiteGraph's grid: an output that is a list.
const LIST: u8 = 6;
/// Links use at most this many outputs beyond the known ones; a slot further out is a mistake in the link.
const FURTHER: usize = 64;

/// The input sockets.
pub(super) fn inputs(ix: NodeIx, sockets: &[Socket], numbers: &Numbers) -> Value {
    let input = |socket: &Socket| {
        let mut input = Map::new();
        if let Some(label) = &socket.label {
            input.insert("label".to_owned(), (&**label).into());
        }
        input.insert("name".to_owned(), (&*socket.name).into());
        if socket.optional {
            input.insert("shape".to_owned(), OPTIONAL.into());
        }
        input.insert("type".to_owned(), socket.io_type.as_str().into());
        if socket.widget {
            input.insert("widget".to_owned(), json!({"name": socket.name}));
        }
        let link = socket.own.and_then(|slot| numbers.into(Slot { node: ix, slot }));
        input.insert("link".to_owned(), link.into());
        Value::Object(input)
    };
    sockets.iter().map(input).collect()
}

/// The output sockets; as many as links use, if the class says nothing of them.
pub(super) fn outputs(graph: &Graph, ix: NodeIx, def: Option<&NodeDef>, numbers: &Numbers) -> Value {
    let node = &graph[ix];
    let links = graph.links_from(ix);
    let used = links.iter().map(|link| link.from.slot + 1).max().unwrap_or(0);
    let declared = node.outputs.len();
    let count = declared.max(used.min(declared + FURTHER));
    let output = |slot: usize| {
        let own = node.outputs.get(slot);
        let mut output = Map::new();
        if let Some(label) = node.layout.as_deref().and_then(|layout| layout.label(true, slot)) {
            output.insert("label".to_owned(), label.into());
        }
        output.insert("name".to_owned(), own.map_or("", |own| &*own.name).into());
        if def.and_then(|def| def.outputs.get(slot)).is_some_and(|output| output.is_list) {
            output.insert("shape".to_owned(), LIST.into());
        }
        let io_type = types::of_output(graph, Slot { node: ix, slot });
        output.insert("type".to_owned(), io_type.as_str().into());
        if let Some(name) = widget_of_primitive(graph, node, &links) {
            output.insert("widget".to_owned(), json!({"name": name}));
        }
        output.insert("links".to_owned(), numbers.from(Slot { node: ix, slot }).into());
        Value::Object(output)
    };
    (0..count).map(output).collect()
}

/// The widget that a primitive sets: the frontend takes its form from there.
fn widget_of_primitive<'g>(graph: &'g Graph, node: &Node, links: &[crate::graph::Link]) -> Option<&'g str> {
    if !node.is_virtual(VirtualRole::Primitive) {
        return None;
    }
    let to = links.first()?.to;
    let input = graph.get(to.node)?.inputs.get(to.slot)?;
    Some(&input.name)
}
