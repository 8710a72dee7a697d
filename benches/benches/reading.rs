//! Time of the static reader: `cargo bench -p comfy-benches --bench reading`.
//!
//! A flow is read, checked, run and lowered to a prompt. The catalog is loaded before, and the classes that the flow
//! uses are known from an earlier reading. The corpus takes part where it is (`COMFY_GOLD`): its median flow by length,
//! and all of them.
#![allow(missing_docs, reason = "criterion's macros make undocumented functions")]

use std::hint::black_box;

use comfy_benches::{flow, lower_rust};
use comfy_codegen::names::Names;
use comfy_graph::{catalog::Catalog, front};
use comfy_tests::corpus::Corpus;
use comfy_transpile::rust::{EmitOptions, emit};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

/// Every real workflow as Rust, the shortest first.
fn gold(corpus: &Corpus, catalog: &Catalog) -> Vec<String> {
    let read = |text: String| front::read(&text, catalog).ok().map(|read| read.value.graph);
    let graphs = corpus.cases().iter().filter_map(|case| case.text().and_then(read)).collect::<Vec<_>>();
    let mut flows: Vec<_> =
        graphs.iter().map(|graph| emit(graph, catalog, &EmitOptions::default()).value).collect();
    flows.sort_by_key(String::len);
    flows
}

fn reading(c: &mut Criterion) {
    let catalog = Catalog::bundled();
    let names = Names::new(&catalog);
    let mut group = c.benchmark_group("read");
    for size in [42, 1_000] {
        let source = flow(size, &catalog);
        group.sample_size(if size > 100 { 20 } else { 100 });
        group.throughput(Throughput::Elements(size as u64));
        group.bench_with_input(BenchmarkId::new("nodes", size), &source, |b, source| {
            b.iter(|| lower_rust(black_box(source), &names));
        });
    }
    if let Some(corpus) = Corpus::find()
        && let Some(catalog) = corpus.object_info().and_then(|text| Catalog::from_object_info(&text).ok())
    {
        let names = Names::new(&catalog);
        let flows = gold(&corpus, &catalog);
        if let Some(median) = flows.get(flows.len() / 2) {
            group.sample_size(100).throughput(Throughput::Bytes(median.len() as u64));
            group.bench_function("gold_median", |b| b.iter(|| lower_rust(black_box(median), &names)));
        }
        group.sample_size(10).throughput(Throughput::Elements(flows.len() as u64));
        group.bench_function("gold_all", |b| {
            b.iter(|| flows.iter().map(|flow| lower_rust(black_box(flow), &names)).sum::<usize>());
        });
    }
    group.finish();
}

criterion_group!(benches, reading);
criterion_main!(benches);
