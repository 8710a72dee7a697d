//! Models that do not belong together: a VAE, text encoder, LoRA, ControlNet or empty latent of another family than the
//! model that samples.
//!
//! What loads or makes something of known families (`table`, by the words in `names`) is a *source*. Sources go along the
//! links of models, conditioning and latents; where two of them meet that no family has both of, one is reported, once. The
//! server takes such prompts, and fails in the middle of a run or makes noise.
//!
//! Pictures carry nothing on: a workflow may well have one model after another.

mod names;
mod table;

use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use serde_json::Value;

use self::{
    names::{Choice, Known},
    table::{ANY, Set},
};
use super::super::{Check, NodeView, Reach};
use crate::{
    catalog::{InputKind, IoType, NodeDef},
    diag::{Code, codes, short},
    graph::{Node, NodeIx, Slot, Widget},
};

/// More sources than this do not go on together.
const MOST: usize = 24;
/// More contradictions than this are not looked for.
const MEETINGS: usize = 1000;
/// How many files that fit are named.
const NAMED: usize = 4;
/// How many options are looked at for that.
const OPTIONS: usize = 2000;

/// What a source is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Chosen(Choice),
    /// A class that makes latents of some families.
    Latents,
    /// A class for some families.
    Class,
}

/// Something of known families.
#[derive(Debug)]
struct Source<'a> {
    node: NodeIx,
    what: What,
    widget: Option<(&'a str, &'a str)>,
    set: Set,
}

/// Sources on their way, each with the families that are left to it.
type Load = Rc<[(usize, Set)]>;

/// Whose links carry something on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Model,
    Clip,
    Vae,
    Conditioning,
    Latent,
    Guider,
    Addition,
}

impl Kind {
    fn of(io_type: &IoType) -> Option<Self> {
        Some(match io_type.as_str() {
            "MODEL" => Self::Model,
            "CLIP" => Self::Clip,
            "VAE" => Self::Vae,
            "CONDITIONING" => Self::Conditioning,
            "LATENT" => Self::Latent,
            "GUIDER" => Self::Guider,
            "CONTROL_NET" | "STYLE_MODEL" | "MODEL_PATCH" => Self::Addition,
            _ => return None,
        })
    }

    /// Whether what comes in by this kind goes out by the other.
    fn goes_into(self, out: Self) -> bool {
        match out {
            Self::Model => matches!(self, Self::Model | Self::Addition),
            Self::Clip => self == Self::Clip,
            Self::Vae => self == Self::Vae,
            Self::Conditioning => !matches!(self, Self::Latent | Self::Model | Self::Guider),
            Self::Guider => matches!(self, Self::Model | Self::Conditioning | Self::Guider),
            Self::Addition => self == Self::Addition,
            Self::Latent => true,
        }
    }
}

/// Looks at all nodes that run.
pub(super) fn check(check: &mut Check<'_>, reach: &Reach) {
    let mut walk = Walk::default();
    for ix in inputs_first(check, reach) {
        walk.visit(check, ix);
    }
    walk.report_all(check);
}

/// The nodes so that each comes after those it takes from. Of a circle some come too soon, and miss something.
fn inputs_first(check: &Check<'_>, reach: &Reach) -> Vec<NodeIx> {
    let graph = check.graph;
    let (mut order, mut seen) = (Vec::with_capacity(reach.len()), BTreeSet::new());
    for (start, _) in graph.nodes().filter(|(ix, _)| reach.contains(ix)) {
        let mut stack = vec![(start, false)];
        while let Some((ix, is_done)) = stack.pop() {
            if is_done {
                order.push(ix);
            } else if seen.insert(ix) {
                stack.push((ix, true));
                stack.extend(graph.links_into(ix).into_iter().map(|link| (link.from.node, false)));
            }
        }
    }
    order
}

#[derive(Default)]
struct Walk<'a> {
    known: Known,
    sources: Vec<Source<'a>>,
    loads: BTreeMap<Slot, (Kind, Load)>,
    /// Two sources that no family has both of, and where they met first.
    meetings: BTreeMap<(usize, usize), NodeIx>,
}

