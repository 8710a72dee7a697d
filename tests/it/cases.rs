//! The files of `tests/cases`, each a kind of fault that was found in a public workflow: `NAME.json` is the file,
//! `NAME.prompt.json` what the server gets, whatever the ids. Every route has the same.

use std::{fs, path::Path};

use comfy_graph::{diag::codes, passes::LowerOptions};
use comfy_tests::prompts::digests;
use comfy_transpile::{Compiler, Document, Input, Looks, Target, rust::EmitOptions};
use serde_json::Value;

struct Case {
    name: String,
    document: Document,
    expected: Vec<u64>,
    compiler: Compiler,
}

fn cases() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    let compiler = Compiler::bundled();
    let mut cases = Vec::new();
    for entry in fs::read_dir(folder).expect("the folder") {
        let path = entry.expect("an entry").path();
        let file = path.file_name().and_then(|name| name.to_str()).expect("a name").to_owned();
        let Some(name) = file.strip_suffix(".json").filter(|name| !name.ends_with(".prompt")) else {
            continue;
        };
        let text = fs::read_to_string(&path).expect("a case");
        let prompt = fs::read_to_string(path.with_extension("prompt.json")).expect("its prompt");
        let prompt: Value = serde_json::from_str(&prompt).expect("JSON");
        let document = compiler.open(&Input::from_text(file.as_str(), text)).expect("a workflow");
        document.graph().verify().unwrap_or_else(|problem| panic!("{name}: {problem}"));
        cases.push(Case {
            name: name.to_owned(),
            document,
            expected: digests(&prompt),
            compiler: compiler.clone(),
        });
    }
    cases.sort_by(|a, b| a.name.cmp(&b.name));
    assert!(cases.len() >= 9, "the cases are there");
    cases
}

impl Case {
    fn write(&self, document: &Document, target: &Target) -> String {
        let written = self.compiler.write(document, target);
        let refused = written.diagnostics.iter().find(|found| found.code == codes::NOT_EXPRESSIBLE);
        assert_eq!(refused, None, "{}", self.name);
        written.value
    }

    fn open(&self, name: &str, text: &str) -> Document {
        let opened = self.compiler.open(&Input::from_text(name, text));
        opened.unwrap_or_else(|error| panic!("{}: {error}\n{text}", self.name))
    }

    /// The document says what the case says.
    fn is_right(&self, route: &str, document: &Document) {
        let prompt = self.compiler.lower(document, LowerOptions::default()).prompt();
        assert!(digests(&prompt) == self.expected, "{}, {route}: {prompt:#}", self.name);
    }

    fn through(&self, route: &str, document: &Document, target: &Target) -> Document {
        let name = if matches!(target, Target::Rust(_)) { "flow.rs" } else { "file.json" };
        let again = self.open(name, &self.write(document, target));
        self.is_right(route, &again);
        again
    }
}

fn rust() -> Target {
    Target::Rust(EmitOptions::default())
}

#[test]
fn as_a_prompt() {
    for case in cases() {
        case.is_right("prompt", &case.document);
        let prompt = case.through("prompt", &case.document, &Target::Api(LowerOptions::default()));
        for target in [rust(), Target::Ui(Looks::Kept)] {
            case.through("prompt, further", &prompt, &target);
        }
    }
}

#[test]
fn through_rust() {
    for case in cases() {
        for options in [EmitOptions::default(), EmitOptions::default().keep_ids(true)] {
            let flow = case.through("rust", &case.document, &Target::Rust(options));
            let diff = case.compiler.diff(&case.document, &flow);
            assert!(diff.is_empty(), "{}: {diff}", case.name);
            case.through("rust, ui", &flow, &Target::Ui(Looks::Arranged));
        }
    }
}

#[test]
fn through_the_ui_format() {
    for case in cases() {
        for looks in [Looks::Kept, Looks::Arranged, Looks::of(&case.document)] {
            let file = case.through("ui", &case.document, &Target::Ui(looks));
            case.through("ui, rust", &file, &rust());
        }
    }
}

#[test]
fn as_pictures() {
    for case in cases() {
        for target in [Target::Dot, Target::Svg] {
            let picture = case.write(&case.document, &target);
            for (_, node) in case.document.graph().nodes() {
                let name = node.title.as_deref().unwrap_or(&node.class_type);
                let is_there = picture.contains(node.key.as_str()) || picture.contains(name);
                assert!(is_there, "{}: {} is in the picture", case.name, node.describe());
            }
        }
    }
}

/// Nothing is said that would keep a right file from running, but where the catalog is older than the file.
#[test]
fn checked() {
    for case in cases() {
        let found = case.compiler.check(&case.document);
        let newer =
            [codes::MISSING_NODE_TYPE, codes::VALUE_NOT_IN_LIST, codes::SLOT_OUT_OF_RANGE, codes::PAID_NODE];
        let error = found.iter().find(|found| found.is_error() && !newer.contains(&found.code));
        assert_eq!(error, None, "{}", case.name);
    }
}
