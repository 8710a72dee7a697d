//! Literate tests: Markdown pages whose code blocks are inputs and expectations.
//!
//! A page has cases under `##` headings. In a case, the block ```` ```json input ```` is a workflow or a prompt.
//! Every other block with one of the words below is what the compiler must make of it:
//!
//! | block | what |
//! |---|---|
//! | `text graph` | the graph as it was read |
//! | `text primitives`, `text subgraphs`, … | the graph after that pass and those before it |
//! | `json prompt` | the prompt, a node a line, without `_meta` |
//! | `text diagnostics` | everything that was said by readers and passes, a line each |
//! | `text check` | what the validator says of the prompt, with its advice; nothing of files |
//! | `json workflow` | the workflow that is written, a node, link and definition a line |
//! | `json again` | the prompt of the workflow that is written |
//! | `rust flow` | the functions in Rust that are written, ids kept |
//! | `json flow` | the prompt of those, read without a compiler |
//! | `text written diagnostics` | what the workflow cannot hold, a line each |
//! | `text interface` | parameters, results and roles, then what was said of them |
//! | `json set` | the prompt after the settings |
//! | `text refused` | what was said of settings that cannot be made |
//!
//! Three more blocks say what is given beside the input: `text entries` and `json sidecar` for the interface, and
//! `text settings`, lines of `NAME=VALUE`.
//!
//! The catalog is the bundled one. With `COMFY_UPDATE=1` expectations are rewritten instead of checked.

use std::fmt::Write as _;

use comfy_graph::{
    back,
    catalog::Catalog,
    diag::{Diagnostic, WithDiagnostics},
    front,
    graph::Graph,
    interface::{Interface, InterfaceOptions},
    passes::{self, bypass, mute, primitives, reroutes, subgraphs, virtuals},
    valid::Validator,
};
use comfy_transpile::{
    read::{ReadOptions, read_rust},
    rust::{self, EmitOptions},
};
use serde_json::Value;

/// One case of a page.
#[derive(Clone, Debug, Default)]
pub struct Case {
    /// The heading.
    pub name: String,
    blocks: Vec<Block>,
}

#[derive(Clone, Debug)]
struct Block {
    tag: String,
    text: String,
    /// Lines of the page between the fences.
    lines: std::ops::Range<usize>,
}

/// The cases of a page.
pub fn cases(page: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    let mut open: Option<Block> = None;
    for (number, line) in page.lines().enumerate() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(tag)) => {
                let lines = number + 1..number + 1;
                open = Some(Block { tag: tag.trim().to_owned(), text: String::new(), lines });
            }
            (Some(block), Some(_)) => {
                block.lines.end = number;
                if let (Some(case), Some(block)) = (cases.last_mut(), open.take()) {
                    case.blocks.push(block);
                }
            }
            (Some(block), None) => {
                block.text.push_str(line);
                block.text.push('\n');
            }
            (None, None) => {
                if let Some(name) = line.strip_prefix("## ") {
                    cases.push(Case { name: name.trim().to_owned(), blocks: Vec::new() });
                }
            }
        }
    }
    cases
}

impl Case {
    /// Runs the case.
    ///
    /// # Errors
    /// Says which block differs, with both texts.
    pub fn check(&self, catalog: &Catalog) -> Result<(), String> {
        for (block, made) in self.outcomes(catalog)? {
            if block.text != made {
                let tag = &block.tag;
                return Err(format!("`{tag}` differs\n--- page\n{}--- compiler\n{made}", block.text));
            }
        }
        Ok(())
    }

    /// What the page's lines have to be: ranges of lines with their new text.
    ///
    /// # Errors
    /// When the input cannot be read.
    pub fn updates(&self, catalog: &Catalog) -> Result<Vec<(std::ops::Range<usize>, String)>, String> {
        let outcomes = self.outcomes(catalog)?;
        Ok(outcomes.into_iter().map(|(block, made)| (block.lines.clone(), made)).collect())
    }

