//! `cargo xtask faults`: plants mistakes in valid prompts and prints how many are refused, and how often the advice
//! names what was there before.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};
use comfy_graph::{catalog::Catalog, passes::LowerOptions};
use comfy_tests::{
    corpus::Corpus,
    faults::{
        Fault, Kind, Score, Tally,
        families::{Families, Role, is_warned, judge_family},
        judge, plant, plant_several, rust,
    },
};
use comfy_transpile::{Compiler, Input};
use lexopt::prelude::*;
use serde_json::{Map, Value as Json};

type Prompt = Map<String, Json>;

/// What the command line asks for.
struct Options {
    folder: Option<PathBuf>,
    catalog: Option<PathBuf>,
    seed: u64,
    each: u64,
    show: Option<String>,
    /// Only files of other families.
    families: bool,
}

pub(crate) fn run(parser: lexopt::Parser) -> Result<()> {
    let options = options(parser)?;
    let compiler = Compiler::new(catalog(&options)?).known_files(true);
    let (prompts, refused) = prompts(&options, &compiler)?;
    if prompts.is_empty() {
        bail!("no valid prompt was found");
    }
    let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
    let mut count = |name: &str, fault: Option<Fault>, judge: fn(&Fault, &Compiler) -> Score| {
        if let Some(fault) = fault {
            let score = judge(&fault, &compiler);
            tallies.entry(name.to_owned()).or_default().add(&score);
            if options.show.as_deref() == Some(name) && !(score.blocked && score.named) {
                show(&fault, &score);
            }
        }
    };
    let families = Families::of(&prompts);
    let warned = prompts.iter().filter(|prompt| is_warned(prompt, &compiler)).count();
    for (position, prompt) in (0_u64..).zip(&prompts) {
        for round in 0..options.each {
            let seed = options.seed ^ (position << 20) ^ (round << 8);
            for role in Role::ALL {
                count(role.name(), families.plant(role, prompt, seed), judge_family);
            }
            if options.families {
                continue;
            }
            for (number, kind) in (0_u64..).zip(Kind::ALL) {
                count(kind.name(), plant(*kind, prompt, compiler.catalog(), seed ^ number), judge);
            }
            for several in [2, 3] {
                let fault = plant_several(several, prompt, compiler.catalog(), seed);
                count(&format!("{several} at once"), fault, judge);
            }
            let flow = rust::flow_of(&Json::Object(prompt.clone()).to_string(), &compiler);
            for (name, fault) in flow.iter().flat_map(|flow| rust::plant_all(flow, &compiler, seed)) {
                count(name, Some(fault), rust::judge);
            }
        }
    }
    print(&tallies, prompts.len(), refused);
    print_warned(warned, prompts.len());
    Ok(())
}

fn options(mut parser: lexopt::Parser) -> Result<Options> {
    let mut options = Options { folder: None, catalog: None, seed: 1, each: 1, show: None, families: false };
    while let Some(argument) = parser.next()? {
        match argument {
            Long("catalog") => options.catalog = Some(parser.value()?.into()),
            Long("seed") => options.seed = parser.value()?.parse()?,
            Long("each") => options.each = parser.value()?.parse()?,
            Long("families") => options.families = true,
            Long("show") => options.show = Some(parser.value()?.string()?),
            Value(value) if options.folder.is_none() => options.folder = Some(value.into()),
            _ => return Err(argument.unexpected().into()),
        }
    }
    Ok(options)
}

/// The catalog that was named, that of the corpus, or the bundled one.
fn catalog(options: &Options) -> Result<Catalog> {
    let text = match &options.catalog {
        Some(path) => Some(fs_err::read_to_string(path)?),
        None if options.folder.is_none() => Corpus::find().and_then(|corpus| corpus.object_info()),
        None => None,
    };
    Ok(match text {
        Some(text) => Catalog::from_object_info(&text)?,
        None => Catalog::bundled(),
    })
}

/// The valid prompts of the folder, or of the corpus, and the names of those of the corpus that the server takes and we
/// refuse.
fn prompts(options: &Options, compiler: &Compiler) -> Result<(Vec<Prompt>, Vec<String>)> {
    let (mut prompts, mut refused) = (Vec::new(), Vec::new());
    if let Some(folder) = &options.folder {
        let mut files = Vec::new();
        find(folder, &mut files)?;
        files.sort();
        for file in files {
            prompts.extend(lowered(&fs_err::read_to_string(file)?, compiler));
        }
        return Ok((prompts, refused));
    }
    let corpus = Corpus::find().context("which FOLDER? There is no corpus on this machine (COMFY_GOLD)")?;
    for case in corpus.cases().into_iter().filter(|case| case.verdict == "fully") {
        match case.text().and_then(|text| lowered(&text, compiler)) {
            Some(prompt) => prompts.push(prompt),
            None => refused.push(case.name),
        }
    }
    Ok((prompts, refused))
}

/// The prompt of a workflow or prompt, if nothing is wrong with it.
fn lowered(text: &str, compiler: &Compiler) -> Option<Prompt> {
    let document = compiler.open(&Input::from_text("workflow.json", text)).ok()?;
    let lowered = compiler.lower(&document, LowerOptions::default());
    match lowered.prompt() {
        Json::Object(prompt) if !lowered.has_errors() => Some(prompt),
        _ => None,
    }
}

fn find(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs_err::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            find(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "json") {
            files.push(path);
        }
    }
    Ok(())
}

#[allow(clippy::print_stdout, reason = "this is a program")]
fn show(fault: &Fault, score: &Score) {
    println!("{} (answers: {:?})", fault.what, fault.answers);
    for found in &score.found {
        println!("    {found}");
        for advice in found.advice() {
            println!("        {advice}");
        }
    }
}

#[allow(clippy::print_stdout, reason = "this is a program")]
fn print_warned(warned: usize, all: usize) {
    println!(
        "of the families of models in {warned} of {all} valid prompts is warned; of `family` blocked means warned"
    );
}

#[allow(clippy::print_stdout, clippy::cast_precision_loss, reason = "this is a program; small numbers")]
fn print(tallies: &BTreeMap<String, Tally>, prompts: usize, refused: Vec<String>) {
    println!("{prompts} valid prompts, {} refused wrongly", refused.len());
    for name in refused {
        println!("    refused: {name}");
    }
    println!("{:32} {:>5} {:>7} {:>7}", "kind", "made", "blocked", "named");
    for (name, tally) in tallies {
        println!("{name:32} {tally}");
    }
    let mean = |of: fn(&Tally) -> f64| tallies.values().map(of).sum::<f64>() / tallies.len().max(1) as f64;
    let made: usize = tallies.values().map(|tally| tally.made).sum();
    let (blocked, named) = (mean(Tally::blocked_percent), mean(Tally::named_percent));
    println!("{:32} {made:5} {blocked:7.2} {named:7.2}", "mean over kinds");
}
