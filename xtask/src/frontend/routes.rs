//! The ways of a workflow that are compared.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, bail};
use comfy_graph::{
    back,
    catalog::{Catalog, bundle, widgets::WidgetRole},
    diag::Diagnostic,
    front, passes,
};
use comfy_tests::{
    corpus::{Case, Corpus, exception},
    prompts::{Difference, differences},
};
use serde_json::Value;

use super::{Asked, browser::Frontend, install::Installed, say};

/// A way to compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Route {
    /// A prompt that the server finds valid → our workflow → the frontend: the same prompt.
    Api,
    /// A workflow → our graph → our workflow → the frontend: what it made of the workflow itself.
    Ui,
    /// An official template → the frontend, and → our prompt: the same.
    Templates,
}

impl Route {
    pub(super) const ALL: [Self; 3] = [Self::Api, Self::Ui, Self::Templates];

    pub(super) fn parse(word: &str) -> Result<Self> {
        Ok(match word {
            "api" => Self::Api,
            "ui" => Self::Ui,
            "templates" => Self::Templates,
            _ => bail!("there is no way called {word}; there are api, ui and templates"),
        })
    }
}

/// One workflow to show to the frontend.
struct Question {
    name: String,
    workflow: Value,
    /// What its prompt has to be.
    expected: Value,
    /// What was said on our side.
    said: Vec<Diagnostic>,
}

/// Runs one way; gives the number of workflows that differ without a reason.
pub(super) fn run(route: Route, asked: &Asked, installed: &Installed) -> Result<usize> {
    let corpus = Corpus::find();
    let object_info = match corpus.as_ref().and_then(Corpus::object_info) {
        Some(text) => text,
        None => bundled()?,
    };
    let catalog = Catalog::from_object_info(&object_info)?;
    let questions = match (route, &corpus) {
        (Route::Templates, _) => templates(asked, installed, &catalog)?,
        (Route::Api | Route::Ui, None) => {
            say(
                "no corpus on this machine (COMFY_GOLD names its folder): the official templates are taken for it",
            );
            from_templates(route, asked, installed, &catalog)?
        }
        (Route::Api, Some(corpus)) => prompts(asked, corpus, &catalog),
        (Route::Ui, Some(corpus)) => workflows(asked, corpus, &catalog),
    };
    let mut frontend = Frontend::open(installed, object_info)?;
    let mut tally = Tally::new(route, asked.verbose);
    for question in &questions {
        let made = frontend.make(&question.workflow)?;
        tally.count(question, made.as_ref().map(|made| &made.prompt).map_err(String::as_str), &catalog);
        if let Ok(made) = &made {
            tally.sizes(question, &made.saved);
        }
    }
    Ok(tally.report())
}

/// The nodes of the bundled catalog, for machines without a recorded answer of a server.
fn bundled() -> Result<String> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../comfy-graph/data/core.catalog");
    Ok(bundle::object_info(&fs_err::read(file)?)?.to_string())
}

fn chosen<T>(asked: &Asked, list: Vec<T>, name: impl Fn(&T) -> &str) -> Vec<T> {
    let named = |item: &T| asked.only.as_deref().is_none_or(|only| name(item).contains(only));
    list.into_iter().filter(named).step_by(asked.every.max(1)).collect()
}

/// Our workflow of a text.
fn rewritten(text: &str, catalog: &Catalog) -> Option<(Value, Vec<Diagnostic>)> {
    let read = front::read(text, catalog).ok()?;
    let mut said = read.diagnostics;
    let emitted = back::ui::emit(&read.value.graph, catalog, back::ui::Options::default());
    said.extend(emitted.diagnostics);
    Some((emitted.value, said))
}

fn prompts(asked: &Asked, corpus: &Corpus, catalog: &Catalog) -> Vec<Question> {
    let cases = corpus.cases().into_iter().filter(|case| case.verdict == "fully").collect();
    let question = |case: Case| {
        let expected = case.gold()?;
        let (workflow, said) = rewritten(&expected.to_string(), catalog)?;
        Some(Question { name: case.name, workflow, expected, said })
    };
    chosen(asked, cases, |case: &Case| &case.name).into_iter().filter_map(question).collect()
}

fn workflows(asked: &Asked, corpus: &Corpus, catalog: &Catalog) -> Vec<Question> {
    let cases = corpus.cases().into_iter().filter(|case| case.is_workflow && !case.missing_types).collect();
    let question = |case: Case| {
        let (workflow, said) = rewritten(&case.text()?, catalog)?;
        Some(Question { expected: case.gold()?, name: case.name, workflow, said })
    };
    chosen(asked, cases, |case: &Case| &case.name).into_iter().filter_map(question).collect()
}

