//! Files and catalogs of different versions: what a file names and the catalog does not know is kept on every route.
//!
//! `COMFY_SKEWS=20`, or `COMFY_SKEWS=9..13`, tries more catalogs than the few that a usual run has time for.

use std::collections::{BTreeMap, BTreeSet};

use comfy_codegen::names::Names;
use comfy_graph::{
    back::{self, ui::Options},
    catalog::{Catalog, bundle},
    diag::{Diagnostic, codes},
    front,
    graph::Graph,
};
use comfy_tests::{
    corpus::Corpus,
    probes,
    prompts::{Difference, differences},
    routes::{self, prompt},
    skew,
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
    let asked = std::env::var("COMFY_SKEWS").unwrap_or_default();
    let (from, to) = asked.split_once("..").unwrap_or(("0", &asked));
    from.parse().unwrap_or(0)..to.parse().unwrap_or(2)
}

#[derive(Default)]
struct Faults(Vec<String>);

impl Faults {
    fn add(&mut self, name: &str, route: &str, differences: Vec<Difference>) {
        let shown = |d: Difference| format!("{name}: {route}: {d:?}");
        self.0.extend(differences.into_iter().map(shown));
    }

    fn routes(&mut self, name: &str, graph: &Graph, catalog: &Catalog, names: &Names<'_>) {
        let lost = routes::losses(graph, catalog, names);
        self.0.extend(lost.into_iter().map(|lost| format!("{name}: {lost}")));
    }

    fn assert_none(&self, count: usize) {
        let first = &self.0[..self.0.len().min(40)];
        println!("{} faults in {count} files", self.0.len());
        // of many of a kind one is enough to find the rule
        let kind = |fault: &str| {
            fault.split_once("class: ").map_or(fault, |(_, rest)| rest).chars().take(90).collect()
        };
        let mut kinds: BTreeMap<String, (usize, &str)> = BTreeMap::new();
        for fault in &self.0 {
            kinds.entry(kind(fault)).or_insert((0, fault)).0 += 1;
        }
        for (count, fault) in kinds.values() {
            println!("{count} like {fault}");
        }
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

/// Node and name of every value that a file has by name.
fn named_values(file: &str) -> BTreeSet<(String, String)> {
    let file: Value = serde_json::from_str(file).expect("JSON");
    let inner = file["definitions"]["subgraphs"].as_array().into_iter().flatten();
    let scopes = inner.chain([&file]);
    let nodes = scopes.flat_map(|scope| scope["nodes"].as_array().into_iter().flatten());
    let of_node = |node: &Value| -> Vec<(String, String)> {
        let id = node["id"].as_str().map_or_else(|| node["id"].to_string(), str::to_owned);
        let named = node["widgets_values_named"].as_object().into_iter().flatten();
        named.map(|(name, _)| (id.clone(), name.clone())).collect()
    };
    nodes.flat_map(of_node).collect()
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
            let (graph, said) = read(&named, &skewed);
            let after = prompt(&graph);
            let found = differences(&after, &before).into_iter();
            let added = |d: &Difference| {
                d.theirs.is_none() && d.input.as_deref().is_some_and(|input| input.contains(skew::ADDED))
            };
            // the file names it: the frontend's own widgets, and values that had no widget before
            let by_name = named_values(&named);
            let in_file = |d: &Difference| {
                let inner = d.node.rsplit(':').next().unwrap_or(&d.node).to_owned();
                let input = d.input.clone().unwrap_or_default();
                d.theirs.is_none() && by_name.contains(&(inner, input))
            };
            // an input that only another option has now is dropped, as the frontend does, and said
            let is_said = |d: &Difference| {
                let is_it = |found: &&Diagnostic| {
                    found.code == codes::INPUT_DROPPED
                        && found.node.as_deref() == d.node.rsplit(':').next()
                        && found.input == d.input.as_deref().map(Into::into)
                };
                d.ours.is_none() && said.iter().any(|found| is_it(&found))
            };
            // values without a name of a class that is gone
            let nameless = |d: &Difference| {
                let is_nameless = d.input.as_deref().is_some_and(|input| input.starts_with("UNKNOWN"));
                d.theirs.is_none() && is_nameless && !skewed.contains(&d.class)
            };
            // the frontend makes these itself, and does not save them
            let unstored = |d: &Difference| {
                let specs = whole.widgets(&d.class);
                specs.iter().any(|spec| !spec.stored && Some(&*spec.name) == d.input.as_deref())
            };
            faults.add(
                &format!("{seed} {name}"),
                "kept",
                found
                    .filter(|d| !added(d) && !unstored(d) && !in_file(d) && !nameless(d) && !is_said(d))
                    .collect(),
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
