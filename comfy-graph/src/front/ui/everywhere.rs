//! Values that are sent to every free input they fit (cg-use-everywhere): "Anything Everywhere" and its like have no
//! links to where their values go.
//!
//! Files that were queued once list the links that were made ([`super::broadcast`]). For all others they are worked
//! out here by the pack's rules as of its version 7: an input takes a value of its very type, from a sender whose
//! patterns for the node's title, the input's name and the node's groups agree. Of several the one with the highest
//! priority is taken, of equals none.

use std::collections::{BTreeMap, BTreeSet};

use regex_lite::{Regex, RegexBuilder};
use serde_json::Value;

use super::broadcast::{output_type, with_role};
use crate::{
    catalog::{Catalog, IoType, NodeDef, virtuals::VirtualRole},
    diag::{Diagnostic, codes, short},
    graph::{Graph, Mode, Node, NodeIx, NodeKind, Slot},
};

/// The class that sends its own output; unlike the others it is a node of the server too.
const SEED: &str = "Seed Everywhere";

/// Inputs that take a seed, and those that take one of the two prompts, unless a sender says otherwise.
const SEEDS: &str = "seed";
const POSITIVE: &str = r"^prompt|(\b|_)pos(itive|_|\b)";
const NEGATIVE: &str = r"(\b|_)neg(ative|_|\b)";

/// Links every free socket to the one value that is sent to it.
pub(super) fn send(graph: &mut Graph, catalog: &Catalog, found: &mut Vec<Diagnostic>) {
    let senders = Senders::of(graph, found);
    if senders.0.is_empty() {
        return;
    }
    for ix in graph.indices() {
        let node = &graph[ix];
        let is_target = matches!(node.kind, NodeKind::Class | NodeKind::Instance(_));
        if !is_target || node.mode == Mode::Never || property(node, "rejects_ue_links").is_some_and(is_true) {
            continue;
        }
        let target = Target::of(graph, ix, catalog);
        let linked: BTreeSet<usize> = graph.links_into(ix).iter().map(|link| link.to.slot).collect();
        let free = (0..node.inputs.len()).filter(|slot| !linked.contains(slot) && target.is_open(*slot));
        let mut made = Vec::new();
        for slot in free {
            match senders.best(&target, slot) {
                Best::One(sender) => made.push((sender.from, Slot { node: ix, slot })),
                Best::Several(one, two) => found.push(ambiguous(graph, one, two, &target, slot)),
                Best::None => {}
            }
        }
        for (from, to) in made {
            graph.link(from, to);
        }
    }
}

fn ambiguous(graph: &Graph, one: &Sender, two: &Sender, target: &Target<'_>, slot: usize) -> Diagnostic {
    let (node, input) = (target.node, &target.node.inputs[slot]);
    let message = format!(
        "{} and {} both send {} to `{}` of {}; neither is taken",
        graph[one.node].describe(),
        graph[two.node].describe(),
        input.io_type,
        input.name,
        node.describe()
    );
    let found = Diagnostic::new(codes::AMBIGUOUS_BROADCAST, message).at_opt(node.path());
    found.node(&node.key).input(input.name.clone())
}

/// A node that may take values.
struct Target<'g> {
    ix: NodeIx,
    node: &'g Node,
    title: &'g str,
    centre: Option<[f64; 2]>,
    color: Option<&'g str>,
}

impl<'g> Target<'g> {
    fn of(graph: &'g Graph, ix: NodeIx, catalog: &'g Catalog) -> Self {
        let node = &graph[ix];
        let default = || catalog.get(&node.class_type).map_or(&*node.class_type, NodeDef::default_title);
        Self {
            ix,
            node,
            title: node.title.as_deref().unwrap_or_else(default),
            centre: centre(node),
            color: node.layout.as_ref().and_then(|layout| layout.color.as_deref()),
        }
    }

