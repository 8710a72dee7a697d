//! Whether a server and we say the same of a prompt.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use comfy_graph::{
    catalog::{Catalog, InputDef, InputKind},
    diag::{Diagnostic, codes},
    front, passes,
    valid::Validator,
};
use serde_json::{Map, Value};

use super::answer::{Answer, Errors};

/// Classes whose own check takes every input (`**kwargs`), so that the server leaves ranges and lists to them, and they
/// look at one input only.
const CHECKED_BY_THEIR_CLASS: [&str; 3] = ["CustomCombo", "Load3D", "Load3DAdvanced"];

/// Classes whose own check asks for the types that arrive (`input_types`), so that the server does not compare them; it
/// has no word then for what is wrong.
const TYPES_CHECKED_BY_THEIR_CLASS: [&str; 1] = ["TripoConversionNode"];

/// What was compared so far.
#[derive(Debug, Default)]
pub(super) struct Comparison {
    prompts: usize,
    /// Errors of the server's.
    theirs: usize,
    /// Errors of ours with a word of the server's that it had to have, too.
    ours: usize,
    /// Of ours those that the server has a reason not to have, by reason.
    excused: BTreeMap<&'static str, usize>,
    /// In words.
    pub(super) disagreements: Vec<String>,
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { prompts, theirs, ours, excused, disagreements } = self;
        write!(
            f,
            "{prompts} prompts asked; errors of the server's {theirs}, of ours that it has to have {ours}; "
        )?;
        write!(f, "only ours, by reason: {excused:?}; disagreements: {}", disagreements.len())
    }
}

impl Comparison {
    /// Compares both ways.
    pub(super) fn add(&mut self, name: &str, text: &str, catalog: &Catalog, answer: &Answer) {
        self.prompts += 1;
        let prompt: Map<String, Value> = serde_json::from_str(text).expect("a prompt");
        let look = Look { prompt: &prompt, catalog, answer, found: check(text, catalog) };
        let mut say = |what: String| self.disagreements.push(format!("{name}: {what}"));
        let missed = look.missed();
        self.theirs += look.answer.count();
        missed.into_iter().for_each(&mut say);
        for found in look.found.iter().filter(|found| found.is_error() && found.code.info().server) {
            if let Some(reason) = look.reason(found) {
                *self.excused.entry(reason).or_default() += 1;
                continue;
            }
            self.ours += 1;
            if !look.is_theirs(found) {
                say(format!("only ours: {found}"));
            }
        }
    }
}

fn check(text: &str, catalog: &Catalog) -> Vec<Diagnostic> {
    let read = front::read(text, catalog).expect("a prompt");
    let lowered = passes::lower_for_execution(&read.value.graph);
    let mut found = read.diagnostics;
    found.extend(lowered.diagnostics);
    found.extend(Validator::new(catalog).check(&lowered.value));
    found
}

/// One prompt with both answers.
struct Look<'a> {
    prompt: &'a Map<String, Value>,
    catalog: &'a Catalog,
    answer: &'a Answer,
    found: Vec<Diagnostic>,
}

