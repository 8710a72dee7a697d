//! Time of showing what was found: `cargo bench -p comfy-benches --bench messages`.
//!
//! 1,600 findings about a prompt of some 700 kB in one line, which is how media files carry it.
#![allow(missing_docs, reason = "criterion's macros make undocumented functions")]

use std::hint::black_box;

use comfy_graph::{catalog::Catalog, diag::render, front, passes, valid::Validator};
use criterion::{Criterion, criterion_group, criterion_main};
use serde_json::{Map, Value, json};

/// So many nodes with a wrong width each, and a text to fill the line.
fn broken(count: usize) -> String {
    let filling = "x".repeat(300);
    let mut prompt = Map::new();
    for n in 0..count {
        let inputs = json!({"width": -1, "height": 64, "batch_size": 1, "color": 0});
        prompt.insert(
            format!("a{n}"),
            json!({"class_type": "EmptyImage", "inputs": inputs, "_meta": {"note": filling}}),
        );
        let inputs = json!({"images": [format!("a{n}"), 0]});
        prompt.insert(format!("b{n}"), json!({"class_type": "PreviewImage", "inputs": inputs}));
    }
    Value::Object(prompt).to_string()
}

fn messages(c: &mut Criterion) {
    let catalog = Catalog::bundled();
    let text = broken(1_600);
    let Ok(read) = front::read(&text, &catalog) else { return };
    let flat = passes::lower_for_execution(&read.value.graph).value;
    let found = Validator::new(&catalog).check(&flat);
    let source = Some(("prompt.json", text.as_str()));
    let mut group = c.benchmark_group(format!("{} findings in {} bytes", found.len(), text.len()));
    group.sample_size(10);
    for (name, form) in
        [("full", render::Form::Full), ("concise", render::Form::Concise), ("json", render::Form::Json)]
    {
        group.bench_function(name, |b| b.iter(|| render::render(form, black_box(&found), source, false)));
    }
    group.bench_function("full, 100", |b| {
        b.iter(|| render::full_within(black_box(&found), source, false, 100));
    });
    group.finish();
}

criterion_group!(benches, messages);
criterion_main!(benches);