    /// Whether an input takes values at all: sockets do, widgets where the user allowed it.
    fn is_open(&self, slot: usize) -> bool {
        let input = &self.node.inputs[slot];
        let allowed = || property(self.node, "widget_ue_connectable")?.get(&*input.name);
        !input.widget || allowed().is_some_and(is_true)
    }

    fn input_name(&self, slot: usize) -> &str {
        let label = self.node.layout.as_ref().and_then(|layout| layout.label(false, slot));
        label.unwrap_or(&self.node.inputs[slot].name)
    }
}

/// A setting of the pack, where its versions keep it.
fn property<'n>(node: &'n Node, key: &str) -> Option<&'n Value> {
    let properties = node.extra.get("properties")?;
    properties.get("ue_properties").and_then(|ue| ue.get(key)).or_else(|| properties.get(key))
}

fn is_true(value: &Value) -> bool {
    match value {
        Value::Bool(value) => *value,
        Value::Number(number) => number.as_f64() != Some(0.0),
        _ => false,
    }
}

/// The middle of a node with its title bar, which decides in which groups it is.
fn centre(node: &Node) -> Option<[f64; 2]> {
    const TITLE: f64 = 30.0;
    let layout = node.layout.as_ref()?;
    let ([x, y], [width, height]) = (layout.position?, layout.size?);
    Some([x + width / 2.0, y + (height - TITLE) / 2.0])
}

/// The senders by type, those of the highest priority first.
struct Senders(BTreeMap<IoType, Vec<Sender>>);

/// One value that is sent.
struct Sender {
    from: Slot,
    node: NodeIx,
    rules: Rules,
}

enum Best<'s> {
    None,
    One(&'s Sender),
    Several(&'s Sender, &'s Sender),
}

impl Senders {
    fn of(graph: &Graph, found: &mut Vec<Diagnostic>) -> Self {
        let mut senders: BTreeMap<IoType, Vec<Sender>> = BTreeMap::new();
        let mut types = BTreeMap::new();
        let mut restricted = 0;
        let seeds = graph.nodes().filter(|(_, node)| &*node.class_type == SEED).map(|(ix, _)| ix);
        for ix in seeds.chain(with_role(graph, VirtualRole::Everywhere)) {
            let node = &graph[ix];
            restricted += usize::from(is_restricted(node));
            if !node.mode.runs() || restricted > MOST_RESTRICTED && is_restricted(node) {
                continue;
            }
            let is_seed = &*node.class_type == SEED;
            let own = is_seed.then_some((Slot { node: ix, slot: 0 }, None));
            let links = graph.links_into(ix).into_iter().map(|link| (link.from, Some(link.to.slot)));
            for (from, input) in own.into_iter().chain(links.filter(|_| !is_seed)) {
                let rules = match Rules::of(graph, node, input) {
                    Ok(rules) => rules,
                    Err(refused) => {
                        found.push(*refused);
                        continue;
                    }
                };
                let io_type = if is_seed { "INT".into() } else { output_type(graph, from, &mut types) };
                let known = senders.entry(io_type).or_default();
                if has_room(known, from, &rules) {
                    known.push(Sender { from, node: ix, rules });
                }
            }
        }
        if restricted > MOST_RESTRICTED {
            let message = format!("of {restricted} senders with patterns only {MOST_RESTRICTED} are used");
            found.push(Diagnostic::new(codes::UNKNOWN_PATTERN, message));
        }
        for known in senders.values_mut() {
            known.sort_by(|a, b| b.rules.priority.total_cmp(&a.rules.priority));
        }
        Self(senders)
    }

