//! The semantic diff over every real workflow: a renumbered copy is the same, one mutation is one change.

use comfy_graph::{
    back,
    catalog::Catalog,
    diff::{self, Change, Level, What},
    front::{self, Format, Parsed},
    graph::{Graph, Mode, Node, NodeIx, NodeKey, NodeKind, Slot, Subgraph, SubgraphId},
    passes,
};
use comfy_tests::{prompts::differences, synthetic::Shape};
use serde_json::Value;

use crate::corpus::corpus;

fn read(text: &str, catalog: &Catalog) -> Parsed {
    front::read(text, catalog).expect("a workflow").value
}

/// Numbers that look random and are the same every time.
struct Dice(u64);

impl Dice {
    fn of(name: &str) -> Self {
        Self(
            name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
            }),
        )
    }

    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit.max(1) as u64).expect("a small number")
    }

    fn shuffle<T>(&mut self, list: &mut [T]) {
        for at in (1..list.len()).rev() {
            list.swap(at, self.below(at + 1));
        }
    }

    fn pick<T: Clone>(&mut self, list: &[T]) -> Option<T> {
        list.get(self.below(list.len())).cloned()
    }
}

/// The same workflow with other ids, nodes and links in another order, and elsewhere on the screen.
fn scrambled(graph: &Graph, dice: &mut Dice) -> Graph {
    let mut copy = Graph::new();
    nodes(graph, &mut copy, dice);
    let mut subgraphs: Vec<_> = graph.subgraphs().collect();
    dice.shuffle(&mut subgraphs);
    for (id, subgraph) in subgraphs {
        let mut other =
            Subgraph::new(subgraph.name.clone(), subgraph.inputs().to_vec(), subgraph.outputs().to_vec());
        nodes(&subgraph.graph, &mut other.graph, dice);
        copy.insert_subgraph(renamed(id), other);
    }
    copy
}

fn renamed(id: &SubgraphId) -> SubgraphId {
    SubgraphId::new(format!("other-{}", id.as_str()))
}

fn nodes(graph: &Graph, copy: &mut Graph, dice: &mut Dice) {
    let mut order: Vec<(NodeIx, &Node)> = graph.nodes().collect();
    dice.shuffle(&mut order);
    let mut map = std::collections::BTreeMap::new();
    for (at, (ix, node)) in order.into_iter().enumerate() {
        let is_boundary = matches!(node.kind, NodeKind::SubgraphInputs | NodeKind::SubgraphOutputs);
        let twin = if is_boundary {
            copy.find(node.key.as_str()).expect("boundaries are there")
        } else {
            let mut node = Node { key: NodeKey::new((1000 + at).to_string()), ..node.clone() };
            node.extra.clear();
            if let NodeKind::Instance(id) = &node.kind {
                node.kind = NodeKind::Instance(renamed(id));
            }
            copy.insert(node).expect("a new id")
        };
        map.insert(ix, twin);
    }
    let mut links: Vec<_> = graph.links().collect();
    dice.shuffle(&mut links);
    for link in links {
        let end = |slot: Slot| Slot { node: map[&slot.node], slot: slot.slot };
        copy.link(end(link.from), end(link.to));
    }
}