impl<'a> Walk<'a> {
    fn visit(&mut self, check: &mut Check<'a>, ix: NodeIx) {
        let graph = check.graph;
        let node = &graph[ix];
        let Some(def) = check.def(&node.class_type) else { return };
        let outs: Vec<(usize, Kind)> = (0..def.outputs.len())
            .filter_map(|slot| Some((slot, Kind::of(&check.output_type(Slot { node: ix, slot })?)?)))
            .collect();
        let ins: Vec<(Kind, Load)> =
            graph.links_into(ix).into_iter().filter_map(|link| self.loads.get(&link.from)).cloned().collect();
        let own = self.own(ix, node, def, &outs);
        if ins.is_empty() && own.is_empty() {
            return;
        }
        let makes = |wanted: Kind| outs.iter().any(|(_, kind)| *kind == wanted);
        let (encodes, samples) = (makes(Kind::Conditioning), makes(Kind::Latent));
        // decoders of pixels take latents of any model as their conditioning
        let mut meet = ins.clone();
        meet.retain(|(kind, _)| *kind != Kind::Latent || samples || !encodes);
        self.compare(ix, &meet, &own, encodes || samples);
        for (slot, out) in outs {
            let load = Self::load(out, &ins, &own);
            if !load.is_empty() {
                self.loads.insert(Slot { node: ix, slot }, (out, load));
            }
        }
    }

