//! The same mistakes in flows that are written in Rust: of a valid flow one thing is changed in the text, and the static
//! reader is asked.
//!
//! `source` knows where things are in the text, `slips` changes them.

mod slips;
mod source;

use comfy_graph::diag::Diagnostic;
use comfy_transpile::{Compiler, Input, Target};

use super::{Chance, Fault, Score, judge::score};
use source::Source;

/// A change of the text, and what has to be named.
struct Slip {
    edits: Vec<(std::ops::Range<usize>, String)>,
    what: String,
    answers: Vec<String>,
}

type Plant = fn(&Source<'_, '_>, &mut Chance) -> Option<Slip>;

/// The kinds of mistakes in Rust, by name.
const KINDS: &[(&str, Plant)] = &[
    ("rust: node name", slips::misspelt_node),
    ("rust: setter (required)", slips::required_misspelt),
    ("rust: setter (optional)", slips::optional_misspelt),
    ("rust: setter missing", slips::value_missing),
    ("rust: link missing", slips::link_missing),
    ("rust: variant", slips::misspelt_variant),
    ("rust: misspelt text", slips::misspelt_text),
    ("rust: output field", slips::misspelt_field),
    ("rust: wrong output", slips::wrong_output),
    ("rust: wrong type", slips::wrong_type),
    ("rust: out of range", slips::out_of_range),
    ("rust: text for number", slips::text_for_number),
    ("rust: literal on a socket", slips::literal),
    ("rust: node forgotten", slips::forgotten),
    ("rust: node not added", slips::not_added),
    ("rust: duplicate setting", slips::set_twice),
    ("rust: no output node", slips::no_output),
];

/// Kinds that leave the rest of the flow readable.
const APART: &[Plant] = &[
    slips::required_misspelt,
    slips::link_missing,
    slips::misspelt_variant,
    slips::wrong_output,
    slips::text_for_number,
    slips::optional_misspelt,
    slips::literal,
    slips::value_missing,
    slips::wrong_type,
];

/// The names of all kinds, in the order of [`plant_all`].
pub fn kinds() -> impl Iterator<Item = &'static str> {
    KINDS.iter().map(|(name, _)| *name)
}

/// The flow of a prompt, if the reader finds nothing wrong with it.
pub fn flow_of(prompt: &str, compiler: &Compiler) -> Option<String> {
    let document = compiler.open(&Input::from_text("prompt.json", prompt)).ok()?;
    let flow = compiler.write(&document, &Target::default()).value;
    (!found(&flow, compiler).iter().any(Diagnostic::is_error)).then_some(flow)
}

/// Every mistake that can be made in a flow: one of each kind, and two and three at once.
pub fn plant_all(flow: &str, compiler: &Compiler, seed: u64) -> Vec<(&'static str, Fault)> {
    compiler.with_names(|names| Some(plant(flow, &Source::read(flow, names)?, seed))).unwrap_or_default()
}

fn plant(flow: &str, source: &Source<'_, '_>, seed: u64) -> Vec<(&'static str, Fault)> {
    let mut faults = Vec::new();
    for ((name, plant), number) in KINDS.iter().zip(0_u64..) {
        let slip = plant(source, &mut Chance::new(seed ^ number));
        faults.extend(slip.and_then(|slip| Some((*name, fault(flow, &[slip])?))));
    }
    for (count, name) in [(2, "rust: 2 at once"), (3, "rust: 3 at once")] {
        faults.extend(several(count, source, seed).and_then(|slips| Some((name, fault(flow, &slips)?))));
    }
    faults
}

fn several(count: usize, source: &Source<'_, '_>, seed: u64) -> Option<Vec<Slip>> {
    let mut chance = Chance::new(seed);
    let start = chance.below(APART.len());
    let mut slips: Vec<Slip> = Vec::new();
    for step in 0..APART.len() {
        let plant = APART.get((start + 2 * step) % APART.len())?;
        let Some(slip) = plant(source, &mut chance) else { continue };
        let lines = |slip: &Slip| slip.edits.first().map(|(range, _)| source.statement(range.start));
        // two mistakes in one statement can hide each other
        if slips.iter().all(|other| lines(other) != lines(&slip)) {
            slips.push(slip);
        }
        if slips.len() == count {
            return Some(slips);
        }
    }
    None
}

/// The text with the changes made; `None` where two touch.
fn fault(flow: &str, slips: &[Slip]) -> Option<Fault> {
    let mut edits: Vec<_> = slips.iter().flat_map(|slip| &slip.edits).collect();
    edits.sort_by_key(|(range, _)| range.start);
    let (mut text, mut at) = (String::with_capacity(flow.len()), 0);
    for (range, new) in edits {
        text.push_str(flow.get(at..range.start)?);
        text.push_str(new);
        at = range.end;
    }
    text.push_str(flow.get(at..)?);
    let what: Vec<&str> = slips.iter().map(|slip| &*slip.what).collect();
    Some(Fault {
        text,
        what: what.join("; "),
        answers: slips.iter().map(|slip| slip.answers.clone()).collect(),
    })
}

/// Asks the static reader.
pub fn judge(fault: &Fault, compiler: &Compiler) -> Score {
    score(fault, found(&fault.text, compiler))
}

fn found(flow: &str, compiler: &Compiler) -> Vec<Diagnostic> {
    compiler.check_input(&Input::from_text("flow.rs", flow)).unwrap_or_default()
}
