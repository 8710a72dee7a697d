//! Instructions of lowering one median template, and of reading it as Rust, counted by valgrind: `cargo bench -p comfy-benches --bench
//! instructions`. Says so and stops where valgrind or gungraun's runner is missing.
#![allow(
    missing_docs,
    unused_qualifications,
    clippy::exit,
    clippy::print_stdout,
    reason = "this is what gungraun's macros write; and it is a program"
)]

use std::process::Command;

mod counted {
    use std::hint::black_box;

    use comfy_benches::{flow, lower, lower_rust, picture};
    use comfy_codegen::names::Names;
    use comfy_graph::catalog::Catalog;
    use gungraun::{library_benchmark, library_benchmark_group};

    fn fresh() -> (String, Catalog) {
        (picture(), Catalog::bundled())
    }

    /// Definitions are parsed when they are first asked for.
    fn warm() -> (String, Catalog) {
        let (text, catalog) = fresh();
        lower(&text, &catalog);
        (text, catalog)
    }

    #[library_benchmark]
    #[bench::first(setup = fresh)]
    #[bench::again(setup = warm)]
    fn median_template((text, catalog): (String, Catalog)) -> usize {
        lower(black_box(&text), &catalog)
    }

    fn warm_flow() -> (String, &'static Names<'static>) {
        let catalog: &'static Catalog = Box::leak(Box::new(Catalog::bundled()));
        let names: &'static Names<'static> = Box::leak(Box::new(Names::new(catalog)));
        let source = flow(42, catalog);
        lower_rust(&source, names);
        (source, names)
    }

    #[library_benchmark]
    #[bench::again(setup = warm_flow)]
    fn median_flow((source, names): (String, &'static Names<'static>)) -> usize {
        lower_rust(black_box(&source), names)
    }

    library_benchmark_group!(name = lowering; benchmarks = median_template, median_flow);
    gungraun::main!(library_benchmark_groups = lowering);

    pub(super) fn run() {
        main();
    }
}

fn main() {
    let there = |program: &str| Command::new(program).arg("--version").output().is_ok();
    if there("valgrind") && there("gungraun-runner") {
        counted::run();
    } else {
        println!("SKIPPED: valgrind and gungraun-runner are needed (cargo install gungraun-runner)");
    }
}
