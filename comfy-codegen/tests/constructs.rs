//! docs/constructs.md cannot go stale: every section is generated, compiled and run.
//!
//! A section has an `json` block (definitions) and a `rust` block (its use in a flow). What stands between and after
//! them is made here: the generated signatures, and the inputs of the prompt. `COMFY_UPDATE=1` rewrites them.

#![allow(clippy::expect_used, reason = "a failing helper fails the test")]

mod support;

use std::fmt::Write as _;

use comfy_codegen::Config;
use comfy_graph::catalog::Catalog;
use serde_json::{Map, Value};

/// One construct of the page.
struct Section {
    /// Heading and prose.
    prose: String,
    json: String,
    usage: String,
}

#[test]
fn the_page_on_constructs_is_true() {
    let path = support::root().join("docs/constructs.md");
    let page = fs_err::read_to_string(&path).expect("the page");
    let (head, sections) = read(&page);
    assert!(sections.len() >= 25, "the page has all its sections");
    let signatures: Vec<String> = sections.iter().map(signatures).collect();
    let prompts = prompts(&sections);
    let mut made = head;
    for ((section, signatures), prompt) in sections.iter().zip(signatures).zip(prompts) {
        let _ = write!(made, "{}```json\n{}```\ngenerates\n", section.prose, section.json);
        let _ = write!(
            made,
            "```rust,ignore\n{signatures}```\nIn a flow:\n```rust,ignore\n{}```\n",
            section.usage
        );
        let _ = writeln!(made, "The prompt:\n```text\n{prompt}```\n");
    }
    let made = format!("{}\n", made.trim_end());
    if std::env::var_os("COMFY_UPDATE").is_some() {
        fs_err::write(path, made).expect("written");
    } else {
        assert!(
            made == page,
            "docs/constructs.md is not what is generated; COMFY_UPDATE=1 rewrites it\n{made}"
        );
    }
}

/// The text before the first section, and the sections.
fn read(page: &str) -> (String, Vec<Section>) {
    let mut parts = page.split("\n## ");
    let head = format!("{}\n", parts.next().expect("a beginning").trim_end());
    let section = |part: &str| {
        let (prose, rest) = part.split_once("```json\n").expect("definitions");
        let (json, rest) = rest.split_once("```\n").expect("the end of the definitions");
        let usage = rest.split_once("In a flow:\n").map_or(rest, |(_, usage)| usage);
        let (_, usage) = usage.split_once("```rust").expect("a use");
        let (_, usage) = usage.split_once('\n').expect("a line");
        let (usage, _) = usage.split_once("```").expect("the end of the use");
        Section { prose: format!("\n## {prose}"), json: json.to_owned(), usage: usage.to_owned() }
    };
    (head, parts.map(section).collect())
}

fn catalog(section: &Section) -> Catalog {
    Catalog::from_object_info(&section.json).expect("definitions")
}

/// What is generated for a section, without what all nodes have and without bodies.
fn signatures(section: &Section) -> String {
    let config = Config::new().catalog(catalog(section));
    let generated = config.generate().expect("generated");
    let mut text = String::new();
    for (path, source) in &generated.files {
        let part = path.strip_prefix("src/").unwrap_or_default();
        if part.starts_with("classes/") || matches!(part, "combos.rs" | "options.rs" | "out.rs") {
            public(source, &mut text);
        }
    }
    text
}

/// The signatures of functions with their docs, the fields of structs, the variants of enums.
fn public(source: &str, text: &mut String) {
    let mut docs: Vec<&str> = Vec::new();
    let mut lines = source.lines().map(str::trim);
    while let Some(line) = lines.next() {
        match line {
            _ if line.starts_with("///") => docs.push(line),
            _ if line.starts_with("#[") => {}
            _ if line.starts_with("pub type") => {
                docs.clear();
                text.extend([line, "\n"]);
            }
            _ if line.starts_with("pub fn new()") || line.starts_with("pub fn file(") => docs.clear(),
            _ if line.starts_with("pub fn") || line.starts_with("pub const") => {
                let mut signature = line.to_owned();
                while !signature.ends_with(['{', ';']) {
                    let Some(next) = lines.next() else { break };
                    let space = if signature.ends_with('(') || next.starts_with(')') { "" } else { " " };
                    signature = format!("{signature}{space}{next}");
                }
                // a constant's value is in its docs
                let end = signature.find(" = ").unwrap_or(signature.len());
                let signature = signature.get(..end).unwrap_or_default().trim_end_matches([' ', '{', ',']);
                docs.drain(..).for_each(|line| text.extend([line, "\n"]));
                let _ = writeln!(text, "{signature}");
            }
            _ if (line.starts_with("pub struct") && line.ends_with('{')) || line.starts_with("pub enum") => {
                docs.clear();
                let mut item = line.to_owned();
                let inner = lines.by_ref().take_while(|_| !line.ends_with('}')).take_while(|l| *l != "}");
                for part in inner.filter(|part| !part.starts_with("///")) {
                    let _ = write!(item, " {part}");
                }
                let item = item.trim_end_matches(',');
                let _ = writeln!(text, "{item}{}", if item.ends_with('}') { "" } else { " }" });
            }
            _ => docs.clear(),
        }
    }
}

/// Runs all uses in one program; the inputs of every node of each.
fn prompts(sections: &[Section]) -> Vec<String> {
    let folder = support::folder("constructs");
    let runtime = support::root().join("comfy-dsl");
    let mut main = String::from("#![allow(clippy::all)]\nuse comfy_dsl::prelude::*;\n");
    let mut calls = String::new();
    for (at, section) in sections.iter().enumerate() {
        let generated =
            Config::new().catalog(catalog(section)).runtime(&runtime).generate().expect("generated");
        support::write(&folder, &format!("uses/src/n{at}.rs"), &generated.module);
        let _ = writeln!(
            main,
            "mod n{at} {{ include!(\"n{at}.rs\"); }}\nfn f{at}(g: &Flow) {{\nuse n{at}::*;\n{}}}",
            section.usage
        );
        let _ = writeln!(calls, "run(f{at});");
    }
    let run = "fn run(flow: fn(&Flow)) { let g = Flow::new(); flow(&g); println!(\"{}\", g.to_prompt()); }";
    let _ = write!(main, "{run}\nfn main() {{\n{calls}}}\n");
    support::program(&folder, "uses", &[], &main);
    support::workspace(&folder, &["uses"]);
    let run = support::cargo(&folder, &["run", "--quiet"]);
    let said = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success() && !said.contains("warning"), "{said}");
    let printed = String::from_utf8(run.stdout).expect("text");
    printed.lines().map(|line| inputs(&serde_json::from_str(line).expect("a prompt"))).collect()
}

/// One line per node.
fn inputs(prompt: &Map<String, Value>) -> String {
    prompt.iter().fold(String::new(), |text, (id, node)| {
        text + &format!("{id} {}: {}\n", node["class_type"].as_str().unwrap_or_default(), node["inputs"])
    })
}
