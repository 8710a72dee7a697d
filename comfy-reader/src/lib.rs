//! Rust flows → graph, without a compiler.
//!
//! [`read_rust`] takes the Rust that flows are written in (the emitter's, and what people and agents write with it:
//! functions, loops, arithmetic, closures, `format!`, helper structs), checks it as rustc would against a catalog
//! instead of generated code, and runs it. What a flow then records goes to `comfy_dsl`'s own recorder, so that a flow
//! that is read and one that is compiled and run make the same graph by construction.
//!
//! Where there is a `flow`, a `main` beside it may be written in any Rust: it is not run. What is read of it is checked.
//!
//! It refuses what it does not take, with the place and the reason ([`codes::UNSUPPORTED_RUST`]); what it accepts
//! is what rustc accepts, and gives what a run gives. It always ends: steps, depth and memory are counted.
//!
//! # How
//! `guard` turns text away that is nested too deep to look at, `program` finds the items, `lifetimes` looks whether those
//! are declared, `signatures` reads those with `types` and `impls`,
//! `resolve` says what names mean (generated ones by [`comfy_codegen::names`] only), `check` infers types and makes the
//! tree of `hir` out of each body with the promises of `traits`, `moves` follows what is moved and borrowed, and `eval`
//! runs the entry.
//!
//! [`codes::UNSUPPORTED_RUST`]: comfy_graph::diag::codes::UNSUPPORTED_RUST

#![allow(
    clippy::match_same_arms,
    clippy::single_match_else,
    clippy::rc_buffer,
    reason = "a table of the language reads best with one line for each part; lists are shared until they are changed"
)]

mod at;
mod brackets;
mod builder;
mod check;
mod eval;
mod format;
mod guard;
mod hir;
mod impls;
mod infer;
mod lifetimes;
mod moves;
mod places;
mod program;
mod report;
mod resolve;
mod signatures;
mod traits;
mod ty;
mod types;
mod value;
mod world;

use bumpalo::Bump;
use comfy_codegen::names::Names;
use comfy_graph::{
    catalog::Catalog,
    diag::{Diagnostic, Place, WithDiagnostics, codes},
    graph::Graph,
};

pub use places::Places;

use at::At;
use check::{Checked, Checker};
use eval::Machine;
use hir::Body;
use program::Program;
use report::Report;
use resolve::Seen;
use value::Val;
use world::World;

/// The limits of a reading.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReadOptions {
    /// How many expressions may be evaluated.
    pub max_steps: u64,
    /// How many bytes of lists and texts may be made.
    pub max_memory: usize,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self { max_steps: 5_000_000, max_memory: 1 << 28 }
    }
}

/// A flow that was read.
#[derive(Debug)]
pub struct ReadFlow {
    /// The graph, as `Flow::to_graph` gives it.
    pub graph: Graph,
    /// Where in the source the inputs of nodes are.
    pub places: Places,
}

/// The program is refused: what is wrong with it, in the order of its finding.
#[derive(Debug, thiserror::Error)]
#[error("the program has errors; the first: {}", .0.iter().find(|found| found.is_error()).map_or("", |found| &found.message))]
pub struct ReadError(pub Vec<Diagnostic>);

/// The stack of a reading: deep enough for the deepest program that `guard` lets through.
const STACK: usize = 128 << 20;

/// Reads a flow written in Rust. The entry is the function `flow(g: &Flow)`, else the only function with such a
/// signature, else `main`.
///
/// # Errors
/// When the program has mistakes, or is no Rust that is read without a compiler.
pub fn read_rust(
    source: &str,
    catalog: &Catalog,
    options: &ReadOptions,
) -> Result<WithDiagnostics<ReadFlow>, ReadError> {
    let names = Names::new(catalog);
    read_with(source, &names, options)
}

/// [`read_rust`] with names that are at hand.
///
/// # Errors
/// As [`read_rust`].
pub fn read_with(
    source: &str,
    names: &Names<'_>,
    options: &ReadOptions,
) -> Result<WithDiagnostics<ReadFlow>, ReadError> {
    std::thread::scope(|scope| {
        // places of tokens are kept by thread, and end with it
        let reading = std::thread::Builder::new()
            .stack_size(STACK)
            .spawn_scoped(scope, || read(source, names, options));
        let internal = || {
            ReadError(vec![Diagnostic::new(
                codes::INTERNAL_ERROR,
                "reading the program failed; please report it",
            )])
        };
        reading.ok().and_then(|thread| thread.join().ok()).unwrap_or_else(|| Err(internal()))
    })
}

