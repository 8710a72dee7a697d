//! Runs the pages of this folder; `comfy_tests::suite` says how they are written.
#![allow(clippy::expect_used, clippy::print_stdout, reason = "tests say what went wrong by panicking")]

use std::{
    fs,
    path::{Path, PathBuf},
};

use comfy_graph::catalog::Catalog;
use comfy_tests::suite::{Case, cases};
use libtest_mimic::{Arguments, Trial};

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("suite");
    let mut pages = Vec::new();
    find_pages(&root, &mut pages);
    pages.sort();
    if std::env::var_os("COMFY_UPDATE").is_some() {
        for page in &pages {
            update(page);
        }
    }
    let mut trials = Vec::new();
    for page in pages {
        let text = fs::read_to_string(&page).expect("a page");
        let name = page.strip_prefix(&root).expect("a page of the suite").with_extension("");
        for case in cases(&text) {
            let name = format!("{}: {}", name.display(), case.name);
            trials.push(Trial::test(name, move || Ok(case.check(&Catalog::bundled())?)));
        }
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

fn find_pages(folder: &Path, pages: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder of the suite") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            find_pages(&path, pages);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            pages.push(path);
        }
    }
}

/// Rewrites the expectations of a page, last block first.
fn update(page: &Path) {
    let text = fs::read_to_string(page).expect("a page");
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let catalog = Catalog::bundled();
    let updates = |case: &Case| case.updates(&catalog).expect("a case that can be read");
    let mut updates: Vec<_> = cases(&text).iter().flat_map(updates).collect();
    updates.sort_by_key(|(lines, _)| std::cmp::Reverse(lines.start));
    for (range, new) in updates {
        lines.splice(range, new.lines().map(str::to_owned));
    }
    let mut new = lines.join("\n");
    new.push('\n');
    if new != text {
        println!("updated {}", page.display());
        fs::write(page, new).expect("a page that can be written");
    }
}
