//! UI workflows → graph: what the frontend has in memory after loading the file.
//!
//! The file is read into a model (`model`), ids are made unique (`renumber`), every node is rebuilt from its
//! definition (`sockets`, `widgets`), instances are bound to their subgraphs (`instances`), and links that exist
//! only in the minds of extensions are made (`broadcast`). What happens when a prompt is made is not done here but
//! in [`passes`](crate::passes).

mod broadcast;
mod doubled;
mod everywhere;
mod group_nodes;
mod id;
mod instances;
mod layout;
mod links;
mod model;
mod names;
mod places;
mod renumber;
mod skew;
mod sockets;
mod stored;
mod widgets;

use serde_json::Value;

use crate::{
    budget::Budget,
    catalog::{Catalog, IoType, NodeDef, virtuals, virtuals::VirtualRole},
    diag::{Diagnostic, WithDiagnostics, codes},
    graph::{
        Graph, Group, InputSlot, Mode, Node, NodeIx, NodeKey, NodeKind, NodeSource, OutputSlot, Slot,
        Subgraph, SubgraphId, Widget, WidgetForm,
    },
};

use id::Id;
pub(crate) use instances::promoted_inputs;
use instances::{HostValues, Pending};
use links::Links;
pub(super) use model::Document;
use model::{Body, Definition, LinkId, UiNode, Values, Workflow};
pub(super) use places::{place_of_input, place_values};
use sockets::Socket;

/// Makes a graph of a workflow document.
pub(super) fn read(document: model::Scope, catalog: &Catalog) -> WithDiagnostics<Graph> {
    let mut found = Vec::new();
    let mut workflow = model::workflow(document, &mut found);
    let mut budget = Budget::new();
    group_nodes::unpack(&mut workflow, catalog, &mut budget, &mut found);
    renumber::renumber(&mut workflow);
    let mut lowering = Lowering { catalog, graph: Graph::new(), pending: Vec::new(), budget, found };
    let listed = broadcast::listed_links(&workflow);
    lowering.workflow(workflow);
    let Lowering { graph, budget, found, .. } = &mut lowering;
    broadcast::run(graph, catalog, &listed, budget, found);
    WithDiagnostics { value: lowering.graph, diagnostics: lowering.found }
}

struct Lowering<'c> {
    catalog: &'c Catalog,
    graph: Graph,
    pending: Vec<Pending>,
    budget: Budget,
    found: Vec<Diagnostic>,
}

