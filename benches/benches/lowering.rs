//! Time of loading catalogs and of lowering: `cargo bench -p comfy-benches --bench lowering`.
//!
//! The corpus takes part where it is (`COMFY_GOLD`).
#![allow(missing_docs, reason = "criterion's macros make undocumented functions")]

use std::{hint::black_box, time::Duration};

use comfy_benches::{lower, picture};
use comfy_graph::{back, catalog::Catalog, front};
use comfy_tests::{
    corpus::Corpus,
    synthetic::{ObjectInfo, Shape, object_info},
};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

fn catalogs(c: &mut Criterion) {
    let mut group = c.benchmark_group("catalog");
    group.bench_function("bundled", |b| b.iter(Catalog::bundled));
    if let Some(text) = Corpus::find().and_then(|corpus| corpus.object_info()) {
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function("gold", |b| b.iter(|| Catalog::from_object_info(black_box(&text))));
    }
    let text = object_info(ObjectInfo::HUGE);
    group.sample_size(10).throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("huge", |b| b.iter(|| Catalog::from_object_info(black_box(&text))));
    group.bench_function("huge_streamed", |b| b.iter(|| Catalog::from_reader(black_box(text.as_bytes()))));
    group.finish();
}

fn templates(c: &mut Criterion) {
    let catalog = Catalog::bundled();
    let mut group = c.benchmark_group("template");
    let median = picture();
    group.bench_function("median", |b| b.iter(|| lower(black_box(&median), &catalog)));
    if let Some(corpus) = Corpus::find() {
        let cases = corpus.cases();
        let files: Vec<String> = cases
            .iter()
            .filter(|case| case.is_workflow)
            .filter_map(comfy_tests::corpus::Case::text)
            .collect();
        group.sample_size(10);
        group.bench_function(BenchmarkId::new("all", files.len()), |b| {
            b.iter(|| files.iter().map(|file| lower(black_box(file), &catalog)).sum::<usize>());
        });
    }
    group.finish();
}

/// Time per node has to be the same at both sizes.
fn scale(c: &mut Criterion) {
    let catalog = Catalog::bundled();
    let mut group = c.benchmark_group("scale");
    group.sample_size(10).measurement_time(Duration::from_secs(10));
    for shape in [Shape::Pictures, Shape::Reroutes, Shape::FanOut, Shape::FanIn, Shape::WideDefinition] {
        for size in [50_000, 100_000] {
            let text = shape.workflow(size);
            group.throughput(Throughput::Elements(size as u64));
            let id = BenchmarkId::new(format!("{shape:?}"), size);
            group.bench_with_input(id, &text, |b, text| b.iter(|| lower(black_box(text), &catalog)));
        }
    }
    group.finish();
}

/// Writing a workflow whose nodes have no place yet: all of them are arranged.
fn arranging(c: &mut Criterion) {
    let catalog = Catalog::bundled();
    let mut group = c.benchmark_group("arrange");
    group.sample_size(10);
    for shape in [Shape::Pictures, Shape::Reroutes, Shape::FanOut, Shape::FanIn] {
        for size in [1_000, 10_000] {
            let text = shape.workflow(size);
            let graph = front::read(&text, &catalog).map(|read| read.value.graph).unwrap_or_default();
            group.bench_with_input(BenchmarkId::new(format!("{shape:?}"), size), &graph, |b, graph| {
                b.iter(|| {
                    back::ui::emit(black_box(graph), &catalog, back::ui::Options { keep_layout: false })
                });
            });
        }
    }
    group.finish();
}

criterion_group!(benches, catalogs, templates, scale, arranging);
criterion_main!(benches);
