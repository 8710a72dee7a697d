//! Our validator against the verdicts of a real server.

use std::collections::BTreeSet;

use comfy_graph::{catalog::Catalog, diag::Diagnostic, front, passes, valid::Validator};
use comfy_tests::corpus::{Case, Corpus};

/// An error as (node, code, input).
type Key = (String, String, String);

#[test]
fn errors_are_those_of_the_server() {
    let Some(corpus) = Corpus::find() else {
        println!("skipped: no corpus on this machine (COMFY_GOLD)");
        return;
    };
    let catalog = Catalog::from_object_info(&corpus.object_info().expect("object_info")).expect("a catalog");
    let (mut missed, mut false_alarms, mut agreed, mut valid) = (Vec::new(), Vec::new(), 0, 0);
    let cases = corpus.cases();
    assert!(!cases.is_empty(), "an empty corpus");
    for case in &cases {
        // what the server saw, and what we make of the file that it came from
        let sent = errors(&catalog, &case.gold().expect("gold").to_string());
        let ours = errors(&catalog, &case.text().expect("text"));
        let theirs = server_errors(case);
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

/// Our errors about a workflow or prompt.
fn errors(catalog: &Catalog, text: &str) -> BTreeSet<Key> {
    let parsed = front::read(text, catalog).expect("a workflow or a prompt");
    let lowered = passes::lower_for_execution(&parsed.value.graph);
    let found = Validator::new(catalog).check(&lowered.value);
    let text = |part: &Option<Box<str>>| part.as_deref().unwrap_or_default().to_owned();
    let key = |found: &Diagnostic| (text(&found.node), found.code.name().to_owned(), text(&found.input));
    found.iter().filter(|found| found.is_error()).map(key).collect()
}

/// The server's errors. `custom_validation_failed` of a loader says that there is no such file; so do we, in other
/// words.
fn server_errors(case: &Case) -> BTreeSet<Key> {
    case.server_errors
        .iter()
        .cloned()
        .map(|(node, code, input)| match &*code {
            "custom_validation_failed" => (node, "value_not_in_list".to_owned(), input),
            _ => (node, code, input),
        })
        .collect()
}
