//! Wishes, and the nodes that fulfil them.

use comfy_codegen::{
    names::Names,
    search::{Query, Search},
};
use comfy_graph::catalog::Catalog;

/// Wishes with a right class in the top three, and the others.
fn measure(catalog: &Catalog) -> (usize, Vec<String>) {
    let names = Names::new(catalog);
    let search = Search::new(&names);
    let wishes = include_str!("search/wishes.txt");
    let (mut right, mut wrong) = (0, Vec::new());
    for line in wishes.lines().filter(|line| !line.starts_with('#')) {
        let Some((wish, classes)) = line.split_once(" => ") else { continue };
        let classes: Vec<&str> = classes.split(',').map(str::trim).collect();
        let found = search.find(&Query::new(wish), 3);
        let found: Vec<&str> = found.iter().map(|hit| &*hit.def.class_type).collect();
        if found.iter().any(|class| classes.contains(class)) {
            right += 1;
        } else {
            wrong.push(format!("{wish}: {found:?}, not {classes:?}"));
        }
    }
    (right, wrong)
}

#[test]
fn most_wishes_have_their_node_in_the_top_three() {
    let (right, wrong) = measure(&Catalog::bundled());
    println!("{right} of {}", right + wrong.len());
    assert!(right >= 54, "{right} right; wrong: {wrong:#?}");
}

#[test]
fn with_titles_and_aliases_of_a_server_more_have() {
    let Ok(folder) = std::env::var("COMFY_GOLD") else {
        println!("SKIPPED: no corpus on this machine (COMFY_GOLD names its folder)");
        return;
    };
    let text =
        std::fs::read_to_string(std::path::Path::new(&folder).join("object_info.json")).expect("the answer");
    let (right, wrong) = measure(&Catalog::from_object_info(&text).expect("a catalog"));
    println!("{right} of {}", right + wrong.len());
    assert!(right >= 57, "{right} right; wrong: {wrong:#?}");
}

#[test]
fn misspelt_words_filters_and_nothing_at_all() {
    let catalog = Catalog::bundled();
    let names = Names::new(&catalog);
    let search = Search::new(&names);
    let first = |query: &Query| search.find(query, 1).first().map(|hit| hit.def.class_type.to_string());
    assert_eq!(first(&Query::new("KSampler")).as_deref(), Some("KSampler"));
    assert_eq!(first(&Query::new("chekpoint loader simple")).as_deref(), Some("CheckpointLoaderSimple"));
    let query = Query { takes: Some("LATENT".into()), gives: Some("IMAGE".into()), ..Query::default() };
    let found = search.find(&query, 100);
    assert!(found.iter().any(|hit| &*hit.def.class_type == "VAEDecode"));
    assert!(found.iter().all(|hit| hit.def.outputs.iter().any(|output| output.io_type.as_str() == "IMAGE")));
    let query = Query { category: Some("image/mask".into()), ..Query::new("mask") };
    assert!(search.find(&query, 100).iter().all(|hit| hit.def.category.starts_with("image/mask")));
    assert!(search.find(&Query::new("xyzzyqwv"), 3).is_empty());
    assert!(search.find(&Query::new("a ".repeat(100_000)), 3).len() <= 3);
}
