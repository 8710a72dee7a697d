//! Questions about one node, for whoever changes a graph step by step: which inputs it has, and whether what one of them
//! is given fits.

use super::{
    Check, NodeView, Validator,
    expand::{self, Expanded},
    links::{self, Given},
    types, values,
};
use crate::{
    catalog::{Catalog, InputDef, InputKind, IoType, NodeDef, virtuals::VirtualRole},
    diag::Diagnostic,
    graph::{Graph, InputSlot, Node, NodeIx, NodeKind, Slot},
};

/// The inputs that a node of a known class has, as its values choose them.
pub(crate) struct Declared<'a> {
    inputs: Vec<Expanded<'a>>,
    /// The growing lists, by full name, with how many items are there.
    growing: Vec<(String, &'a crate::catalog::AutogrowDef, Vec<String>)>,
}

/// An input that was asked for by name.
#[derive(Clone, Debug)]
pub(crate) struct NamedInput<'a> {
    /// The full name; of a growing list that of its next item.
    pub(crate) name: String,
    pub(crate) def: &'a InputDef,
}

impl<'a> Declared<'a> {
    /// The inputs of a node.
    pub(crate) fn of(def: &'a NodeDef, graph: &'a Graph, ix: NodeIx) -> Self {
        let given = links::given(graph, ix, &graph[ix]);
        let taken = |name: &str| {
            let prefix = format!("{name}.");
            given.keys().filter_map(|key| key.strip_prefix(&*prefix)).map(str::to_owned).collect()
        };
        let growing = expand::growing(def, &given)
            .into_iter()
            .map(|(name, autogrow)| {
                let taken = taken(&name);
                (name, autogrow, taken)
            })
            .collect();
        Self { inputs: expand::inputs(def, &given), growing }
    }

    /// The input of this name. The name of a growing list stands for its first item that nothing is given to.
    pub(crate) fn find(&self, name: &str) -> Option<NamedInput<'a>> {
        if let Some(input) = self.inputs.iter().find(|input| input.name == name) {
            return Some(NamedInput { name: input.name.clone(), def: input.def });
        }
        self.growing.iter().find_map(|(list, autogrow, taken)| {
            let item = match name.strip_prefix(&**list)? {
                "" => (0..autogrow.names.max())
                    .map_while(|index| autogrow.names.name(index))
                    .find(|item| !taken.contains(item))?,
                rest => {
                    let item = rest.strip_prefix('.')?;
                    autogrow.names.position(item)?;
                    item.to_owned()
                }
            };
            Some(NamedInput { name: format!("{list}.{item}"), def: &autogrow.item })
        })
    }

    /// All inputs that are there, those of lists included.
    pub(crate) fn inputs(&self) -> impl Iterator<Item = NamedInput<'a>> {
        self.inputs.iter().map(|input| NamedInput { name: input.name.clone(), def: input.def })
    }

    /// The names to choose from.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        let lists = self.growing.iter().map(|(name, ..)| name.as_str());
        self.inputs.iter().map(|input| input.name.as_str()).chain(lists)
    }
}

impl Validator<'_> {
    /// What is wrong with what one input of a node is given, whatever else is wrong with it. Nothing where the class or
    /// the input is not known. `from` is what comes out of the output that the input is linked to.
    pub(crate) fn check_input(
        &self,
        graph: &Graph,
        ix: NodeIx,
        name: &str,
        from: Option<(Slot, IoType)>,
    ) -> Vec<Diagnostic> {
        let node = &graph[ix];
        let Some(def) = self.catalog.and_then(|catalog| catalog.get(&node.class_type)) else {
            return Vec::new();
        };
        let mut check: Check<'_> = self.begin(graph);
        check.resolved.extend(from);
        let mut given = links::given(graph, ix, node);
        let inputs = expand::inputs(def, &given);
        let Some(input) = inputs.iter().find(|input| input.name == name) else { return Vec::new() };
        let view = NodeView { ix, node, runs: true };
        match given.swap_remove(name) {
            Some(Given::Link(link)) => types::check_link(&mut check, &view, input, &link),
            Some(Given::Value(value)) => values::check_value(&mut check, &view, def, input, value),
            Some(Given::Broken(_) | Given::Live) | None => {}
        }
        check.found
    }
}

/// What comes out of an output. Through reroutes and outputs that have the type of an input it is what goes in,
/// as far as that is near.
pub(crate) fn output_type(catalog: &Catalog, graph: &Graph, from: Slot) -> IoType {
    const FAR: usize = 64;
    let def_of = |node: &Node| catalog.get(&node.class_type).filter(|_| node.kind == NodeKind::Class);
    let mut at = from;
    for _ in 0..FAR {
        let Some(node) = graph.get(at.node) else { break };
        let source = |slot: usize| graph.source(Slot { node: at.node, slot }).map(|link| link.from);
        let next = match (&node.kind, def_of(node)) {
            (NodeKind::Virtual(VirtualRole::Reroute | VirtualRole::Set | VirtualRole::Get), _) => source(0),
            (_, Some(def)) => match def.outputs.get(at.slot) {
                Some(output) if output.match_template.is_some() => {
                    let template = output.match_template.as_deref();
                    let of_template = |input: &InputSlot| {
                        let kind = def.resolve_input(&input.name).map(|input| &input.kind);
                        matches!(kind, Some(InputKind::MatchType { template_id }) if Some(&**template_id) == template)
                    };
                    let slots = (0..node.inputs.len()).filter(|slot| of_template(&node.inputs[*slot]));
                    slots.take(FAR).find_map(source)
                }
                Some(output) => return output.io_type.clone(),
                None => None,
            },
            _ => None,
        };
        match next {
            Some(next) => at = next,
            None => {
                return node.outputs.get(at.slot).map_or_else(IoType::any, |output| output.io_type.clone());
            }
        }
    }
    IoType::any()
}