impl Lowering<'_> {
    fn workflow(&mut self, workflow: Workflow) {
        let Workflow { body, subgraphs, groups: frames, document, .. } = workflow;
        for definition in &subgraphs {
            self.graph.insert_subgraph(SubgraphId::new(definition.id.clone()), shell(definition));
        }
        let root = Graph::with_capacity(body.nodes.len(), body.links.len());
        let subgraphs: Vec<_> = subgraphs.into_iter().map(|definition| self.definition(definition)).collect();
        let mut root = self.body(root, body, None, None);
        root.document = document;
        root.groups = groups(frames);
        for (id, subgraph) in subgraphs {
            root.insert_subgraph(id, subgraph);
        }
        self.graph = root;
        let pending = std::mem::take(&mut self.pending);
        let mut targets = instances::Targets::default();
        let Self { graph, budget, found, .. } = self;
        instances::promote_proxies(graph, &pending, &mut targets, budget, found);
        let promoted = promoted_inputs(&self.graph);
        for instance in &pending {
            instances::bind(&mut self.graph, instance, &promoted, &mut targets);
        }
    }

    /// A definition with its nodes and links; boundaries included.
    fn definition(&mut self, mut definition: Definition) -> (SubgraphId, Subgraph) {
        let mut subgraph = shell(&definition);
        layout::boundaries(&mut subgraph, &mut definition);
        let id = SubgraphId::new(definition.id);
        let inside = std::mem::take(&mut subgraph.graph);
        let boundary = Boundary {
            inputs: subgraph.inputs_node(),
            outputs: subgraph.outputs_node(),
            input_links: definition.inputs.iter().map(|port| port.links.clone()).collect(),
            output_links: definition.outputs.iter().map(|port| port.links.first().copied()).collect(),
        };
        subgraph.graph = self.body(inside, definition.body, Some((&id, definition.index)), Some(boundary));
        subgraph.graph.groups = groups(definition.groups);
        subgraph.extra = definition.extra;
        (id, subgraph)
    }

    /// Adds the nodes of one scope, then its links.
    fn body(
        &mut self,
        mut graph: Graph,
        body: Body,
        scope: Option<(&SubgraphId, usize)>,
        boundary: Option<Boundary>,
    ) -> Graph {
        let source = scope.map(|(_, index)| index);
        let mut links = Links::with_capacity(body.nodes.len(), body.links.len());
        let doubled = doubled::Sources::of(&body);
        for mut ui in body.nodes {
            let id = ui.id.clone();
            let outputs: Vec<_> =
                ui.outputs.iter_mut().map(|output| std::mem::take(&mut output.links)).collect();
            links.inputs(&id, &ui.inputs);
            if let Some(doubled) = doubled.as_ref().filter(|_| self.graph.subgraph(&ui.node_type).is_none()) {
                let place = NodeSource::place(source, ui.index);
                doubled.merge(&mut ui, &body.links, &place, &mut self.found);
            }
            let (node, sockets, host) = self.node(ui, source);
            let ix = match graph.insert(node) {
                Ok(ix) => ix,
                Err(node) => {
                    let message = format!("two nodes have the id {}; the second is left out", node.key);
                    let found = Diagnostic::new(codes::DUPLICATE_NODE_ID, message).at_opt(node.path());
                    self.found.push(found.node(&node.key));
                    continue;
                }
            };
            links.node(id, ix);
            for (slot, link) in sockets.into_iter().enumerate() {
                if let Some(link) = link {
                    links.input(Slot { node: ix, slot }, link);
                }
            }
            for (slot, listed) in outputs.into_iter().enumerate() {
                links.output(Slot { node: ix, slot }, listed);
            }
            if let Some(host) = host {
                self.pending.push(Pending { scope: scope.map(|(id, _)| id.clone()), node: ix, host });
            }
        }
        if let Some(boundary) = boundary {
            boundary.note(&mut links);
        }
        links.join(&mut graph, &body.links, &mut self.found);
        graph
    }

    /// Values that only a browser can make: the file's own is kept.
    fn report_live_widgets(&mut self, node: &Node) {
        for widget in node.widgets.iter().filter(|widget| widget.form == WidgetForm::Live && widget.sent) {
            let message = format!(
                "{}: the frontend makes `{}` when it queues the prompt; the value in the file is kept",
                node.describe(),
                widget.name
            );
            let found = Diagnostic::new(codes::LIVE_WIDGET, message).at_opt(node.path());
            self.found.push(found.node(&node.key).input(widget.name.clone()));
        }
    }

    /// A node of the file, with the link of each of its sockets, and what there is to bind later.
    fn node(
        &mut self,
        ui: UiNode,
        subgraph: Option<usize>,
    ) -> (Node, Vec<Option<LinkId>>, Option<HostValues>) {
        let UiNode {
            id, node_type, mode, title, inputs, outputs, values, named, layout, extra, index, ..
        } = ui;
        let mut node = Node::class(NodeKey::new(id.text()), node_type);
        node.mode = Mode::from_number(mode);
        node.source = Some(NodeSource::Workflow { subgraph, index });
        node.layout = layout;
        node.extra = extra;
        let definition = self.graph.subgraph(&node.class_type);
        let known = self.catalog.get(&node.class_type);
        let own_title = definition.map(|definition| &*definition.name);
        let default_title = own_title.or(known.map(NodeDef::default_title)).unwrap_or(&node.class_type);
        node.title = title.filter(|title| **title != *default_title && !title.is_empty());
        let sockets =
            definition.map(|d| (d, instances::sockets(d, &node, &inputs, &mut self.budget, &mut self.found)));
        if let Some((definition, Some(sockets))) = sockets {
            node.outputs = definition.outputs().iter().map(port).collect();
            let properties = node.extra.get("properties");
            let definition = SubgraphId::new(node.class_type.clone());
            let host = HostValues {
                definition: definition.clone(),
                inputs_in_file: sockets.len(),
                proxies: instances::proxies(properties, &values),
                quarantined: instances::quarantined(properties),
                values,
            };
            node.kind = NodeKind::Instance(definition);
            let links = place(&mut node, sockets, &outputs);
            return (node, links, Some(host));
        }
        let sockets = match (virtuals::role(&node.class_type), known) {
            (Some(role), None) => {
                node.kind = NodeKind::Virtual(role);
                node.widgets = virtual_widgets(role, values);
                sockets::as_saved(inputs)
            }
            (_, Some(def)) => {
                let bound = widgets::bind(def, values, &named, &inputs);
                node.widgets = bound.widgets;
                self.found.extend(bound.repair.map(|repair| repaired(&node, repair, bound.further)));
                self.report_live_widgets(&node);
                sockets::of_class(def, &node, inputs, &mut self.found)
            }
            (None, None) => {
                node.widgets = stored::unknown_widgets(values, &named, &inputs);
                let found = match sockets {
                    Some(_) => too_many_sockets(&node),
                    None => crate::front::api::missing_class(&node).at_opt(node.path()),
                };
                self.found.push(found);
                sockets::as_saved(inputs)
            }
        };
        node.outputs = sockets::outputs(known, &outputs);
        let links = place(&mut node, sockets, &outputs);
        (node, links, None)
    }
}

