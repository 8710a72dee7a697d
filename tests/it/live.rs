//! Our errors against those of a running server, both ways, over prompts with planted mistakes.
//!
//! `COMFYUI_URL=http://127.0.0.1:8188 cargo test -p comfy-tests --test it live -- --nocapture`, with a server that has
//! nothing else to do: prompts that it accepts are taken out of its queue at once, but some begin to run, and some of
//! the mistakes stop the thread that runs prompts until the server is started again. `COMFYUI_LIVE_EVERY=N` takes every
//! Nth prompt only. Prompts are made of the server's own classes, and of the corpus where there is one.

mod answer;
mod compare;
mod server;

use std::collections::BTreeMap;

use comfy_graph::catalog::{Catalog, InputKind};
use comfy_tests::{
    corpus::Corpus,
    faults::{Kind, plant, plant_several},
    probes,
};
use serde_json::{Map, Value};

use compare::Comparison;
use server::Server;

type Prompt = Map<String, Value>;

#[test]
fn errors_are_those_of_a_running_server() {
    let Some(server) = Server::find() else {
        println!("skipped: no server (COMFYUI_URL)");
        return;
    };
    let catalog = Catalog::from_object_info(&server.object_info()).expect("a catalog");
    let every = std::env::var("COMFYUI_LIVE_EVERY").ok().and_then(|every| every.parse().ok()).unwrap_or(1);
    let mut all = Comparison::default();
    let mut prompts: Vec<(String, Prompt)> = prompts(&catalog).into_iter().step_by(every).collect();
    prompts.retain(|(name, prompt)| {
        let answer = server.ask(&Value::Object(prompt.clone()).to_string());
        all.add(name, &Value::Object(prompt.clone()).to_string(), &catalog, &answer);
        answer.accepted && answer.errors.is_empty()
    });
    for ((name, prompt), seed) in prompts.iter().zip((1_u64..).map(|seed| seed << 20)) {
        let single = (0..).zip(Kind::ALL).filter_map(|(number, kind)| {
            Some((kind.name().to_owned(), plant(*kind, prompt, &catalog, seed ^ number)?))
        });
        let several = [2, 3].into_iter().filter_map(|count| {
            Some((format!("{count} at once"), plant_several(count, prompt, &catalog, seed)?))
        });
        for (kind, fault) in single.chain(several) {
            let name = format!("{name}, {kind}: {}", fault.what);
            all.add(&name, &fault.text, &catalog, &server.ask(&fault.text));
        }
    }
    println!("{} valid prompts; {all}", prompts.len());
    assert!(all.disagreements.is_empty(), "{:#?}", all.disagreements);
}

/// Those of the corpus with files that the server has, and the smallest of each class.
fn prompts(catalog: &Catalog) -> BTreeMap<String, Prompt> {
    let mut prompts = probes::of_catalog(catalog);
    for case in Corpus::find().iter().flat_map(Corpus::cases) {
        let Some(Value::Object(mut prompt)) = case.gold() else { continue };
        if prompt
            .values()
            .all(|node| node["class_type"].as_str().is_some_and(|class| catalog.contains(class)))
        {
            take_files_of(&mut prompt, catalog);
            prompts.insert(case.name, prompt);
        }
    }
    prompts
}

/// Puts the first file that the server has where the prompt names one that it has not.
fn take_files_of(prompt: &mut Prompt, catalog: &Catalog) {
    for node in prompt.values_mut() {
        let def = node["class_type"].as_str().and_then(|class| catalog.get(class));
        let (Some(def), Some(inputs)) = (def, node["inputs"].as_object_mut()) else { continue };
        for (name, value) in inputs.iter_mut().filter(|(_, value)| value.is_string()) {
            if let Some(InputKind::Combo(combo)) = def.resolve_input(name).map(|input| &input.kind)
                && combo.is_file_list()
                && !combo.options.contains(value)
                && let Some(first) = combo.options.first()
            {
                *value = first.clone();
            }
        }
    }
}
