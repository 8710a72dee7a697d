//! Time and memory at scale: `scale catalog`, `scale shapes [SIZE [SHAPE]]`, `scale whole` (text to text at three sizes,
//! which has to be linear); `scale write SIZE FOLDER` writes the
//! workflows as files.
//!
//! Prints a table; nothing fails here. Memory is what was asked of the allocator. Build it with `--release`.
#![allow(clippy::print_stdout, reason = "this is a program")]

use std::{io::Read, time::Instant};

use comfy_graph::{back, catalog::Catalog, front, passes, valid::Validator};
use comfy_tests::synthetic::{ObjectInfo, Shape};
use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

fn main() {
    let mut arguments = std::env::args().skip(1);
    match arguments.next().as_deref() {
        Some("catalog") => catalog(),
        Some("shapes") => {
            let size = arguments.next().and_then(|size| size.parse().ok()).unwrap_or(100_000);
            let only = arguments.next();
            for shape in Shape::ALL {
                if only.as_ref().is_none_or(|only| *only == format!("{shape:?}")) {
                    measure(*shape, size);
                }
            }
        }
        Some("whole") => [25_000, 50_000, 100_000].into_iter().for_each(whole),
        Some("write") => {
            let size = arguments.next().and_then(|size| size.parse().ok()).unwrap_or(3);
            let folder = arguments.next().unwrap_or_else(|| ".".to_owned());
            for shape in Shape::ALL {
                let file = format!("{folder}/{shape:?}.json");
                if let Err(error) = std::fs::write(&file, shape.workflow(size)) {
                    println!("{file}: {error}");
                }
            }
        }
        _ => println!(
            "usage: scale catalog | scale shapes [SIZE [SHAPE]] | scale whole | scale write SIZE FOLDER"
        ),
    }
}

const MEGA: f64 = 1_000_000.0;

#[allow(clippy::cast_precision_loss, reason = "megabytes for people")]
fn mega(bytes: usize) -> f64 {
    bytes as f64 / MEGA
}

/// One shape at one size: milliseconds of each step, and the greatest amount of memory on the way.
fn measure(shape: Shape, size: usize) {
    let catalog = Catalog::bundled();
    let text = shape.workflow(size);
    MEMORY.reset_peak_usage();
    let before = MEMORY.current_usage();
    let start = Instant::now();
    let mut last = start;
    let mut lap = || {
        let now = Instant::now();
        let time = now - last;
        last = now;
        time.as_millis()
    };
    let Ok(read) = front::read(&text, &catalog) else {
        println!("{shape:?}: not read");
        return;
    };
    let reading = lap();
    let lowered = passes::lower_for_execution(&read.value.graph);
    let lowering = lap();
    let prompt = back::api::emit(&lowered.value, Some(&catalog));
    let emitting = lap();
    let found = Validator::new(&catalog).check(&lowered.value);
    let checking = lap();
    println!(
        "{:18} {size:7}  {:7.1} MB  read {reading:6}  lower {lowering:6}  emit {emitting:6}  (check {checking:6}) ms  peak {:7.1} MB  {} nodes, {} + {} findings",
        format!("{shape:?}"),
        mega(text.len()),
        mega(MEMORY.peak_usage() - before),
        prompt.as_object().map_or(0, serde_json::Map::len),
        read.diagnostics.len() + lowered.diagnostics.len(),
        found.len(),
    );
}

/// The whole way from the text of a workflow to the text of its prompt: the best of five.
fn whole(size: usize) {
    let catalog = Catalog::bundled();
    let text = Shape::Pictures.workflow(size);
    let run = || {
        let start = Instant::now();
        let read = front::read(&text, &catalog).ok()?;
        let lowered = passes::lower_for_execution(&read.value.graph);
        let prompt = back::api::text(&lowered.value, Some(&catalog));
        let time = start.elapsed();
        Some((time, prompt.len()))
    };
    if let Some((time, length)) = (0..5).filter_map(|_| run()).min() {
        let per_node = time.as_secs_f64() * MEGA / f64::from(u32::try_from(size).unwrap_or(u32::MAX));
        println!(
            "{size:7} nodes, {:.1} MB in, {:.1} MB out: {} ms, {per_node:.2} µs a node",
            mega(text.len()),
            mega(length),
            time.as_millis()
        );
    }
}

/// The huge answer of `/object_info`, from text and from a stream.
fn catalog() {
    for (name, info) in [
        ("files shared by ten classes each", ObjectInfo::HUGE),
        ("every list its own", ObjectInfo { lists: usize::MAX, ..ObjectInfo::HUGE }),
    ] {
        let mut text = String::new();
        if info.reader().read_to_string(&mut text).is_err() {
            return;
        }
        println!("{name}: {:.1} MB, {} classes", mega(text.len()), info.classes);
        report("from text", || Catalog::from_object_info(&text).ok());
        report("from a stream", || Catalog::from_reader(text.as_bytes()).ok());
    }
}

fn report(name: &str, load: impl Fn() -> Option<Catalog>) {
    MEMORY.reset_peak_usage();
    let before = MEMORY.current_usage();
    let start = Instant::now();
    let catalog = load();
    let time = start.elapsed().as_millis();
    let kept = MEMORY.current_usage() - before;
    let peak = MEMORY.peak_usage() - before;
    println!(
        "  {name}: {time} ms, kept {:.1} MB, peak {:.1} MB, {} classes",
        mega(kept),
        mega(peak),
        catalog.as_ref().map_or(0, Catalog::len)
    );
}
