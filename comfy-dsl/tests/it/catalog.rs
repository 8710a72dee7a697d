//! Every class of the bundled catalog in the form of a table: what the runtime makes of it is what the UI front
//! makes of a file with such a node.

use comfy_dsl::{__private::*, Flow};
use comfy_graph::{
    catalog::{
        AutogrowNames, Catalog, DynamicOption, InputDef, InputKind, NodeDef,
        widgets::{self, WidgetRole},
    },
    front,
    graph::{Graph, Node, Widget, WidgetForm},
};

use serde_json::{Value, json};

use super::support::{Class, Def, Form, In, Names, Opt};

struct Loose(Record);
impl Builder for Loose {
    type Out = NodeRef;
    type State = Set;
    fn record(&mut self) -> &mut Record {
        &mut self.0
    }
}

fn text(text: &str) -> &'static str {
    Box::leak(text.to_owned().into_boxed_str())
}

fn list<T>(items: Vec<T>) -> &'static [T] {
    Box::leak(items.into_boxed_slice())
}

fn def(value: Option<Value>) -> Def {
    value.map_or(Def::Undefined, |value| Def::J(text(&value.to_string())))
}

fn form(role: &WidgetRole<'_>) -> WidgetForm {
    match role {
        WidgetRole::DynamicPrompt => WidgetForm::DynamicPrompt,
        WidgetRole::Curve => WidgetForm::Curve,
        WidgetRole::Live => WidgetForm::Live,
        _ => WidgetForm::Plain,
    }
}

fn options(node: &NodeDef, options: &[DynamicOption]) -> &'static [Opt] {
    let option = |option: &DynamicOption| Opt {
        key: text(&option.key),
        inputs: list(
            option.inputs.iter().map(|input| In { form: input_form(node, input), ..head(input) }).collect(),
        ),
    };
    list(options.iter().map(option).collect())
}

fn head(input: &InputDef) -> In {
    let (name, io_type) = (text(&input.name), text(input.io_type.as_str()));
    In { name, io_type, required: input.is_required(), form: Form::Socket }
}

fn input_form(node: &NodeDef, input: &InputDef) -> Form {
    match &input.kind {
        InputKind::DynamicCombo(list) => Form::Dynamic(options(node, list)),
        InputKind::Autogrow(grow) => Form::Grow(
            match &grow.names {
                AutogrowNames::Prefix { prefix, max } => {
                    Names::Prefix(text(prefix), u32::try_from(*max).unwrap_or(100))
                }
                AutogrowNames::List(names) => {
                    Names::List(list(names.iter().map(|name| text(name)).collect()))
                }
            },
            0,
        ),
        InputKind::String(string) if string.dynamic_prompts && input.is_widget() => {
            Form::Special(WidgetForm::DynamicPrompt, def(widgets::default_of(node, &input.name, input)))
        }
        _ if input.is_widget() => Form::Widget(def(widgets::default_of(node, &input.name, input))),
        _ => Form::Socket,
    }
}

/// The table of a class; widgets without an input are put where the frontend makes them.
fn table(node: &NodeDef) -> &'static Class {
    let specs = widgets::of_node(node);
    let mut inputs: Vec<In> = Vec::new();
    let mut rest = node.inputs.iter();
    for spec in &specs {
        if node.inputs.iter().any(|input| *spec.name == *input.name) {
            for input in rest.by_ref() {
                let found = *input.name == *spec.name;
                let own = specs.iter().find(|spec| *spec.name == *input.name);
                let form = match (input_form(node, input), own) {
                    (Form::Widget(_), Some(own)) => Form::Special(form(&own.role), def(own.default.clone())),
                    (other, _) => other,
                };
                inputs.push(In { form, ..head(input) });
                if found {
                    break;
                }
            }
        } else if spec.sent && !spec.name.contains('.') {
            let form = Form::Hidden(form(&spec.role), def(spec.default.clone()));
            inputs.push(In { name: text(&spec.name), io_type: "*", required: false, form });
        }
    }
    inputs.extend(rest.map(|input| In { form: input_form(node, input), ..head(input) }));
    let outputs =
        node.outputs.iter().map(|output| (text(&output.name), text(output.io_type.as_str()))).collect();
    Box::leak(Box::new(Class {
        class_type: text(&node.class_type),
        inputs: list(inputs),
        outputs: list(outputs),
        matches: &[],
        output_node: node.output_node,
    }))
}

fn only_node(graph: &Graph) -> &Node {
    graph.nodes().next().expect("a node").1
}

/// Sockets of the declared inputs; parts of dynamic inputs exist in a file only if it lists them.
fn sockets(node: &Node) -> Vec<(&str, &str, bool)> {
    let declared = node.inputs.iter().filter(|input| !input.name.contains('.'));
    declared.map(|input| (&*input.name, input.io_type.as_str(), input.widget)).collect()
}

#[test]
fn every_class_comes_out_as_from_a_file() {
    let catalog = Catalog::bundled();
    let mut wrong = Vec::new();
    for def in catalog.iter() {
        let g = Flow::new();
        g.add(Loose(Record::new(table(def))));
        let ours = g.to_graph().value;
        let node = json!({"id": 1, "type": &*def.class_type, "inputs": [], "outputs": []});
        let file = json!({"nodes": [node], "links": [], "version": 0.4});
        let read = front::read(&file.to_string(), &catalog).expect("a workflow");
        let (ours, theirs) = (only_node(&ours), only_node(&read.value.graph));
        let (ours_sent, theirs_sent) = (sent(ours), sent(theirs));
        if ours_sent != theirs_sent || sockets(ours) != sockets(theirs) || ours.outputs != theirs.outputs {
            wrong.push((
                &*def.class_type,
                format!("{ours_sent:?}\n{theirs_sent:?}\n{:?}\n{:?}", sockets(ours), sockets(theirs)),
            ));
        }
    }
    assert!(catalog.len() > 800, "only {} classes", catalog.len());
    // `index` of CustomCombo is not a default: the front works it out from the other values
    let unexpected: Vec<_> = wrong.iter().filter(|(class, _)| *class != "CustomCombo").collect();
    assert!(unexpected.is_empty(), "{unexpected:#?}");
}

/// The widgets that go into a prompt.
fn sent(node: &Node) -> Vec<Widget> {
    let mut sent: Vec<_> = node.widgets.iter().filter(|widget| widget.sent).cloned().collect();
    // its view is an input in the middle whose widget the frontend makes last; tables have one place for both
    if &*node.class_type == "Load3DAdvanced" {
        sent.sort_by(|a, b| a.name.cmp(&b.name));
    }
    sent
}
