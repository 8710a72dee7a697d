//! Files and catalogs of different versions: what a file names and the catalog does not know is kept on every route.
//!
//! `COMFY_SKEWS=20` tries more catalogs than the few that a usual run has time for.

use comfy_codegen::names::Names;
use comfy_graph::{
    back::{self, ui::Options},
    catalog::{Catalog, bundle},
    diag::{Diagnostic, Place, codes},
    front,
    graph::Graph,
    passes,
};
use comfy_tests::{
    corpus::Corpus,
    probes,
    prompts::{Difference, differences, digests},
    skew,
};
use comfy_transpile::{
    read::{ReadOptions, read_with},
    rust::{EmitOptions, emit},
};
use serde_json::{Map, Value};

fn catalog(object_info: &Value) -> Catalog {
    Catalog::from_object_info(&object_info.to_string()).expect("a catalog")
}

fn read(text: &str, catalog: &Catalog) -> (Graph, Vec<Diagnostic>) {
    let read = front::read(text, catalog).expect("a workflow or prompt");
    read.value.graph.verify().unwrap_or_else(|problem| panic!("{problem}"));
    (read.value.graph, read.diagnostics)
}

fn prompt(graph: &Graph) -> Value {
    back::api::emit(&passes::lower_for_execution(graph).value, None)
}

/// The files to try: the corpus, and the smallest prompt of each class that comes with the crate.
fn files() -> (Value, Vec<(String, String)>) {
    if let Some(corpus) = Corpus::find() {
        let object_info = corpus.object_info().expect("object_info.json");
        let texts = corpus.cases().into_iter().map(|case| {
            let text = case.text().expect("the case's file");
            (case.name, text)
        });
        return (serde_json::from_str(&object_info).expect("JSON"), texts.collect());
    }
    let object_info = bundle::object_info(include_bytes!("../../comfy-graph/data/core.catalog"))
        .expect("the bundled catalog");
    let probes = probes::of_catalog(&catalog(&object_info));
    let texts = probes.into_iter().map(|(class, prompt)| (class, Value::Object(prompt).to_string()));
    (object_info, texts.collect())
}

fn seeds() -> std::ops::Range<u64> {
    let count = std::env::var("COMFY_SKEWS").ok().and_then(|count| count.parse().ok());
    0..count.unwrap_or(2)
}

/// What is different and was not said. What a workflow cannot hold of a prompt is said when it is written: that an input
/// has no value where the frontend has a default, and values under the names of the frontend's own widgets.
fn unsaid(found: Vec<Difference>, said: &[Diagnostic]) -> Vec<Difference> {
    let explained = |difference: &Difference| {
        let Some(name) = difference.input.as_deref() else { return false };
        let code = match name {
            _ if difference.theirs.is_none() => codes::INPUT_FILLED_IN,
            "upload" => codes::VALUE_WITHOUT_WIDGET,
            _ => return false,
        };
        let is_node = |found: &Diagnostic| {
            let inner = difference.node.rsplit(':').next();
            found.node.as_deref() == Some(&*difference.node) || found.node.as_deref() == inner
        };
        said.iter().any(|found| found.code == code && found.input.as_deref() == Some(name) && is_node(found))
    };
    found.into_iter().filter(|difference| !explained(difference)).collect()
}

#[derive(Default)]
struct Faults(Vec<String>);

impl Faults {
    fn add(&mut self, name: &str, route: &str, differences: Vec<Difference>) {
        let shown = |d: Difference| format!("{name}: {route}: {d:?}");
        self.0.extend(differences.into_iter().map(shown));
    }