    /// The sender that an input takes its value from.
    fn best(&self, target: &Target<'_>, slot: usize) -> Best<'_> {
        let senders = self.0.get(&target.node.inputs[slot].io_type).into_iter().flatten();
        let mut fitting = senders.filter(|s| s.from.node != target.ix && s.rules.agree(target, slot));
        match (fitting.next(), fitting.next()) {
            (None, _) => Best::None,
            (Some(one), Some(two)) if one.rules.priority.total_cmp(&two.rules.priority).is_eq() => {
                Best::Several(one, two)
            }
            (Some(one), _) => Best::One(one),
        }
    }
}

/// More than anybody makes: every input asks them all.
const MOST_RESTRICTED: usize = 200;

/// Whether the sender has rules of its own.
fn is_restricted(node: &Node) -> bool {
    let has_text = |key| property(node, key).and_then(Value::as_str).is_some_and(|text| !text.is_empty());
    &*node.class_type == "Anything Everywhere?"
        || ["title_regex", "input_regex", "group_regex"].into_iter().any(has_text)
        || ["group_restricted", "color_restricted"].iter().any(|key| property(node, key).is_some_and(is_true))
}

/// Of senders with the same rules a few are enough: two that compete are as good as a thousand, unless they come
/// from the node that asks.
fn has_room(known: &[Sender], from: Slot, rules: &Rules) -> bool {
    const FROM_ONE: usize = 2;
    const ALIKE: usize = 6;
    let alike = || known.iter().filter(|other| other.rules.same(rules));
    alike().count() < ALIKE && alike().filter(|other| other.from.node == from.node).count() < FROM_ONE
}

/// Which inputs a value goes to, beside those of its type.
struct Rules {
    title: Option<Pattern>,
    input: Option<Pattern>,
    /// The frames around the nodes that may take it.
    within: Option<Area>,
    /// The frames of the sender, around nodes that may not take it.
    outside: Option<Area>,
    /// The colour of the nodes that may take it, or may not.
    color: Option<(Option<Box<str>>, bool)>,
    priority: f64,
}

impl Rules {
    /// The rules of a sending node for the value of one of its inputs.
    fn of(graph: &Graph, node: &Node, input: Option<usize>) -> Result<Self, Box<Diagnostic>> {
        let (title, own, groups) =
            (pattern(node, "title", 0)?, pattern(node, "input", 1)?, pattern(node, "group", 2)?);
        let by_kind = match (&*node.class_type, input) {
            (SEED, _) => Some(SEEDS),
            ("Prompts Everywhere", Some(0)) => Some(POSITIVE),
            ("Prompts Everywhere", Some(_)) => Some(NEGATIVE),
            _ => None,
        };
        let is_restricted = title.is_some() || own.is_some() || groups.is_some();
        let choice = |key| property(node, key).and_then(Value::as_i64).unwrap_or(0);
        let (by_group, by_color) = (choice("group_restricted"), choice("color_restricted"));
        let own_area = || Area::around(graph, node);
        let color = || node.layout.as_ref().and_then(|layout| layout.color.clone());
        let default = [
            (10.0, true),
            (10.0, by_kind.is_some()),
            (20.0, is_restricted),
            (3.0, by_group > 0),
            (6.0, by_color > 0),
        ];
        let default = default.iter().filter(|(_, counts)| *counts).map(|(points, _)| points).sum();
        let set = property(node, "priority").and_then(Value::as_f64).filter(|priority| *priority != 0.0);
        Ok(Self {
            title,
            input: own.or_else(|| by_kind.and_then(Pattern::known)),
            within: match (groups, by_group) {
                (Some(groups), 1) => Some(Area::named(graph, &groups).and(own_area())),
                (Some(groups), _) => Some(Area::named(graph, &groups)),
                (None, 1) => Some(own_area()),
                (None, _) => None,
            },
            outside: (by_group == 2).then(own_area),
            color: (by_color > 0).then(|| (color(), by_color == 1)),
            priority: set.unwrap_or(default),
        })
    }

    fn agree(&self, target: &Target<'_>, slot: usize) -> bool {
        let names = |pattern: &Option<Pattern>, text: &str| pattern.as_ref().is_none_or(|p| p.agrees(text));
        let color = |(color, same): &(Option<Box<str>>, bool)| (color.as_deref() == target.color) == *same;
        names(&self.input, target.input_name(slot))
            && names(&self.title, target.title)
            && self.color.as_ref().is_none_or(color)
            && self.within.as_ref().is_none_or(|area| area.contains(target.centre))
            && self.outside.as_ref().is_none_or(|area| !area.contains(target.centre))
    }

