//! Links go around bypassed nodes, by type (`ExecutableNodeDTO.resolveOutput`).
//!
//! For an output and the type that the consumer wants, the input to pass on is
//!
//! 1. the one of the same slot, or the first, if anything is wanted (`*` or an empty type);
//! 2. the one of the same slot, if it goes with the output's type and with the wanted one;
//! 3. the first whose type *is* the wanted one;
//! 4. the first that goes with both types;
//! 5. none: the link is cut.
//!
//! Whether that input is linked plays no part. Slots count all inputs, those of widgets too.

use std::collections::BTreeMap;

use crate::{
    budget::Budget,
    catalog::IoType,
    diag::{Diagnostic, codes, short},
    graph::{Graph, Link, Mode, Node, NodeIx, NodeKind},
};

use super::through::{Route, lead_around, wanted};

/// Runs the pass on this graph alone; the bypassed nodes go.
pub fn run(graph: &mut Graph, found: &mut Vec<Diagnostic>) {
    let mut budget = Budget::new();
    run_within(graph, &mut budget, found);
    budget.report(found);
}

/// Runs the pass with what is left of a budget.
pub(super) fn run_within(graph: &mut Graph, budget: &mut Budget, found: &mut Vec<Diagnostic>) {
    let mut routes = Routes::default();
    report_unroutable(graph, &mut routes, found);
    lead_around(graph, is_bypassed, |graph, node, link| route(graph, node, link, &mut routes), budget, found);
    graph.retain(|_, node| !is_bypassed(node));
}

fn is_bypassed(node: &Node) -> bool {
    node.mode == Mode::Bypass && !matches!(node.kind, NodeKind::SubgraphInputs | NodeKind::SubgraphOutputs)
}

fn route(graph: &Graph, node: NodeIx, link: &Link, routes: &mut Routes) -> Route {
    match routes.passed_on(graph, node, link.from.slot, &wanted(graph, link)) {
        // the input is then asked for its own type
        Some(slot) => Route::Input(slot, graph[node].inputs[slot].io_type.clone()),
        None => Route::Cut,
    }
}

/// The inputs that pass something on by type, looked for once for each pair of types: a node may have as many
/// inputs as outputs.
#[derive(Default)]
struct Routes(BTreeMap<(NodeIx, IoType, IoType), Option<usize>>);

impl Routes {
    fn passed_on(&mut self, graph: &Graph, node: NodeIx, slot: usize, wanted: &IoType) -> Option<usize> {
        let at = &graph[node];
        match by_slot(at, slot, wanted) {
            BySlot::Decided(slot) => slot,
            BySlot::ByType(output) => {
                let search = || by_type(at, &output, wanted);
                *self.0.entry((node, output.clone(), wanted.clone())).or_insert_with(search)
            }
        }
    }
}

/// The input that a bypassed node passes on for an output slot and a wanted type.
pub fn passed_on(node: &Node, slot: usize, wanted: &IoType) -> Option<usize> {
    match by_slot(node, slot, wanted) {
        BySlot::Decided(slot) => slot,
        BySlot::ByType(output) => by_type(node, &output, wanted),
    }
}

/// What the slot's number says.
enum BySlot {
    Decided(Option<usize>),
    /// Nothing; this is what comes out of the slot.
    ByType(IoType),
}

fn by_slot(node: &Node, slot: usize, wanted: &IoType) -> BySlot {
    let inputs = &node.inputs;
    if wanted.as_str() == "*" || wanted.as_str().is_empty() {
        let slot = if slot < inputs.len() { slot } else { 0 };
        return BySlot::Decided((!inputs.is_empty()).then_some(slot));
    }
    let output = node.outputs.get(slot).map_or_else(IoType::any, |output| output.io_type.clone());
    match inputs.get(slot) {
        Some(input) if fits(&input.io_type, &output, wanted) => BySlot::Decided(Some(slot)),
        _ => BySlot::ByType(output),
    }
}

fn by_type(node: &Node, output: &IoType, wanted: &IoType) -> Option<usize> {
    let inputs = &node.inputs;
    let same = inputs.iter().position(|input| input.io_type == *wanted);
    same.or_else(|| inputs.iter().position(|input| fits(&input.io_type, output, wanted)))
}

fn fits(input: &IoType, output: &IoType, wanted: &IoType) -> bool {
    input.joins(output) && input.joins(wanted)
}

/// Tells which links end at bypassed nodes that have nothing to pass on for them.
fn report_unroutable(graph: &Graph, routes: &mut Routes, found: &mut Vec<Diagnostic>) {
    for (ix, node) in graph.nodes().filter(|(_, node)| is_bypassed(node)) {
        for link in graph.links_from(ix) {
            let consumer = &graph[link.to.node];
            let wants = wanted(graph, &link);
            if !consumer.mode.runs() || routes.passed_on(graph, ix, link.from.slot, &wants).is_some() {
                continue;
            }
            let input = &consumer.inputs[link.to.slot].name;
            let message = format!(
                "{} is bypassed and has no {} input to pass on to `{}` of {}; the link is cut",
                node.describe(),
                short(wants.as_str()),
                short(input),
                consumer.describe()
            );
            let diagnostic = Diagnostic::new(codes::BYPASS_WITHOUT_ROUTE, message).at_opt(consumer.path());
            found.push(diagnostic.node(&consumer.key).input(input.clone()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::{InputSlot, NodeKey, OutputSlot};

    fn node(inputs: &[&str], outputs: &[&str]) -> Node {
        let mut node = Node::class(NodeKey::new("1"), "Any");
        node.inputs = inputs.iter().map(|t| InputSlot::new(*t, IoType::new(*t))).collect();
        node.outputs =
            outputs.iter().map(|t| OutputSlot { name: (*t).into(), io_type: IoType::new(*t) }).collect();
        node
    }

    #[test]
    fn the_same_slot_wins_when_it_fits() {
        let lora = node(&["MODEL", "CLIP", "COMBO"], &["MODEL", "CLIP"]);
        assert_eq!(passed_on(&lora, 1, &"CLIP".into()), Some(1));
        assert_eq!(passed_on(&lora, 0, &"MODEL".into()), Some(0));
    }

    #[test]
    fn else_the_first_of_the_wanted_type() {
        let mixed = node(&["CLIP", "IMAGE", "MODEL"], &["MODEL"]);
        assert_eq!(passed_on(&mixed, 0, &"MODEL".into()), Some(2));
        assert_eq!(passed_on(&mixed, 0, &"LATENT".into()), None);
    }

    #[test]
    fn anything_is_served_by_slot() {
        let mixed = node(&["CLIP", "IMAGE"], &["MODEL", "CLIP", "VAE"]);
        assert_eq!(passed_on(&mixed, 1, &"*".into()), Some(1));
        assert_eq!(passed_on(&mixed, 2, &"".into()), Some(0));
        assert_eq!(passed_on(&node(&[], &["MODEL"]), 0, &"*".into()), None);
    }
}