    /// Through Rust and through the UI format, the prompt is the same.
    fn routes(&mut self, name: &str, graph: &Graph, catalog: &Catalog, names: &Names<'_>) {
        let direct = prompt(graph);
        let source = emit(graph, catalog, &EmitOptions::default().keep_ids(true)).value;
        match read_with(&source, names, &ReadOptions::default()) {
            Ok(again) => {
                let again = prompt(&again.value.graph);
                if digests(&again) != digests(&direct) {
                    let found = differences(&again, &direct);
                    let shown = found.first().map(|found| format!("{found:?}")).unwrap_or_default();
                    self.0.push(format!("{name}: rust: another prompt: {shown}"));
                }
            }
            Err(error) => {
                let first = error.0.iter().find(|found| found.is_error());
                let about = first.and_then(|found| match &found.place {
                    Some(Place::Bytes { start, .. }) => {
                        let line = source[..*start].lines().count().saturating_sub(1);
                        let lines: Vec<&str> = source.lines().skip(line.saturating_sub(6)).take(10).collect();
                        Some(lines.join("\n"))
                    }
                    _ => None,
                });
                self.0.push(format!("{name}: rust: not read: {first:?} {about:?}"));
            }
        }
        for keep_layout in [true, false] {
            let written = back::ui::emit(graph, catalog, Options { keep_layout });
            let (again, _) = read(&written.value.to_string(), catalog);
            self.add(name, "ui", unsaid(differences(&prompt(&again), &direct), &written.diagnostics));
        }
    }

    fn assert_none(&self, count: usize) {
        let first = &self.0[..self.0.len().min(40)];
        println!("{} faults in {count} files", self.0.len());
        assert!(self.0.is_empty(), "{} faults in {count} files: {first:#?}", self.0.len());
    }
}

/// The file as a frontend with the whole catalog saves it, that is with a name for every value: by itself, and with
/// the names only that sockets give.
fn saved(graph: &Graph, whole: &Catalog) -> [String; 2] {
    let mut file = back::ui::emit(graph, whole, Options::default()).value;
    let named = file.to_string();
    let scopes = |file: &mut Value, f: fn(&mut Map<String, Value>)| {
        let inner = file["definitions"]["subgraphs"].as_array_mut();
        for scope in inner.into_iter().flatten().chain([]) {
            nodes(scope, f);
        }
        nodes(file, f);
    };
    scopes(&mut file, |node| {
        node.shift_remove("widgets_values_named");
    });
    [named, file.to_string()]
}

fn nodes(scope: &mut Value, f: fn(&mut Map<String, Value>)) {
    for node in scope["nodes"].as_array_mut().into_iter().flatten() {
        if let Value::Object(node) = node {
            f(node);
        }
    }
}

/// What a file names is in the prompt, whatever the catalog has; and nothing is but what the catalog added.
#[test]
fn named_values_are_kept() {
    let (object_info, files) = files();
    let whole = catalog(&object_info);
    let mut faults = Faults::default();
    let mut count = 0;
    for seed in seeds() {
        let skewed = catalog(&skew::skewed(&object_info, seed));
        for (name, text) in &files {
            let (graph, _) = read(text, &whole);
            let [named, _] = saved(&graph, &whole);
            let (graph, _) = read(&named, &whole);
            let before = prompt(&graph);
            let (graph, _) = read(&named, &skewed);
            let after = prompt(&graph);
            let found = differences(&after, &before).into_iter();
            let added = |d: &Difference| {
                d.theirs.is_none() && d.input.as_deref().is_some_and(|input| input.contains(skew::ADDED))
            };
            // the frontend makes these itself, and does not save them
            let unstored = |d: &Difference| {
                let specs = whole.widgets(&d.class);
                specs.iter().any(|spec| !spec.stored && Some(&*spec.name) == d.input.as_deref())
            };
            faults.add(
                &format!("{seed} {name}"),
                "kept",
                found.filter(|d| !added(d) && !unstored(d)).collect(),
            );
            count += 1;
        }
    }
    faults.assert_none(count);
}

/// Every file under a catalog that is not its own, through Rust and through the UI format.
#[test]
fn routes_agree_with_other_catalogs() {
    let (object_info, files) = files();
    let whole = catalog(&object_info);
    let mut faults = Faults::default();
    let mut count = 0;
    for seed in seeds() {
        let skewed = catalog(&skew::skewed(&object_info, seed));
        let names = Names::new(&skewed);
        for (name, text) in &files {
            let (graph, _) = read(text, &skewed);
            faults.routes(&format!("{seed} {name} as it is"), &graph, &skewed, &names);
            let (graph, _) = read(text, &whole);
            let [by_name, by_slots] = saved(&graph, &whole);
            let api = prompt(&graph).to_string();
            for (form, text) in [("named", by_name), ("slots", by_slots), ("api", api)] {
                let (graph, _) = read(&text, &skewed);
                faults.routes(&format!("{seed} {name} {form}"), &graph, &skewed, &names);
            }
            count += 1;
        }
    }
    faults.assert_none(count);
}