    /// Whether the rules say the same, as far as can be told without looking at nodes.
    fn same(&self, other: &Self) -> bool {
        self.title == other.title
            && self.input == other.input
            && self.within == other.within
            && self.outside == other.outside
            && self.color == other.color
            && self.priority.total_cmp(&other.priority).is_eq()
    }
}

/// A regular expression of JavaScript, as far as it means the same here.
struct Pattern {
    regex: Regex,
    /// It has to be absent.
    inverted: bool,
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.regex.as_str() == other.regex.as_str() && self.inverted == other.inverted
    }
}

impl Pattern {
    fn known(text: &str) -> Option<Self> {
        Regex::new(text).ok().map(|regex| Self { regex, inverted: false })
    }

    fn agrees(&self, text: &str) -> bool {
        self.regex.is_match(text) != self.inverted
    }
}

/// The pattern of a sender: of files since version 7 in its properties, of older ones in its widgets.
fn pattern(node: &Node, what: &str, position: usize) -> Result<Option<Pattern>, Box<Diagnostic>> {
    const MOST: usize = 1 << 16;
    let key = format!("{what}_regex");
    let older = || match &*node.class_type {
        "Anything Everywhere?" => node.widgets.get(position)?.value.as_ref(),
        _ => None,
    };
    let text = property(node, &key).or_else(older).and_then(Value::as_str).unwrap_or_default();
    if text.is_empty() || text == ".*" {
        return Ok(None);
    }
    let inverted = property(node, &format!("{key}_invert")).is_some_and(is_true);
    match RegexBuilder::new(text).size_limit(MOST).build() {
        Ok(regex) => Ok(Some(Pattern { regex, inverted })),
        Err(error) => {
            let message = format!(
                "{}: the {what} pattern \"{}\" cannot be used here ({error}); what the node sends is left out",
                node.describe(),
                short(text)
            );
            let found = Diagnostic::new(codes::UNKNOWN_PATTERN, message).at_opt(node.path()).node(&node.key);
            let help =
                "link the inputs, or queue the workflow in the browser, which lists the links in the file";
            Err(Box::new(found.help(help)))
        }
    }
}

/// Frames, and frames that count only together with them.
#[derive(PartialEq)]
struct Area {
    frames: Vec<[f64; 4]>,
    and: Option<Box<Area>>,
}

impl Area {
    /// More than anybody draws: every node is looked for in every frame.
    const MOST: usize = 100;

    /// The groups with a fitting title.
    fn named(graph: &Graph, title: &Pattern) -> Self {
        let frames = graph.groups.iter().filter(|group| title.agrees(&group.title));
        Self { frames: frames.take(Self::MOST).map(|group| group.bounding).collect(), and: None }
    }

    /// The groups that a node is in.
    fn around(graph: &Graph, node: &Node) -> Self {
        let centre = centre(node);
        let frames = graph.groups.iter().map(|group| group.bounding).filter(|frame| is_in(frame, centre));
        Self { frames: frames.take(Self::MOST).collect(), and: None }
    }

    fn and(self, other: Self) -> Self {
        Self { and: Some(Box::new(other)), ..self }
    }

    fn contains(&self, centre: Option<[f64; 2]>) -> bool {
        let others =
            self.and.as_ref().is_none_or(|area| area.frames.iter().any(|frame| is_in(frame, centre)));
        others && self.frames.iter().any(|frame| is_in(frame, centre))
    }
}

fn is_in([left, top, width, height]: &[f64; 4], centre: Option<[f64; 2]>) -> bool {
    centre.is_some_and(|[x, y]| x >= *left && x < left + width && y >= *top && y < top + height)
}
