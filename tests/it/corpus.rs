//! Every real workflow of the corpus through every route that needs no compiler.

use std::collections::BTreeMap;

use comfy_graph::{back, catalog::Catalog, diag::Diagnostic, front, passes};
use comfy_tests::{
    corpus::{Case, Corpus, exception},
    prompts::differences,
};
use serde_json::Value;

/// The corpus and its catalog, or a plain word that it is not here.
pub(crate) fn corpus() -> Option<(Corpus, Catalog)> {
    let Some(corpus) = Corpus::find() else {
        println!("SKIPPED: no corpus on this machine; COMFY_GOLD names its folder");
        return None;
    };
    let catalog =
        Catalog::from_object_info(&corpus.object_info().expect("object_info.json")).expect("a catalog");
    Some((corpus, catalog))
}

fn lower(case: &Case, catalog: &Catalog) -> (Value, Vec<Diagnostic>) {
    let read = front::read(&case.text().expect("the case's file"), catalog).expect("a workflow");
    read.value.graph.verify().unwrap_or_else(|problem| panic!("{}: {problem}", case.name));
    let mut found = read.diagnostics;
    let lowered = passes::lower_for_execution(&read.value.graph);
    found.extend(lowered.diagnostics);
    (back::api::emit(&lowered.value, Some(catalog)), found)
}

/// UI workflows lower to what the real frontend made of them; prompts are written back as they were read.
#[test]
fn prompts_equal_the_frontends() {
    let Some((corpus, catalog)) = corpus() else { return };
    let (mut equal, mut all) = (0, 0);
    let mut rules = BTreeMap::<&str, usize>::new();
    let mut unexplained = Vec::new();
    for case in corpus.cases() {
        let (prompt, found) = lower(&case, &catalog);
        let gold = case.gold().expect("the case's gold");
        let differences: Vec<_> = differences(&prompt, &gold)
            .into_iter()
            // of a node that the server did not have only its existence can be compared
            .filter(|d| catalog.contains(&d.class) || !case.missing_types)
            .collect();
        all += 1;
        equal += usize::from(differences.is_empty());
        for difference in differences {
            match exception(&difference, &found, &catalog) {
                Some(rule) => *rules.entry(rule).or_default() += 1,
                None => unexplained.push(format!("{}: {difference:?}", case.name)),
            }
        }
    }
    println!("{equal} of {all} prompts equal; differences by rule: {rules:#?}");
    assert!(all > 0, "the corpus is empty");
    assert!(unexplained.is_empty(), "{unexplained:#?}");
}
