//! `cargo xtask templates`: the newest official templates along every route, with the catalog that comes with the crate.
//!
//! Templates name nodes that the bundled catalog does not have yet, too: those are kept and counted.

use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use comfy_codegen::names::Names;
use comfy_graph::{
    back,
    catalog::Catalog,
    diag::{Diagnostic, codes},
    front,
};
use comfy_tests::{
    prompts::differences,
    routes::{self, prompt},
};
use comfy_transpile::{Compiler, Input};
use lexopt::prelude::*;
use serde_json::Value as Json;

use crate::frontend::{install, say};

/// What the command line asks for.
#[derive(Default)]
struct Asked {
    folder: Option<PathBuf>,
    catalog: Option<PathBuf>,
    only: Option<String>,
    verbose: bool,
}

pub(crate) fn run(mut parser: lexopt::Parser) -> Result<()> {
    let mut asked = Asked::default();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("catalog") => asked.catalog = Some(parser.value()?.into()),
            Long("only") => asked.only = Some(parser.value()?.string()?),
            Short('v') | Long("verbose") => asked.verbose = true,
            Value(value) if asked.folder.is_none() => asked.folder = Some(value.into()),
            _ => return Err(argument.unexpected().into()),
        }
    }
    let folder = asked.folder.clone().map_or_else(install::templates, Ok)?;
    let catalog = match &asked.catalog {
        Some(path) => Catalog::from_object_info(&fs_err::read_to_string(path)?)?,
        None => Catalog::bundled(),
    };
    let compiler = Compiler::new(catalog);
    let names = Names::new(compiler.catalog());
    let mut tally = Tally::default();
    for file in files(&folder)? {
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if asked.only.as_deref().is_some_and(|only| !name.contains(only)) {
            continue;
        }
        let text = fs_err::read_to_string(&file)?;
        let json: Json = serde_json::from_str(&text).with_context(|| name.clone())?;
        if json.get("nodes").is_some() {
            tally.template(&name, &text, &compiler, &names, asked.verbose)?;
        }
    }
    tally.report()
}

fn files(folder: &std::path::Path) -> Result<Vec<PathBuf>> {
    let entries = fs_err::read_dir(folder)?.map(|entry| Ok(entry?.path()));
    let mut files: Vec<PathBuf> = entries.collect::<Result<_>>()?;
    files.retain(|file| file.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    Ok(files)
}

/// What came out.
#[derive(Default)]
struct Tally {
    all: usize,
    unknown: usize,
    valid: usize,
    faults: Vec<String>,
}

impl Tally {
    fn template(
        &mut self,
        name: &str,
        text: &str,
        compiler: &Compiler,
        names: &Names<'_>,
        verbose: bool,
    ) -> Result<()> {
        self.all += 1;
        let document = compiler.open(&Input::from_text(format!("{name}.json"), text.to_owned()))?;
        let checked = compiler.check(&document);
        let errors: Vec<&Diagnostic> = checked.iter().filter(|found| found.is_error()).collect();
        self.valid += usize::from(errors.is_empty());
        self.unknown += usize::from(errors.iter().any(|found| found.code == codes::MISSING_NODE_TYPE));
        if verbose {
            for found in &errors {
                say(&format!("{name}: {found}"));
            }
        }
        let catalog = compiler.catalog();
        let read = front::read(text, catalog).map_err(|error| anyhow::anyhow!("{name}: {error:?}"))?;
        let mut lost = routes::losses(&read.value.graph, catalog, names);
        lost.extend(through_api(&prompt(&read.value.graph), catalog));
        self.faults.extend(lost.into_iter().map(|lost| format!("{name}: {lost}")));
        Ok(())
    }

    fn report(&self) -> Result<()> {
        say(&format!(
            "{} templates: {} without errors, {} with nodes that the catalog does not have, {} losses",
            self.all,
            self.valid,
            self.unknown,
            self.faults.len()
        ));
        for fault in &self.faults {
            say(&format!("    {fault}"));
        }
        if !self.faults.is_empty() {
            bail!("{} losses", self.faults.len());
        }
        Ok(())
    }
}

/// Prompt → graph → workflow → prompt.
fn through_api(direct: &Json, catalog: &Catalog) -> Vec<String> {
    let Ok(read) = front::read(&direct.to_string(), catalog) else {
        // a template of notes only has an empty prompt
        let is_empty = direct.as_object().is_some_and(serde_json::Map::is_empty);
        return if is_empty { Vec::new() } else { vec!["api: the prompt is not read".to_owned()] };
    };
    let written = back::ui::emit(&read.value.graph, catalog, back::ui::Options::default());
    let Ok(again) = front::read(&written.value.to_string(), catalog) else {
        return vec!["api: the workflow of the prompt is not read".to_owned()];
    };
    let found = differences(&prompt(&again.value.graph), direct);
    let unsaid = routes::unsaid(found, &written.diagnostics);
    unsaid.into_iter().map(|found| format!("api -> ui: {found:?}")).collect()
}
