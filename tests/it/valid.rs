//! Our validator against the verdicts of a real server.

use std::collections::{BTreeMap, BTreeSet};

use comfy_graph::{catalog::Catalog, diag::Diagnostic, front, passes, valid::Validator};
use comfy_tests::faults::{
    Kind, Tally,
    families::{Families, Role, is_warned, judge_family},
    judge, plant, rust,
};
use comfy_transpile::Compiler;
use serde_json::{Map, Value};

use crate::corpus::corpus;

/// An error as (node, code, input).
type Key = (String, String, String);

#[test]
fn errors_are_those_of_the_server() {
    let Some((corpus, catalog)) = corpus() else { return };
    let (mut missed, mut false_alarms, mut agreed, mut valid) = (Vec::new(), Vec::new(), 0, 0);
    let cases = corpus.cases();
    assert!(!cases.is_empty(), "an empty corpus");
    for case in &cases {
        // what the server saw, and what we make of the file that it came from
        let sent = errors(&catalog, &case.gold().expect("gold").to_string());
        let ours = errors(&catalog, &case.text().expect("text"));
        let theirs: BTreeSet<Key> = case.server_errors.iter().cloned().collect();
        agreed += theirs.intersection(&sent).count();
        missed.extend(theirs.difference(&sent).map(|key| format!("{}: {key:?}", case.name)));
        if let Some(error) = case.server_error.as_deref().filter(|e| *e != "prompt_outputs_failed_validation")
            && !sent.iter().any(|(_, code, _)| code == error)
        {
            missed.push(format!("{}: {error}", case.name));
        }
        if case.verdict == "fully" {
            valid += 1;
            false_alarms.extend(sent.union(&ours).map(|key| format!("{}: {key:?}", case.name)));
        }
    }
    println!("{} cases, {valid} of them valid; {agreed} errors at nodes found by both", cases.len());
    assert!(false_alarms.is_empty(), "{false_alarms:#?}");
    assert!(missed.is_empty(), "{missed:#?}");
}

/// The floors are below what is measured (`cargo xtask faults`), so that a change of rules or weights may move single
/// mistakes.
#[test]
fn planted_mistakes_are_refused_and_named() {
    const EVERY: usize = 12;
    let Some((corpus, catalog)) = corpus() else { return };
    let compiler = Compiler::new(catalog).known_files(true);
    let (mut all, mut kinds) = (Tally::default(), BTreeMap::<Kind, Tally>::new());
    let cases = corpus.cases();
    for (case, seed) in cases.iter().filter(|case| case.verdict == "fully").step_by(EVERY).zip(0..) {
        let Some(Value::Object(prompt)) = case.gold() else { panic!("{}: no prompt", case.name) };
        for kind in Kind::ALL {
            if let Some(fault) = plant(*kind, &prompt, compiler.catalog(), seed) {
                let score = judge(&fault, &compiler);
                all.add(&score);
                kinds.entry(*kind).or_default().add(&score);
            }
        }
    }
    println!("{all}");
    for (kind, tally) in &kinds {
        println!("{:32} {tally}", kind.name());
        // one in a handful weighs too much
        assert!(tally.made < 20 || tally.blocked_percent() >= 90.0, "{}: {tally}", kind.name());
    }
    assert!(kinds.len() > 20 && all.made > 400, "too few mistakes: {all}");
    assert!(all.blocked_percent() >= 99.0 && all.named_percent() >= 93.0, "{all}");
}

/// The same in flows that are written in Rust, as the static reader sees them.
#[test]
fn mistakes_in_flows_are_refused_and_named() {
    const EVERY: usize = 24;
    let Some((corpus, catalog)) = corpus() else { return };
    let compiler = Compiler::new(catalog).known_files(true);
    let (mut all, mut kinds) = (Tally::default(), BTreeMap::<&str, Tally>::new());
    let cases = corpus.cases();
    for (case, seed) in cases.iter().filter(|case| case.verdict == "fully").step_by(EVERY).zip(0..) {
        let prompt = case.gold().expect("a prompt");
        let Some(flow) = rust::flow_of(&prompt.to_string(), &compiler) else { continue };
        for (kind, fault) in rust::plant_all(&flow, &compiler, seed) {
            let score = rust::judge(&fault, &compiler);
            all.add(&score);
            kinds.entry(kind).or_default().add(&score);
        }
    }
    for (kind, tally) in &kinds {
        println!("{kind:32} {tally}");
    }
    println!("{all}");
    assert!(kinds.len() > 15 && all.made > 150, "too few mistakes: {all}");
    assert!(all.blocked_percent() >= 99.0 && all.named_percent() >= 90.0, "{all}");
}

/// Our errors about a workflow or prompt.
fn errors(catalog: &Catalog, text: &str) -> BTreeSet<Key> {
    let parsed = front::read(text, catalog).expect("a workflow or a prompt");
    let lowered = passes::lower_for_execution(&parsed.value.graph);
    let found = Validator::new(catalog).check(&lowered.value);
    let text = |part: &Option<Box<str>>| part.as_deref().unwrap_or_default().to_owned();
    let key = |found: &Diagnostic| (text(&found.node), found.code.name().to_owned(), text(&found.input));
    found.iter().filter(|found| found.is_error()).map(key).collect()
}

/// Files of other models in valid prompts are warned of, valid prompts are not.
#[test]
fn files_of_other_families_are_warned_of() {
    let Some((corpus, catalog)) = corpus() else { return };
    let compiler = Compiler::new(catalog);
    let valid = corpus.cases().into_iter().filter(|case| case.verdict == "fully");
    let prompts: Vec<Map<String, Value>> = valid
        .filter_map(|case| match case.gold()? {
            Value::Object(prompt) => Some(prompt),
            _ => None,
        })
        .collect();
    let wrongly = prompts.iter().filter(|prompt| is_warned(prompt, &compiler)).count();
    assert!(100 * wrongly <= prompts.len(), "{wrongly} of {} valid prompts are warned of", prompts.len());
    let families = Families::of(&prompts);
    let planted =
        (0_u64..).zip(&prompts).flat_map(|(seed, prompt)| Role::ALL.map(|role| (role, prompt, seed)));
    let (mut all, mut missed) = (0, Vec::new());
    for (role, prompt, seed) in planted {
        let Some(fault) = families.plant(role, prompt, seed) else { continue };
        all += 1;
        if !judge_family(&fault, &compiler).blocked {
            missed.push(fault.what);
        }
    }
    println!("{} of {all} files of other families are warned of", all - missed.len());
    assert!(all > 100 && 5 * missed.len() <= all, "{} of {all} are missed: {missed:#?}", missed.len());
}