    fn outcomes(&self, catalog: &Catalog) -> Result<Vec<(&Block, String)>, String> {
        let input = self.blocks.iter().find(|block| block.tag == "json input");
        let input = input.ok_or("the case has no `json input`")?;
        let is_given = |block: &Block| {
            matches!(&*block.tag, "json input" | "text entries" | "json sidecar" | "text settings")
        };
        let expectations: Vec<&Block> = self.blocks.iter().filter(|block| !is_given(block)).collect();
        if expectations.is_empty() {
            return Err("the case expects nothing".to_owned());
        }
        let read = front::read(&input.text, catalog).map_err(|error| error.to_string())?;
        read.value.graph.verify()?;
        let graph = &read.value.graph;
        expectations
            .into_iter()
            .map(|block| {
                let made = match &*block.tag {
                    "text interface" | "json set" | "text refused" => {
                        self.interface(&block.tag, graph, catalog)?
                    }
                    tag => outcome(tag, graph, &read.diagnostics, catalog)?,
                };
                Ok((block, made))
            })
            .collect()
    }

    /// The interface, or what becomes of the settings.
    fn interface(&self, tag: &str, graph: &Graph, catalog: &Catalog) -> Result<String, String> {
        let given =
            |tag: &str| self.blocks.iter().find(|block| block.tag == tag).map(|block| block.text.as_str());
        let mut options = InterfaceOptions::default();
        for entry in given("text entries").into_iter().flat_map(str::lines) {
            options = options.entry(entry);
        }
        if let Some(sidecar) = given("json sidecar") {
            options = options.sidecar(serde_json::from_str(sidecar).map_err(|error| error.to_string())?);
        }
        let interface = Interface::of(graph, catalog, &options);
        if tag == "text interface" {
            return Ok(format!("{}{}", interface.value, with_advice(&interface.diagnostics)));
        }
        let mut graph = graph.clone();
        let mut refused = Vec::new();
        for line in given("text settings").into_iter().flat_map(str::lines) {
            let (name, value) = line.split_once('=').ok_or("a setting is NAME=VALUE")?;
            refused.extend(interface.value.set(&mut graph, catalog, name, value).err().map(|said| *said));
        }
        refused.extend(interface.value.fill(&mut graph, catalog));
        graph.verify()?;
        Ok(match tag {
            "text refused" => with_advice(&refused),
            _ => prompt_lines(&back::api::emit(&passes::lower_for_execution(&graph).value, Some(catalog))),
        })
    }
}

/// A line each, and the advice below.
fn with_advice(found: &[Diagnostic]) -> String {
    let mut text = String::new();
    for diagnostic in found {
        let _ = writeln!(text, "{diagnostic}");
        for advice in diagnostic.advice() {
            let _ = writeln!(text, "  {advice}");
        }
    }
    text
}

fn outcome(tag: &str, graph: &Graph, found: &[Diagnostic], catalog: &Catalog) -> Result<String, String> {
    match tag {
        "text graph" => Ok(graph.to_string()),
        "json prompt" => {
            let lowered = passes::lower_for_execution(graph).value;
            Ok(prompt_lines(&back::api::emit(&lowered, Some(catalog))))
        }
        "json workflow" => Ok(workflow_lines(&written(graph, catalog).value)),
        "json again" => {
            let text = written(graph, catalog).value.to_string();
            let again = front::read(&text, catalog).map_err(|error| error.to_string())?.value.graph;
            again.verify()?;
            Ok(prompt_lines(&back::api::emit(&passes::lower_for_execution(&again).value, Some(catalog))))
        }
        "rust flow" => {
            let source = flow(graph, catalog);
            Ok(source.split_once("pub fn").map(|(_, code)| format!("pub fn{code}")).unwrap_or_default())
        }
        "json flow" => {
            let read = read_rust(&flow(graph, catalog), catalog, &ReadOptions::default());
            let again = read.map_err(|error| error.to_string())?.value.graph;
            again.verify()?;
            Ok(prompt_lines(&back::api::emit(&passes::lower_for_execution(&again).value, Some(catalog))))
        }
        "text written diagnostics" => {
            let mut text = String::new();
            for diagnostic in written(graph, catalog).diagnostics {
                let _ = writeln!(text, "{diagnostic}");
            }
            Ok(text)
        }
        "text diagnostics" => {
            let lowered = passes::lower_for_execution(graph);
            let mut text = String::new();
            for diagnostic in found.iter().chain(&lowered.diagnostics) {
                let _ = writeln!(text, "{diagnostic}");
            }
            Ok(text)
        }
        // what the validator finds after lowering, with what it advises
        "text check" => {
            let lowered = passes::lower_for_execution(graph).value;
            Ok(with_advice(&Validator::new(catalog).known_files(false).check(&lowered)))
        }
        _ => {
            let pass = tag.strip_prefix("text ").ok_or_else(|| format!("unknown block `{tag}`"))?;
            after(graph, pass).map(|graph| graph.to_string())
        }
    }
}

