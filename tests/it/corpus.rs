//! Every real workflow through every route.

use comfy_graph::{back, catalog::Catalog, front, passes};
use comfy_tests::{corpus::Corpus, prompts::differences};

#[test]
fn lowering_equals_the_frontend() {
    let Some(corpus) = Corpus::find() else {
        eprintln!("no corpus on this machine: set COMFY_GOLD");
        return;
    };
    let catalog = Catalog::from_object_info(&corpus.object_info().expect("object_info")).expect("catalog");
    let (mut same, mut all) = (0, 0);
    let mut rules = std::collections::BTreeMap::<String, usize>::new();
    for case in corpus.cases() {
        if case.missing_types { continue; }
        all += 1;
        let parsed = front::read(&case.text().expect("text"), &catalog).expect("front");
        parsed.value.graph.verify().unwrap_or_else(|e| panic!("{}: {e}", case.name));
        let lowered = passes::lower_for_execution(&parsed.value.graph);
        let prompt = back::api::emit(&lowered.value, Some(&catalog));
        let diffs = differences(&prompt, &case.gold().expect("gold"));
        if diffs.is_empty() { same += 1; continue; }
        println!("{}", case.name);
        for d in diffs.iter().take(6) {
            let cut = |v: &Option<serde_json::Value>| v.as_ref().map_or("-".into(), |v| v.to_string().chars().take(90).collect::<String>());
            println!("   {} {} {:?}: {} <> {}", d.node, d.class, d.input, cut(&d.ours), cut(&d.theirs));
            *rules.entry(format!("{} {:?}", d.class, d.input)).or_default() += 1;
        }
    }
    println!("{same} of {all}");
    for (r, n) in rules { println!("{n} {r}"); }
}
