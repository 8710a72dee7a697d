//! Which types are one, by example and over the bundled catalog.

use comfy_graph::catalog::Catalog;
use serde_json::{Value, json};

use super::{ComboModel, DynamicModel, Form, InputModel, NodeModel, OptionModel};
use crate::names::Names;

/// Two nodes with one required input each: whether their choices are one type.
fn are_one(a: &Value, b: &Value) -> bool {
    let node = |required: &Value| json!({"input": {"required": required}});
    let catalog =
        Catalog::from_object_info(&json!({"A": node(a), "B": node(b)}).to_string()).expect("a catalog");
    let names = Names::new(&catalog);
    let first = |class| names.node(class).and_then(|node| node.inputs.first()).expect("an input");
    match (&first("A").form, &first("B").form) {
        (Form::Combo(a), Form::Combo(b)) => a.is_same_type(b),
        (Form::Dynamic(a), Form::Dynamic(b)) => a.is_same_type(b),
        _ => panic!("no choices"),
    }
}

#[test]
fn combos_of_the_same_options_at_inputs_of_one_name_are_one() {
    let list = json!({"mode": [["a", "b"], {}]});
    assert!(are_one(&list, &json!({"mode": ["COMBO", {"options": ["a", "b"], "default": "b"}]})));
    assert!(!are_one(&list, &json!({"kind": [["a", "b"], {}]})), "another input");
    assert!(!are_one(&list, &json!({"mode": [["b", "a"], {}]})), "another order");
    assert!(!are_one(&list, &json!({"mode": [["a", "b", "c"], {}]})), "more options");
    assert!(
        !are_one(&json!({"mode": [[1, 2], {}]}), &json!({"mode": [["1", "2"], {}]})),
        "numbers and texts"
    );
    let files = json!({"file": [["a.safetensors"], {"image_upload": true}]});
    assert!(!are_one(&files, &files), "lists of files");
}

#[test]
fn dynamic_combos_of_the_same_options_and_inputs_are_one() {
    let of = |key: &str, inputs: Value| json!({"model": ["COMFY_DYNAMICCOMBO_V3", {"options": [{"key": key, "inputs": {"required": inputs}}]}]});
    let steps = of("fast", json!({"steps": ["INT", {"default": 4}]}));
    assert!(are_one(&steps, &steps));
    assert!(!are_one(&steps, &of("slow", json!({"steps": ["INT", {"default": 4}]}))), "another key");
    assert!(!are_one(&steps, &of("fast", json!({"steps": ["INT", {"default": 5}]}))), "another default");
    assert!(!are_one(&steps, &of("fast", json!({"steps": ["FLOAT", {"default": 4}]}))), "another type");
    let inner = |options: Value| of("fast", json!({"size": [options, {}]}));
    assert!(are_one(&inner(json!(["1k", "2k"])), &inner(json!(["1k", "2k"]))));
    assert!(!are_one(&inner(json!(["1k", "2k"])), &inner(json!(["1k"]))), "another list inside");
    // a view brings widgets of its own, after which positions depend on the class
    let view = of("fast", json!({"view": ["LOAD_3D", {}]}));
    assert!(!are_one(&view, &view), "a widget that the frontend draws");
}

/// The choices of inputs at any depth.
fn choices<'m, 'c>(
    inputs: &'m [InputModel<'c>],
    combos: &mut Vec<&'m ComboModel<'c>>,
    dynamics: &mut Vec<&'m DynamicModel<'c>>,
) {
    for input in inputs {
        match &input.form {
            Form::Combo(combo) => combos.push(combo),
            Form::Dynamic(dynamic) => {
                dynamics.push(dynamic);
                dynamic.options.iter().for_each(|option| choices(&option.inputs, combos, dynamics));
            }
            _ => {}
        }
    }
}

/// Whatever is one with a type is one with all that the type is one with: else rustc, which knows one representative
/// of each, and the reader, which compares two, would disagree.
fn is_equivalence<T: Copy>(all: &[T], same: impl Fn(T, T) -> bool) -> usize {
    let mut classes: Vec<Vec<T>> = Vec::new();
    for one in all {
        assert!(same(*one, *one), "not one with itself");
        let mut of: Vec<_> =
            classes.iter_mut().filter(|class| class.iter().any(|other| same(*one, *other))).collect();
        assert!(of.len() < 2, "one of two kinds");
        match of.pop() {
            Some(class) => {
                assert!(class.iter().all(|other| same(*one, *other) && same(*other, *one)), "only of some");
                class.push(*one);
            }
            None => classes.push(vec![*one]),
        }
    }
    all.len() - classes.len()
}

#[test]
fn being_one_is_an_equivalence() {
    let catalog = Catalog::bundled();
    let names = Names::new(&catalog);
    let nodes: Vec<_> = catalog.iter().filter_map(|def| names.node(&def.class_type)).collect();
    let (mut combos, mut dynamics) = (Vec::new(), Vec::new());
    for node in &nodes {
        choices(&node.inputs, &mut combos, &mut dynamics);
    }
    assert!(is_equivalence(&combos, ComboModel::is_same_type) > 0);
    assert!(is_equivalence(&dynamics, DynamicModel::is_same_type) > 0);
    assert!(is_equivalence(&nodes, NodeModel::is_same_result) > 0);
    for dynamic in dynamics {
        let options: Vec<_> = dynamic.options.iter().collect();
        is_equivalence(&options, OptionModel::is_same_builder);
    }
}