/// The graph in Rust.
fn flow(graph: &Graph, catalog: &Catalog) -> String {
    rust::emit(graph, catalog, &EmitOptions::default().keep_ids(true)).value
}

/// The graph after a pass and those before it.
fn after(graph: &Graph, pass: &str) -> Result<Graph, String> {
    let found = &mut Vec::new();
    let mut graph = graph.clone();
    for name in ["primitives", "subgraphs", "reroutes", "mute", "bypass", "virtuals"] {
        match name {
            "primitives" => primitives::run(&mut graph, found),
            "subgraphs" => graph = subgraphs::run(&graph, found),
            "reroutes" => reroutes::run(&mut graph, found),
            "mute" => mute::run(&mut graph),
            "bypass" => bypass::run(&mut graph, found),
            _ => virtuals::run(&mut graph),
        }
        if name == pass {
            return Ok(graph);
        }
    }
    Err(format!("there is no pass `{pass}`"))
}

fn written(graph: &Graph, catalog: &Catalog) -> WithDiagnostics<Value> {
    back::ui::emit(graph, catalog, back::ui::Options::default())
}

/// A member a line, and an entry a line of its lists; the content of definitions likewise.
fn workflow_lines(workflow: &Value) -> String {
    let mut text = String::new();
    object_lines(workflow, 0, &mut text);
    text.push('\n');
    text
}

fn object_lines(value: &Value, depth: usize, text: &mut String) {
    let indent = "  ".repeat(depth + 1);
    let close = "  ".repeat(depth);
    match value {
        Value::Object(map) if map.contains_key("nodes") || map.contains_key("subgraphs") => {
            let members = map.iter().map(|(key, value)| {
                let mut line = format!("{indent}{}: ", Value::from(key.as_str()));
                object_lines(value, depth + 1, &mut line);
                line
            });
            let _ = write!(text, "{{\n{}\n{close}}}", members.collect::<Vec<_>>().join(",\n"));
        }
        Value::Array(list) if list.iter().any(Value::is_object) || list.iter().any(Value::is_array) => {
            let entries = list.iter().map(|entry| {
                let mut line = indent.clone();
                object_lines(entry, depth + 1, &mut line);
                line
            });
            let _ = write!(text, "[\n{}\n{close}]", entries.collect::<Vec<_>>().join(",\n"));
        }
        other => {
            let _ = write!(text, "{other}");
        }
    }
}

/// A node a line.
fn prompt_lines(prompt: &Value) -> String {
    let mut text = String::from("{\n");
    let nodes = prompt.as_object().into_iter().flatten();
    let lines: Vec<String> = nodes
        .map(|(id, node)| {
            let mut node = node.clone();
            if let Value::Object(node) = &mut node {
                node.shift_remove("_meta");
            }
            format!("  {}: {node}", Value::from(id.as_str()))
        })
        .collect();
    text.push_str(&lines.join(",\n"));
    text.push_str("\n}\n");
    text
}