impl Look<'_> {
    fn class(&self, node: &str) -> Option<&str> {
        self.prompt.get(node)?["class_type"].as_str()
    }

    fn errors_at(&self, node: &str) -> impl Iterator<Item = &Diagnostic> {
        self.found.iter().filter(move |found| found.is_error() && found.node.as_deref() == Some(node))
    }

    fn has(&self, node: &str, code: &str, input: &str) -> bool {
        let is_it = |found: &Diagnostic| {
            found.code.name() == code && (input.is_empty() || found.input.as_deref() == Some(input))
        };
        self.errors_at(node).any(is_it)
    }

    /// What the server says and we do not.
    fn missed(&self) -> Vec<String> {
        let mut missed = Vec::new();
        match &self.answer.stopped {
            Some((word, Some(node))) if !self.has(node, word, "") => missed.push(format!("#{node}: {word}")),
            Some((word, None)) if !self.found.iter().any(|f| f.is_error() && f.code.name() == word) => {
                missed.push(word.clone());
            }
            _ => {}
        }
        for (node, errors) in &self.answer.errors {
            let ours_lack = errors.iter().filter(|(word, input)| !self.has(node, word, input));
            missed.extend(ours_lack.map(|(word, input)| format!("only theirs: #{node} {word} {input}")));
        }
        // a check that fails has no word for what is wrong, and one of a class its own
        for node in self.answer.thrown.union(&self.answer.custom) {
            if self.errors_at(node).next().is_none() && !self.is_about_remote_files(node) {
                missed.push(format!("only theirs: #{node}, whose check failed"));
            }
        }
        missed
    }

    /// Whether a check is about files that `/object_info` does not list, but says where to ask for: nothing that was read
    /// here tells that there are none.
    fn is_about_remote_files(&self, node: &str) -> bool {
        let is_remote =
            |input: &InputDef| matches!(&input.kind, InputKind::Combo(combo) if combo.remote.is_some());
        let def = self.class(node).and_then(|class| self.catalog.get(class));
        self.answer.custom.contains(node) && def.is_some_and(|def| def.inputs.iter().any(is_remote))
    }

    fn is_theirs(&self, found: &Diagnostic) -> bool {
        let node = found.node.as_deref().unwrap_or_default();
        let input = found.input.as_deref().unwrap_or_default();
        let word = found.code.name();
        if let Some((stopped, at)) = &self.answer.stopped {
            return stopped == word && at.as_deref().is_none_or(|at| at == node);
        }
        if found.code == codes::CUSTOM_VALIDATION_FAILED {
            return self.answer.custom.contains(node);
        }
        let has =
            |errors: &Errors| errors.iter().any(|(code, at)| code == word && (at.is_empty() || at == input));
        self.answer.errors.get(node).is_some_and(has)
    }

    /// Why the server may not say what we say.
    fn reason(&self, found: &Diagnostic) -> Option<&'static str> {
        let node = found.node.as_deref().unwrap_or_default();
        if let Some((word, at)) = &self.answer.stopped {
            let is_it = word == found.code.name() && at.as_deref().is_none_or(|at| at == node);
            return (!is_it).then_some("the server stops at the first unknown class, or without outputs");
        }
        if self.answer.thrown.contains(node) {
            return Some("an exception ended the server's check of the node");
        }
        if !self.visited().contains(node) {
            return Some("the server does not get to the node");
        }
        if found.code == codes::DEPENDENCY_CYCLE && !self.is_theirs(found) {
            let has_cycle = |errors: &Errors| errors.iter().any(|(word, _)| word == found.code.name());
            let said = self.answer.errors.values().any(has_cycle);
            return said.then_some("of circles that share nodes the server names one");
        }
        let class = self.class(node)?;
        if CHECKED_BY_THEIR_CLASS.contains(&class) && found.code != codes::REQUIRED_INPUT_MISSING {
            return Some("the server leaves the values to the class's own check");
        }
        if TYPES_CHECKED_BY_THEIR_CLASS.contains(&class) && found.code == codes::RETURN_TYPE_MISMATCH {
            return Some("the server leaves the types to the class's own check");
        }
        let Some(declared) = self.catalog.get(class)?.resolve_input(found.input.as_deref()?) else {
            return Some("the server does not look at inputs that are not declared");
        };
        let is_match = |input: &InputDef| matches!(input.kind, InputKind::MatchType { .. });
        if found.code == codes::RETURN_TYPE_MISMATCH && (is_match(declared) || self.is_from_match(found)) {
            return Some("the server takes anything for a match type");
        }
        let is_dynamic = matches!(declared.kind, InputKind::DynamicCombo(_));
        let asks = [codes::VALUE_NOT_IN_LIST, codes::REQUIRED_INPUT_MISSING];
        (asks.contains(&found.code) && is_dynamic)
            .then_some("the server takes any key of a dynamic combo, and none")
    }

    /// Whether the input of a finding is linked to an output that has the type of an input.
    fn is_from_match(&self, found: &Diagnostic) -> bool {
        let linked = || {
            let link = &self.prompt.get(found.node.as_deref()?)?["inputs"][found.input.as_deref()?];
            let source = self.prompt.get(link.get(0)?.as_str()?)?;
            let slot = usize::try_from(link.get(1)?.as_u64()?).ok()?;
            let output = self.catalog.get(source["class_type"].as_str()?)?.outputs.get(slot)?;
            output.match_template.as_ref()
        };
        linked().is_some()
    }

    /// The nodes that the server surely looks at: from the outputs against links that it follows.
    fn visited(&self) -> BTreeSet<&str> {
        let class = |node: &str| self.catalog.get(self.class(node)?);
        let outputs = self.prompt.keys().filter(|node| class(node).is_some_and(|def| def.output_node));
        let mut waiting: Vec<&str> = outputs.map(String::as_str).collect();
        let mut visited = BTreeSet::new();
        while let Some(node) = waiting.pop() {
            if !visited.insert(node) || self.answer.thrown.contains(node) {
                continue;
            }
            let inputs = self.prompt.get(node).and_then(|node| node["inputs"].as_object());
            for (name, value) in inputs.into_iter().flatten() {
                let is_declared = class(node).is_some_and(|def| def.resolve_input(name).is_some());
                let is_stray = self.has(node, codes::UNDECLARED_INPUT.name(), name);
                let is_refused =
                    self.answer.errors.get(node).is_some_and(|e| e.iter().any(|(_, at)| at == name));
                if let Some([Value::String(from), _]) = value.as_array().map(Vec::as_slice)
                    && is_declared
                    && !is_stray
                    && !is_refused
                    && self.prompt.contains_key(from)
                {
                    waiting.push(from);
                }
            }
        }
        visited
    }
}