    /// What the node itself loads or makes.
    fn own(
        &mut self,
        ix: NodeIx,
        node: &'a Node,
        def: &NodeDef,
        outs: &[(usize, Kind)],
    ) -> Vec<(usize, Set)> {
        let first = self.sources.len();
        if outs.is_empty() {
            return Vec::new();
        }
        if let Some(set) = names::latents(&node.class_type) {
            self.sources.push(Source { node: ix, what: What::Latents, widget: None, set });
        } else if let Some(set) = names::class(&node.class_type) {
            self.sources.push(Source { node: ix, what: What::Class, widget: None, set });
        }
        let is_addition = outs.iter().all(|(_, kind)| *kind == Kind::Addition);
        let loads_encoder = def.class_type.contains("CLIPLoader");
        for (name, value) in node.widgets.iter().filter_map(text) {
            let is_type = name == "type" && loads_encoder;
            if !is_type && !crate::suggest::is_file_name(value) {
                continue;
            }
            let choice = Choice::of(name, is_addition);
            let set = self.known.families(choice, value);
            if set != ANY {
                let (what, widget) = (What::Chosen(choice), Some((name, value)));
                self.sources.push(Source { node: ix, what, widget, set });
            }
        }
        let set_of = |(source, position): (&Source<'_>, usize)| (position, source.set);
        self.sources[first..].iter().zip(first..).map(set_of).collect()
    }

    /// What leaves by an output.
    fn load(out: Kind, ins: &[(Kind, Load)], own: &[(usize, Set)]) -> Load {
        let passing: Vec<&(Kind, Load)> = ins.iter().filter(|(kind, _)| kind.goes_into(out)).collect();
        if let ([(_, only)], [], false) = (passing.as_slice(), own, out == Kind::Latent) {
            return only.clone();
        }
        let mut load: Vec<(usize, Set)> = Vec::new();
        for (source, set) in passing.iter().flat_map(|(_, load)| load.iter()).chain(own) {
            // latents of one model may go on with another of the same space
            let set = if out == Kind::Latent { names::same_space(*set) } else { *set };
            if load.len() < MOST && set != ANY && load.iter().all(|(known, _)| known != source) {
                load.push((*source, set));
            }
        }
        load.into()
    }

    /// Notes what does not go together here. `is_used`: for a picture, or the like.
    fn compare(&mut self, ix: NodeIx, ins: &[(Kind, Load)], own: &[(usize, Set)], is_used: bool) {
        let mut here: Vec<(usize, Set)> = Vec::new();
        for (source, set) in ins.iter().flat_map(|(_, load)| load.iter()).chain(own) {
            if here.len() < MOST && here.iter().all(|(known, _)| known != source) {
                here.push((*source, *set));
            }
        }
        here.sort_unstable();
        for (position, one) in here.iter().enumerate() {
            for other in here.iter().skip(position + 1).filter(|other| one.1 & other.1 == 0) {
                // an encoder that only writes text may have any type
                let is_one = self.sources[one.0].node == self.sources[other.0].node;
                if self.meetings.len() < MEETINGS && (is_used || !is_one) && self.matters(one.0, other.0) {
                    self.meetings.entry((one.0, other.0)).or_insert(ix);
                }
            }
        }
    }

    /// Latents are told wrong by a model only: the server repairs what it can of them.
    fn matters(&self, one: usize, other: usize) -> bool {
        let [one, other] = [one, other].map(|source| self.sources[source].what);
        let is_model = |what| what == What::Chosen(Choice::Model);
        (one != What::Latents || is_model(other)) && (other != What::Latents || is_model(one))
    }

    /// Reports the source that does not go with most others, until what is left goes together.
    fn report_all(mut self, check: &mut Check<'a>) {
        let mut known = std::mem::take(&mut self.known);
        loop {
            let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
            for source in self.meetings.keys().flat_map(|(one, other)| [*one, *other]) {
                *counts.entry(source).or_default() += 1;
            }
            let ranked = counts.into_iter().map(|(source, count)| (count, self.rank(source), source));
            let Some((.., wrong)) = ranked.max() else { return };
            let theirs = self.meetings.iter().filter_map(|((one, other), ix)| match wrong {
                _ if *one == wrong => Some((*other, *ix)),
                _ if *other == wrong => Some((*one, *ix)),
                _ => None,
            });
            // a model is what one knows best
            if let Some((other, ix)) = theirs.min_by_key(|(other, _)| self.rank(*other)) {
                self.report(&mut known, check, ix, wrong, other);
            }
            self.meetings.retain(|(one, other), _| *one != wrong && *other != wrong);
        }
    }

    /// How likely a source is the wrong one.
    fn rank(&self, source: usize) -> u8 {
        match self.sources[source].what {
            What::Chosen(Choice::Model) => 0,
            What::Class => 1,
            What::Chosen(Choice::Type) => 2,
            What::Chosen(Choice::Encoder) => 3,
            What::Latents => 4,
            What::Chosen(Choice::Vae) => 5,
            What::Chosen(Choice::Addition) => 6,
        }
    }

    fn report(&self, known: &mut Known, check: &mut Check<'a>, ix: NodeIx, wrong: usize, other: usize) {
        let graph = check.graph;
        let (wrong, other) = (&self.sources[wrong], &self.sources[other]);
        let view = NodeView { ix: wrong.node, node: &graph[wrong.node], runs: true };
        let against = match other.widget {
            Some((_, value)) => format!("{} of {}", names::file(value), graph[other.node].describe()),
            None => graph[other.node].describe(),
        };
        let place = if other.node == ix || wrong.node == ix {
            String::new()
        } else {
            format!("; they meet in {}", graph[ix].describe())
        };
        let is = match wrong.widget {
            Some((name, value)) => {
                format!("{name} is {}, for {}", names::file(value), names::list(wrong.set))
            }
            None => format!("it is for {}", names::list(wrong.set)),
        };
        let what = format!("{is}, but {against} is for {}{place}", names::list(other.set));
        let mut found = match wrong.widget {
            Some((name, _)) => view.finding(code(wrong), name, &what),
            None => view.about(code(wrong), &what),
        };
        let fitting = fitting(known, check, wrong, other.set);
        if !fitting.is_empty() {
            found = found.help(format!("what fits is {}", fitting.join(", ")));
        }
        if let Some(path) = graph[ix].path().filter(|_| ix != wrong.node) {
            found = found.related(path, "they meet here");
        }
        check.found.push(found);
    }
}

/// Files and types that the server has and that go with the families; what is usual where it has none, or is not known.
fn fitting(known: &mut Known, check: &Check<'_>, wrong: &Source<'_>, set: Set) -> Vec<String> {
    let (What::Chosen(choice), Some((name, _))) = (wrong.what, wrong.widget) else { return Vec::new() };
    let input = check.def(&check.graph[wrong.node].class_type).and_then(|def| def.resolve_input(name));
    let options: &[Value] = match input.map(|input| &input.kind) {
        Some(InputKind::Combo(combo)) => &combo.options,
        _ => &[],
    };
    let mut fits = |option: &&str| {
        let families = known.families(choice, option);
        families != ANY && families & set != 0
    };
    let options = options.iter().filter_map(Value::as_str).take(OPTIONS);
    let mut names: Vec<&str> = options.filter(&mut fits).take(NAMED).collect();
    if names.is_empty() {
        let usual = match choice {
            Choice::Vae => table::USUAL_VAES,
            Choice::Encoder => table::USUAL_ENCODERS,
            _ => &[],
        };
        names = usual.iter().copied().filter(&mut fits).take(1).collect();
    }
    names.into_iter().map(|option| format!("{:?}", short(option))).collect()
}

/// A widget's text.
fn text(widget: &Widget) -> Option<(&str, &str)> {
    Some((&*widget.name, widget.value.as_ref()?.as_str()?))
}

fn code(source: &Source<'_>) -> Code {
    match source.what {
        What::Latents => codes::LATENT_FAMILY_MISMATCH,
        _ => codes::MODEL_FAMILY_MISMATCH,
    }
}