fn read(
    source: &str,
    names: &Names<'_>,
    options: &ReadOptions,
) -> Result<WithDiagnostics<ReadFlow>, ReadError> {
    let file = guard::parse(source).map_err(|error| ReadError(vec![*error]))?;
    let (bump, report) = (Bump::new(), Report::default());
    let world = World::new(names, &bump);
    let mut program = program::collect(&file, &report);
    lifetimes::check(&file, &program, &report);
    let (aside, of_aside) = (program.main_aside(), Report::default());
    signatures::read(&mut program, &world, &report, (aside, &of_aside));
    let program = program;
    let (fns, consts) = bodies(&world, &program, &report, (aside, &of_aside));
    of_aside.join_read(&report);
    let entry = entry(&program, &report);
    let Some(entry) = entry.filter(|_| !report.has_errors()) else {
        return Err(ReadError(report.into_vec()));
    };
    let mut machine = Machine::new(&world, &report, &fns, &consts, &program.dispatch, options);
    let at =
        program.fns.get(entry as usize).map_or_else(|| At::of(&file), |item| At::span(item.sig.ident.span()));
    let args = if program.fns.get(entry as usize).is_some_and(|item| item.params.is_empty()) {
        Vec::new()
    } else {
        vec![Val::Flow(0)]
    };
    let stopped = machine.run(entry, args, at).is_err();
    let (recorder, places) = (machine.recorder, machine.places);
    if stopped && !report.has_errors() {
        report.error(codes::INTERNAL_ERROR, at, "running the program failed; please report it");
    }
    if report.has_errors() {
        return Err(ReadError(report.into_vec()));
    }
    let WithDiagnostics { value: graph, diagnostics } = recorder.to_graph();
    let mut found = report.into_vec();
    found.extend(diagnostics.into_iter().map(|diagnostic| places.locate(&graph, diagnostic)));
    Ok(WithDiagnostics { value: ReadFlow { graph, places }, diagnostics: found })
}

/// The bodies of all functions and constants. What is wrong with the function that stands aside goes to a report of
/// its own.
fn bodies<'a>(
    world: &World<'a, '_>,
    program: &Program<'a>,
    report: &Report,
    aside: (Option<u32>, &Report),
) -> (Vec<Body<'a>>, Vec<Body<'a>>) {
    let sound = |checked: Checked<'a>, report: &Report| {
        // after a mistake of types, what moves is not known
        if !report.has_errors() {
            moves::check(&checked, report);
        }
        checked.body
    };
    let seen = Seen::default();
    let consts = program.consts.iter();
    let consts = consts
        .map(|item| {
            let checker = Checker::new(world, program, report, &seen, item.module);
            sound(checker.constant(item.value, &item.ty), report)
        })
        .collect();
    let fns = (0_u32..)
        .zip(&program.fns)
        .map(|(index, item)| {
            let report = if aside.0 == Some(index) { aside.1 } else { report };
            sound(Checker::new(world, program, report, &seen, item.module).function(item), report)
        })
        .collect();
    (fns, consts)
}

/// The function to run.
fn entry(program: &Program<'_>, report: &Report) -> Option<u32> {
    let takes_flow = |at: &usize| {
        let params = program.fns.get(*at).map(|item| item.params.as_slice());
        matches!(params, Some([only]) if only.is_flow_reference())
    };
    let named = |name: &str| program.fns.iter().position(|item| item.module == 0 && item.sig.ident == name);
    let candidates = (0..program.fns.len()).filter(|at| program.fns[*at].module == 0).filter(takes_flow);
    let flow = named("flow").filter(takes_flow);
    let main = named("main").filter(|at| program.fns.get(*at).is_some_and(|item| item.params.is_empty()));
    let several: Vec<usize> = candidates.collect();
    let found = flow.or(match several.as_slice() {
        [only] => Some(*only),
        _ => main,
    });
    if found.is_none() {
        let message = "there is no function `flow(g: &Flow)` to begin with";
        let diagnostic =
            Diagnostic::new(codes::NOT_A_WORKFLOW, message).at(Place::Bytes { start: 0, end: 0 });
        let takers: Vec<String> = several
            .iter()
            .filter_map(|at| program.fns.get(*at))
            .map(|item| format!("`{}`", item.sig.ident))
            .collect();
        report.push(if takers.is_empty() {
            diagnostic.help("write `pub fn flow(g: &Flow) { .. }`")
        } else {
            diagnostic.help(format!("call one of {} `flow`", takers.join(", ")))
        });
    }
    found.and_then(|at| u32::try_from(at).ok())
}