/// The official templates as they are; our own prompt is what is expected.
fn templates(asked: &Asked, installed: &Installed, catalog: &Catalog) -> Result<Vec<Question>> {
    let mut files: Vec<_> =
        fs_err::read_dir(&installed.templates)?.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.sort();
    let mut texts = Vec::new();
    for file in files {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let text = fs_err::read_to_string(&file).with_context(|| name.clone())?;
        texts.push((name, text));
    }
    let question = |(name, text): (String, String)| {
        let workflow: Value = serde_json::from_str(&text).ok()?;
        workflow.get("nodes")?;
        let read = front::read(&text, catalog).ok()?;
        let mut said = read.diagnostics;
        let lowered = passes::lower_for_execution(&read.value.graph);
        said.extend(lowered.diagnostics);
        Some(Question { name, workflow, expected: back::api::emit(&lowered.value, Some(catalog)), said })
    };
    Ok(chosen(asked, texts, |(name, _)| name).into_iter().filter_map(question).collect())
}

/// The same ways without a corpus: prompts are our own of the templates.
fn from_templates(
    route: Route,
    asked: &Asked,
    installed: &Installed,
    catalog: &Catalog,
) -> Result<Vec<Question>> {
    let question = |template: Question| {
        let text = match route {
            Route::Api => template.expected.to_string(),
            Route::Ui | Route::Templates => template.workflow.to_string(),
        };
        let (workflow, said) = rewritten(&text, catalog)?;
        Some(Question { workflow, said: template.said.into_iter().chain(said).collect(), ..template })
    };
    Ok(templates(asked, installed, catalog)?.into_iter().filter_map(question).collect())
}

/// What came out.
struct Tally {
    route: Route,
    verbose: bool,
    equal: usize,
    all: usize,
    rules: BTreeMap<&'static str, usize>,
    unexplained: Vec<String>,
    grown: Vec<String>,
}

impl Tally {
    fn new(route: Route, verbose: bool) -> Self {
        let (equal, all, rules) = (0, 0, BTreeMap::new());
        Self { route, verbose, equal, all, rules, unexplained: Vec::new(), grown: Vec::new() }
    }

    fn count(&mut self, question: &Question, made: Result<&Value, &str>, catalog: &Catalog) {
        self.all += 1;
        let made = match made {
            Ok(made) => made,
            Err(error) => {
                self.unexplained.push(format!("{}: the frontend fails: {error}", question.name));
                return;
            }
        };
        // the rules for differences take our own prompt for the first
        let [ours, theirs] = match self.route {
            Route::Templates => [&question.expected, made],
            Route::Api | Route::Ui => [made, &question.expected],
        };
        let differences: Vec<_> =
            differences(ours, theirs).into_iter().filter(|d| catalog.contains(&d.class)).collect();
        self.equal += usize::from(differences.is_empty());
        let mut without_reason = 0;
        for difference in differences {
            if let Some(rule) = reason(&difference, &question.said, catalog) {
                *self.rules.entry(rule).or_default() += 1;
                continue;
            }
            without_reason += 1;
            if self.verbose {
                say(&format!("{}: {difference:?}", question.name));
            }
        }
        if without_reason > 0 {
            self.unexplained.push(format!("{}: {without_reason} inputs differ", question.name));
        }
    }

    /// Nodes that the frontend finds too small for what is in them.
    fn sizes(&mut self, question: &Question, saved: &Value) {
        let size = |node: &Value| Some([node["size"][0].as_f64()?, node["size"][1].as_f64()?]);
        let nodes = |workflow: &Value| workflow["nodes"].as_array().cloned().unwrap_or_default();
        for (ours, theirs) in nodes(&question.workflow).iter().zip(nodes(saved)) {
            let (Some(a), Some(b)) = (size(ours), size(&theirs)) else { continue };
            if self.route == Route::Api && (b[0] > a[0] + 1.0 || b[1] > a[1] + 1.0) {
                self.grown.push(format!("{} {}: {a:?} -> {b:?}", question.name, ours["type"]));
            }
        }
    }

    fn report(&self) -> usize {
        say(&format!("{:?}: {} of {} prompts equal", self.route, self.equal, self.all));
        for (rule, count) in &self.rules {
            say(&format!("    {count} inputs differ: {rule}"));
        }
        for line in &self.unexplained {
            say(&format!("    {line}"));
        }
        if self.verbose {
            for line in &self.grown {
                say(&format!("    grown: {line}"));
            }
        }
        self.unexplained.len()
    }
}

/// Why a difference is none to mend.
fn reason(difference: &Difference, said: &[Diagnostic], catalog: &Catalog) -> Option<&'static str> {
    let named = |found: &&Diagnostic| {
        found.node.as_deref() == Some(difference.node.as_str())
            && found.input.as_deref() == difference.input.as_deref()
    };
    exception(difference, said, catalog)
        .or_else(|| is_live(difference, catalog).then_some("made by the browser when the prompt is queued"))
        .or_else(|| said.iter().find(named).map(|found| found.code.name()))
}

/// Whether the browser makes the value when it queues. A prompt does not say so, its class does.
fn is_live(difference: &Difference, catalog: &Catalog) -> bool {
    let widgets = catalog.widgets(&difference.class);
    widgets
        .iter()
        .any(|spec| spec.role == WidgetRole::Live && difference.input.as_deref() == Some(&spec.name))
}
