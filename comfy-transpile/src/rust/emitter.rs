//! What all functions of one file share.

use std::collections::{BTreeMap, BTreeSet};

use comfy_codegen::names::Names;
use comfy_graph::{
    catalog::{InputDef, InputKind, IoType},
    diag::Diagnostic,
    graph::{Graph, Node, NodeKey, NodeKind, SubgraphId},
};
use proc_macro2::{Literal, TokenStream};
use quote::ToTokens as _;

use super::{layout::Layout, subgraph::Function};

/// The widgets of running nodes that get neither link nor value from outside, by definition, node and name.
pub(super) type Bare = BTreeSet<(Option<SubgraphId>, NodeKey, Box<str>)>;

/// The state of one emission.
pub(super) struct Emitter<'a, 'c> {
    pub(super) root: &'a Graph,
    pub(super) names: &'a Names<'c>,
    pub(super) layout: Layout,
    pub(super) found: Vec<Diagnostic>,
    /// The functions written so far, by definition.
    pub(super) functions: BTreeMap<SubgraphId, Function<'a, 'c>>,
    /// Widgets whose own value counts.
    pub(super) bare: Bare,
    /// Whether nodes are given the ids that they have.
    pub(super) keep_ids: bool,
    /// Whether any node is of a class of the catalog.
    pub(super) has_known_class: bool,
    /// Type words that the generated code has markers for, as far as this graph's classes tell.
    words: BTreeSet<&'c str>,
}

impl<'a, 'c> Emitter<'a, 'c> {
    pub(super) fn new(root: &'a Graph, lowered: &Graph, names: &'a Names<'c>, keep_ids: bool) -> Self {
        let mut classes = scopes(root).flat_map(Graph::nodes).map(|(_, node)| &*node.class_type);
        let has_known_class = classes.any(|class| names.catalog().contains(class));
        Self {
            root,
            keep_ids,
            has_known_class,
            names,
            layout: Layout::new(texts(root)),
            found: Vec::new(),
            functions: BTreeMap::new(),
            bare: bare_widgets(root, lowered),
            words: words(root, names),
        }
    }

    /// The marker of a type, if the generated code is known to have it.
    pub(super) fn known_marker(&self, io_type: &IoType) -> Option<String> {
        let is_known = |word: &str| {
            word.is_empty()
                || self.words.contains(word)
                || self.names.is_runtime_marker(&self.names.word_marker(word))
        };
        io_type.members().all(is_known).then(|| self.names.marker(io_type))
    }

    /// Whether `marker` alone says this very type, so that it need not be spelled out.
    pub(super) fn says(&self, marker: &str, io_type: &IoType) -> bool {
        let word = io_type.as_str();
        let is_word =
            !word.is_empty() && !io_type.is_union() && word.trim() == word && word != "COMFY_MATCHTYPE_V3";
        is_word && self.names.word_marker(word) == marker
    }

    /// A node's id as an argument, if ids are kept.
    pub(super) fn id(&mut self, node: &Node) -> Option<TokenStream> {
        let argument = |layout: &mut Layout| match node.key.as_index() {
            Some(number) => Literal::u32_unsuffixed(number).into_token_stream(),
            None => layout.text(node.key.as_str()),
        };
        self.keep_ids.then(|| argument(&mut self.layout))
    }
}

/// All scopes: the outermost graph, then the definitions.
fn scopes(root: &Graph) -> impl Iterator<Item = &Graph> {
    std::iter::once(root).chain(root.subgraphs().map(|(_, subgraph)| &subgraph.graph))
}

/// Every text of the graph that may end up in the file's literals or comments at the start of a line.
fn texts(root: &Graph) -> Vec<&str> {
    fn within<'v>(value: &'v serde_json::Value, texts: &mut Vec<&'v str>) {
        let mut open = vec![value];
        while let Some(value) = open.pop() {
            match value {
                serde_json::Value::String(text) => texts.push(text),
                serde_json::Value::Array(items) => open.extend(items),
                serde_json::Value::Object(map) => {
                    texts.extend(map.keys().map(String::as_str));
                    open.extend(map.values());
                }
                _ => {}
            }
        }
    }
    let mut texts: Vec<&str> = root.subgraphs().map(|(_, subgraph)| &*subgraph.name).collect();
    for (_, node) in scopes(root).flat_map(Graph::nodes) {
        texts.extend([&*node.class_type, node.title.as_deref().unwrap_or_default()]);
        texts.extend(node.inputs.iter().flat_map(|input| [&*input.name, input.io_type.as_str()]));
        texts.extend(node.outputs.iter().flat_map(|output| [&*output.name, output.io_type.as_str()]));
        for widget in &node.widgets {
            texts.push(&widget.name);
            widget.value.iter().for_each(|value| within(value, &mut texts));
        }
        node.inputs
            .iter()
            .filter_map(|input| input.value.as_ref())
            .for_each(|value| within(value, &mut texts));
    }
    texts
}

/// The type words of all classes in the graph.
fn words<'c>(root: &Graph, names: &Names<'c>) -> BTreeSet<&'c str> {
    let mut words = BTreeSet::new();
    let classes: BTreeSet<&str> =
        scopes(root).flat_map(Graph::nodes).map(|(_, node)| &*node.class_type).collect();
    for def in classes.into_iter().filter_map(|class| names.catalog().get(class)) {
        words.extend(def.outputs.iter().flat_map(|output| output.io_type.members()));
        collect_words(&def.inputs, &mut words);
    }
    words
}

/// Depth is bounded by the catalog's parser.
fn collect_words<'c>(inputs: &'c [InputDef], words: &mut BTreeSet<&'c str>) {
    for input in inputs {
        // a dynamic combo is a combo in Rust
        if !matches!(input.kind, InputKind::DynamicCombo(_)) {
            words.extend(input.io_type.members());
        }
        match &input.kind {
            InputKind::DynamicCombo(options) => {
                for option in options {
                    collect_words(&option.inputs, words);
                }
            }
            InputKind::Autogrow(autogrow) => collect_words(std::slice::from_ref(&autogrow.item), words),
            InputKind::DynamicSlot(inner) => collect_words(inner, words),
            _ => {}
        }
    }
}

/// Finds the widgets whose own value is what runs, by the lowered graph.
fn bare_widgets(root: &Graph, lowered: &Graph) -> Bare {
    let mut bare = Bare::new();
    for (ix, node) in lowered.nodes() {
        let Some((scope, key)) = origin(root, node.key.as_str()) else { continue };
        for (slot, input) in node.inputs.iter().enumerate() {
            let has_link = lowered.source(comfy_graph::graph::Slot { node: ix, slot }).is_some();
            if !has_link && input.value.is_none() && node.widget(&input.name).is_some() {
                bare.insert((scope.cloned(), key.clone(), input.name.clone()));
            }
        }
    }
    bare
}

/// The definition and the id in it that a path of ids (`57:8`) leads to.
fn origin<'g>(root: &'g Graph, path: &str) -> Option<(Option<&'g SubgraphId>, NodeKey)> {
    if let Some(ix) = root.find(path) {
        return Some((None, root[ix].key.clone()));
    }
    let (mut graph, mut scope) = (root, None);
    let (around, last) = path.rsplit_once(':')?;
    for key in around.split(':') {
        let NodeKind::Instance(id) = &graph[graph.find(key)?].kind else { return None };
        graph = &root.subgraph(id.as_str())?.graph;
        scope = Some(id);
    }
    graph.find(last).map(|ix| (scope, graph[ix].key.clone()))
}
