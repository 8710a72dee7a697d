//! Time of the validator: `cargo bench -p comfy-benches --bench checking`.
//!
//! A prompt of about 60 nodes without a fault, one where every node has one, and both at 100,000 nodes. The catalog is
//! loaded before.
#![allow(missing_docs, reason = "criterion's macros make undocumented functions")]

use std::hint::black_box;

use comfy_graph::{catalog::Catalog, front, graph::Graph, passes, valid::Validator};
use comfy_tests::synthetic::Shape;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

/// The flat graph of a workflow.
fn flat(shape: Shape, size: usize, catalog: &Catalog) -> Option<Graph> {
    let read = front::read(&shape.workflow(size), catalog).ok()?;
    Some(passes::lower_for_execution(&read.value.graph).value)
}

fn checking(c: &mut Criterion) {
    let catalog = Catalog::bundled();
    let mut group = c.benchmark_group("check");
    for (name, shape) in
        [("valid", Shape::Pictures), ("broken", Shape::Unknown), ("files", Shape::WrongOptions)]
    {
        for size in [60, 50_000, 100_000] {
            let Some(graph) = flat(shape, size, &catalog) else { continue };
            group.sample_size(if size > 1000 { 10 } else { 100 });
            group.throughput(Throughput::Elements(size as u64));
            group.bench_with_input(BenchmarkId::new(name, size), &graph, |b, graph| {
                b.iter(|| Validator::new(&catalog).known_files(name == "files").check(black_box(graph)));
            });
        }
    }
    group.finish();
}

criterion_group!(benches, checking);
criterion_main!(benches);