/// What was done about stored values that do not fit; the last `further` widgets are none of the class's.
fn repaired(node: &Node, repair: skew::Repair, further: usize) -> Diagnostic {
    let further = node.widgets.iter().rev().take(further).rev();
    let (nameless, named): (Vec<&Widget>, Vec<&Widget>) =
        further.partition(|widget| widget.name.starts_with(stored::LEFT_OVER));
    let named: Vec<&str> =
        named.into_iter().filter(|widget| widget.sent).map(|widget| &*widget.name).collect();
    let nameless: Vec<&Value> = nameless.into_iter().filter_map(|widget| widget.value.as_ref()).collect();
    repair.diagnostic(node, &named, &nameless)
}

/// Gives a node its input sockets and the words that the file has for sockets; returns the links of the inputs.
fn place(node: &mut Node, sockets: Vec<Socket>, outputs: &[model::UiOutput]) -> Vec<Option<LinkId>> {
    let labels = sockets.iter().map(|socket| socket.label.as_deref());
    layout::label(&mut node.layout, labels, outputs.iter().map(|output| output.label.as_deref()));
    let (slots, links) = sockets.into_iter().map(|socket| (socket.slot, socket.link)).unzip();
    node.inputs = slots;
    links
}

/// The finding for an instance whose sockets find no room.
fn too_many_sockets(node: &Node) -> Diagnostic {
    let message = format!(
        "{}: the instances of subgraphs have too many inputs in all; it is read as a node of unknown type",
        node.describe()
    );
    Diagnostic::new(codes::SUBGRAPH_TOO_LARGE, message).at_opt(node.path()).node(&node.key)
}

/// The two ends of a definition and the links that it lists for them.
struct Boundary {
    inputs: NodeIx,
    outputs: NodeIx,
    input_links: Vec<Vec<LinkId>>,
    output_links: Vec<Option<LinkId>>,
}

impl Boundary {
    /// Notes what the definition says about links. Of an output only the first link counts.
    fn note(self, links: &mut Links) {
        links.node(Id::INPUTS, self.inputs);
        links.node(Id::OUTPUTS, self.outputs);
        for (slot, link) in self.output_links.into_iter().enumerate() {
            if let Some(link) = link {
                links.name(Id::OUTPUTS, slot, link);
                links.input(Slot { node: self.outputs, slot }, link);
            }
        }
        for (slot, listed) in self.input_links.into_iter().enumerate() {
            links.output(Slot { node: self.inputs, slot }, listed);
        }
    }
}

/// A definition without its nodes.
fn shell(definition: &Definition) -> Subgraph {
    let inputs = definition
        .inputs
        .iter()
        .map(|port| OutputSlot { name: port.name.clone(), io_type: IoType::new(&*port.io_type) })
        .collect();
    let outputs = definition
        .outputs
        .iter()
        .map(|port| InputSlot::new(port.name.clone(), IoType::new(&*port.io_type)))
        .collect();
    Subgraph::new(definition.name.clone(), inputs, outputs)
}

fn port(port: &InputSlot) -> OutputSlot {
    OutputSlot { name: port.name.clone(), io_type: port.io_type.clone() }
}

/// The values of a frontend-only node, in its own order: a primitive's value and what follows a run, a note's text.
fn virtual_widgets(role: VirtualRole, values: Values) -> Vec<Widget> {
    let Values::List(values) = values else { return Vec::new() };
    let name = |position: usize| match (role, position) {
        (VirtualRole::Note, 0) => "text".to_owned(),
        (VirtualRole::Primitive, 0) => "value".to_owned(),
        (VirtualRole::Primitive, 1) => "control_after_generate".to_owned(),
        (_, position) => format!("value_{position}"),
    };
    values
        .into_iter()
        .enumerate()
        .map(|(position, value)| Widget {
            sent: false,
            form: if position == 0 { WidgetForm::Plain } else { WidgetForm::Control },
            ..Widget::new(name(position), value)
        })
        .collect()
}

/// Frames; what is not one is dropped, it has no meaning.
fn groups(list: Vec<Value>) -> Vec<Group> {
    list.into_iter()
        .filter_map(|group| {
            let Value::Object(mut extra) = group else { return None };
            let title = match extra.shift_remove("title") {
                Some(Value::String(title)) => title.into(),
                _ => Box::default(),
            };
            let mut bounding = [0.0; 4];
            let sides = extra.shift_remove("bounding").unwrap_or_default();
            for (side, value) in bounding.iter_mut().zip(sides.as_array().into_iter().flatten()) {
                *side = value.as_f64().unwrap_or(0.0);
            }
            Some(Group { title, bounding, extra })
        })
        .collect()
}
