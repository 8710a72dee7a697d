//! Questions about one node, for whoever changes a graph step by step: which inputs it has, and whether what one of them
//! is given fits.

use super::{
    Check, NodeView, Validator,
    expand::{self, Expanded},
    links::{self, Given},
    types, values,
};
use crate::{
    catalog::{InputDef, IoType, NodeDef},
    diag::Diagnostic,
    graph::{Graph, NodeIx, Slot},
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
