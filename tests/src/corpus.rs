//! Real workflows with what the real frontend made of them.
//!
//! They are not part of the repository. `COMFY_GOLD` names the folder; without it `../shared/gold` beside the
//! workspace is taken. The README there says what the files are.

use std::path::{Path, PathBuf};

use comfy_graph::{
    catalog::{Catalog, InputKind},
    diag::{Diagnostic, codes},
};
use serde_json::{Map, Value};

use crate::prompts::Difference;

/// A folder of cases.
#[derive(Debug)]
pub struct Corpus {
    root: PathBuf,
    index: Map<String, Value>,
}

/// One workflow.
#[derive(Clone, Debug)]
pub struct Case {
    /// `SOURCE/NAME`.
    pub name: String,
    /// Whether the file is a UI workflow; an API prompt otherwise.
    pub is_workflow: bool,
    /// Node types that the server did not have.
    pub missing_types: bool,
    /// Inputs whose text has `{a|b}` in it: node id and name.
    pub dynamic_prompts: Vec<(String, String)>,
    /// What the server said: `fully`, `files-only` or `invalid`.
    pub verdict: String,
    /// The server's error for the prompt as a whole.
    pub server_error: Option<String>,
    /// The server's errors per node: its id, the error's type, the input.
    pub server_errors: Vec<(String, String, String)>,
    stem: PathBuf,
}

impl Corpus {
    /// The corpus, if it is on this machine.
    pub fn find() -> Option<Self> {
        let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/gold");
        let root = std::env::var_os("COMFY_GOLD").map_or(beside, PathBuf::from);
        let index = read_json(&root.join("index.json"))?;
        let Value::Object(index) = index else { return None };
        Some(Self { root, index })
    }

    /// The text of the server's `/object_info`.
    pub fn object_info(&self) -> Option<String> {
        std::fs::read_to_string(self.root.join("object_info.json")).ok()
    }

    /// All cases, by name.
    pub fn cases(&self) -> Vec<Case> {
        let mut cases: Vec<_> = self.index.iter().map(|(name, facts)| self.case(name, facts)).collect();
        cases.sort_by(|a, b| a.name.cmp(&b.name));
        cases
    }

    fn case(&self, name: &str, facts: &Value) -> Case {
        let list = |key: &str| facts[key].as_array().cloned().unwrap_or_default();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        Case {
            name: name.to_owned(),
            is_workflow: facts["form"] == "ui",
            missing_types: !list("missing_types").is_empty(),
            dynamic_prompts: list("dynamic_prompts").iter().map(|p| (text(&p[0]), text(&p[1]))).collect(),
            verdict: text(&facts["server"]["verdict"]),
            server_error: facts["server"]["error"].as_str().map(ToOwned::to_owned),
            server_errors: node_errors(&facts["server"]["node_errors"]),
            stem: self.root.join(name),
        }
    }
}

impl Case {
    /// The text of the file: `NAME.ui.json` or `NAME.prompt.json`.
    pub fn text(&self) -> Option<String> {
        std::fs::read_to_string(self.file(if self.is_workflow { "ui" } else { "prompt" })).ok()
    }

    /// The prompt that the real frontend made; for an API file the file itself.
    pub fn gold(&self) -> Option<Value> {
        read_json(&self.file(if self.is_workflow { "api" } else { "prompt" }))
    }

    fn file(&self, kind: &str) -> PathBuf {
        // the names have dots in them, so no `with_extension`
        let mut path = self.stem.clone().into_os_string();
        path.push(format!(".{kind}.json"));
        path.into()
    }
}

/// `{node: ["type:input"]}` as (node, type, input).
fn node_errors(errors: &Value) -> Vec<(String, String, String)> {
    let per_node = errors.as_object().into_iter().flatten();
    per_node
        .flat_map(|(node, list)| list.as_array().into_iter().flatten().map(move |error| (node, error)))
        .filter_map(|(node, error)| Some((node, error.as_str()?.split_once(':')?)))
        .map(|(node, (code, input))| (node.clone(), code.to_owned(), input.to_owned()))
        .collect()
}

fn read_json(path: &Path) -> Option<Value> {
    serde_json::from_str(&std::fs::read_to_string(path).ok()?).ok()
}

/// Why a difference from the real frontend is none to mend: each rule goes by what the compiler itself said about
/// the file, or by the catalog; never by the name of a case.
pub fn exception(difference: &Difference, found: &[Diagnostic], catalog: &Catalog) -> Option<&'static str> {
    let said = |code| found.iter().any(|diagnostic| diagnostic.code == code);
    let declared =
        difference.input.as_deref().and_then(|input| catalog.get(&difference.class)?.resolve_input(input));
    let remote =
        declared.is_some_and(|input| matches!(&input.kind, InputKind::Combo(c) if c.remote.is_some()));
    let is_live = found.iter().any(|diagnostic| {
        diagnostic.code == codes::LIVE_WIDGET && diagnostic.input.as_deref() == difference.input.as_deref()
    });
    if is_live {
        return Some("made by the browser when the prompt is queued");
    }
    if remote {
        return Some("the frontend replaces a saved choice by the first that the server offers");
    }
    if said(codes::LEGACY_GROUP_NODE) && difference.theirs.is_none() && difference.input.is_some() {
        return Some("the frontend loses links into reroutes of legacy group nodes");
    }
    if said(codes::VIRTUAL_OF_PACK) {
        return Some(
            "the frontend without the pack's JavaScript does not know the node that passes the value on",
        );
    }
    let behind_reroute = found.iter().any(|diagnostic| {
        diagnostic.code == codes::PRIMITIVE_BEHIND_REROUTE
            && diagnostic.node.as_deref() == Some(&*difference.node)
            && diagnostic.input.as_deref() == difference.input.as_deref()
    });
    if behind_reroute {
        return Some("the frontend does not write a primitive's value into a widget behind a reroute");
    }
    if said(codes::PROMOTED_PRIMITIVE) {
        return Some("the frontend writes the value of a promoted primitive into other widgets");
    }
    None
}