#[test]
fn a_workflow_and_the_prompt_that_the_frontend_made_of_it() {
    let Some((corpus, catalog)) = corpus() else { return };
    let (mut equal, mut wrong) = (0, Vec::new());
    for case in corpus.cases() {
        let gold = case.gold().expect("the case's gold");
        let (one, other) = (read(&case.text().expect("a file"), &catalog), read(&gold.to_string(), &catalog));
        let prompt = back::api::emit(&passes::lower_for_execution(&one.graph).value, Some(&catalog));
        let same = differences(&prompt, &gold).is_empty();
        let mut diff = diff::parsed(&one, &other);
        // the frontend wrote some titles with the words of another version of the class
        diff.changes.retain(|change| change.what != What::Title);
        equal += usize::from(same);
        if diff.is_empty() != same {
            wrong.push(format!("{}:\n{diff}", case.name));
        }
    }
    assert!(equal > 0, "none is equal");
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_scrambled_copy_is_the_same() {
    let Some((corpus, catalog)) = corpus() else { return };
    let mut wrong = Vec::new();
    for case in corpus.cases() {
        let graph = read(&case.text().expect("a file"), &catalog).graph;
        let copy = scrambled(&graph, &mut Dice::of(&case.name));
        let diff = diff::graphs(&graph, &copy, Level::Authored);
        if !diff.is_empty() {
            wrong.push(format!("{}:\n{diff}", case.name));
        }
    }
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}

/// Something done to a workflow, and what is to be said about it.
#[derive(Debug)]
struct Mutation {
    word: &'static str,
    class_type: String,
    input: Option<String>,
}

const KINDS: usize = 7;

/// Does one thing to a graph, if there is something to do it to.
fn mutate(graph: &mut Graph, kind: usize, dice: &mut Dice) -> Option<Mutation> {
    let nodes: Vec<NodeIx> =
        graph.nodes().filter(|(_, node)| matches!(node.kind, NodeKind::Class)).map(|(ix, _)| ix).collect();
    let ix = dice.pick(&nodes)?;
    let class_type = graph[ix].class_type.to_string();
    let said = |word, input: Option<&str>| {
        Some(Mutation { word, class_type: class_type.clone(), input: input.map(Into::into) })
    };
    let slots = || (0..graph[ix].inputs.len()).map(|slot| Slot { node: ix, slot });
    let linked: Vec<Slot> = slots().filter(|slot| graph.source(*slot).is_some()).collect();
    match kind {
        0 => {
            let node = graph.get_mut(ix)?;
            let names: Vec<_> = node.widgets.iter().map(|widget| widget.name.clone()).collect();
            let name = dice.pick(&names)?;
            // a value that nobody has
            node.widgets
                .iter_mut()
                .filter(|widget| widget.name == name)
                .for_each(|widget| widget.value = Some("mutated!".into()));
            said("value", Some(&name))
        }
        1 => {
            graph.get_mut(ix)?.title = Some("Mutated".into());
            said("title", None)
        }
        2 => {
            let node = graph.get_mut(ix)?;
            node.mode = if node.mode == Mode::Bypass { Mode::Always } else { Mode::Bypass };
            said("mode", None)
        }
        3 => {
            let slot = dice.pick(&linked)?;
            graph.unlink(slot);
            said("rewired", Some(&graph[ix].inputs[slot.slot].name))
        }
        4 => {
            let slot = dice.pick(&linked)?;
            let from = graph.source(slot)?.from;
            // an output that the node does not have yet
            graph.link(Slot { slot: from.slot + 1, ..from }, slot);
            said("rewired", Some(&graph[ix].inputs[slot.slot].name))
        }
        5 => {
            graph.retain(|other, _| other != ix);
            said("removed", None)
        }
        _ => {
            let copy = Node { key: NodeKey::new("9999999"), ..graph[ix].clone() };
            let twin = graph.insert(copy).ok()?;
            for link in graph.links_into(ix) {
                graph.link(link.from, Slot { node: twin, ..link.to });
            }
            said("added", None)
        }
    }
}

fn is_it(change: &Change, mutation: &Mutation) -> bool {
    let input = match &change.what {
        What::Input { name, .. } => Some(name.to_string()),
        _ => None,
    };
    let party = change.new.as_ref().or(change.old.as_ref());
    change.what.word() == mutation.word
        && input == mutation.input
        && party.is_some_and(|party| *party.class_type == *mutation.class_type)
}

#[test]
fn one_mutation_is_one_change() {
    let Some((corpus, catalog)) = corpus() else { return };
    let (mut done, mut wrong) = (0, Vec::new());
    for case in corpus.cases() {
        let graph = read(&case.text().expect("a file"), &catalog).graph;
        let mut dice = Dice::of(&case.name);
        for kind in 0..KINDS {
            let mut copy = scrambled(&graph, &mut dice);
            let ids: Vec<SubgraphId> = copy.subgraphs().map(|(id, _)| id.clone()).collect();
            // a prompt without any titles says nothing about them
            if kind == 1 && !case.is_workflow {
                continue;
            }
            // every second time inside of a subgraph
            let inside = dice.pick(&ids).filter(|_| kind % 2 == 0);
            let target = match &inside {
                Some(id) => &mut copy.subgraph_mut(id.as_str()).expect("a definition").graph,
                None => &mut copy,
            };
            let Some(mutation) = mutate(target, kind, &mut dice) else { continue };
            let diff = diff::graphs(&graph, &copy, Level::Authored);
            done += 1;
            if !matches!(&*diff.changes, [change] if is_it(change, &mutation)) {
                wrong.push(format!("{}, {mutation:?}:\n{diff}", case.name));
            }
        }
    }
    println!("{done} mutations");
    assert!(wrong.is_empty(), "{} wrong of {done}\n{}", wrong.len(), wrong.join("\n"));
}

/// The same on prompts, through JSON.
#[test]
fn one_mutation_of_a_prompt_is_one_change_of_the_workflow() {
    let Some((corpus, catalog)) = corpus() else { return };
    let mut wrong = Vec::new();
    for case in corpus.cases().into_iter().filter(|case| case.is_workflow) {
        let workflow = read(&case.text().expect("a file"), &catalog);
        let mut prompt = back::api::emit(&passes::lower_for_execution(&workflow.graph).value, Some(&catalog));
        let mut dice = Dice::of(&case.name);
        let nodes = prompt.as_object_mut().expect("a prompt");
        let values: Vec<(String, String)> = nodes
            .iter()
            .flat_map(|(id, node)| {
                let inputs = node["inputs"].as_object().into_iter().flatten();
                inputs.filter(|(_, value)| !value.is_array()).map(|(name, _)| (id.clone(), name.clone()))
            })
            .collect();
        let Some((id, name)) = dice.pick(&values) else { continue };
        nodes[&id]["inputs"][&name] = Value::from("mutated!");
        let prompt = read(&prompt.to_string(), &catalog);
        assert_eq!((workflow.format, prompt.format), (Format::Workflow, Format::Prompt));
        let diff = diff::parsed(&workflow, &prompt);
        let is_it = |change: &Change| {
            let node = change.new.as_ref().is_some_and(|party| *party.id == *id);
            node && matches!(&change.what, What::Input { name: input, rewired: false, .. } if **input == *name)
        };
        if !matches!(&*diff.changes, [change] if is_it(change)) {
            wrong.push(format!("{}, {id} {name}:\n{diff}", case.name));
        }
    }
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}

/// Graphs that are hard for one way of pairing or another; with a quadratic step this takes minutes.
#[test]
fn every_shape_is_the_same_as_its_scrambled_copy() {
    let catalog = Catalog::bundled();
    for shape in Shape::ALL {
        let graph = read(&shape.workflow(2_000), &catalog).graph;
        let copy = scrambled(&graph, &mut Dice::of("shapes"));
        let diff = diff::graphs(&graph, &copy, Level::Authored);
        assert!(diff.is_empty(), "{shape:?}: {} changes", diff.changes.len());
    }
}

/// One of many pictures that all look alike: only what is linked to a node tells which one it is.
#[test]
fn one_mutation_among_many_alike_is_one_change() {
    let catalog = Catalog::bundled();
    let graph = read(&Shape::Pictures.workflow(2_000), &catalog).graph;
    for seed in ["a", "b", "c", "d", "e", "f"] {
        let mut dice = Dice::of(seed);
        for kind in 0..KINDS {
            let mut copy = scrambled(&graph, &mut dice);
            let Some(mutation) = mutate(&mut copy, kind, &mut dice) else { continue };
            let diff = diff::graphs(&graph, &copy, Level::Authored);
            let is_one = matches!(&*diff.changes, [change] if is_it(change, &mutation));
            assert!(is_one, "{seed}, {mutation:?}:\n{diff}");
        }
    }
}
