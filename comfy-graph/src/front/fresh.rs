//! A node as it is when somebody puts it on the canvas: all widgets of its class with their first values, all sockets.

use crate::{
    catalog::{
        DynamicOption, InputKind, NodeDef,
        widgets::{self, WidgetRole, WidgetSpec},
    },
    graph::{InputSlot, Node, NodeKey, Widget, WidgetForm},
};

/// A new node of this class.
pub(crate) fn node(def: &NodeDef, key: NodeKey) -> Node {
    let mut node = Node::class(key, def.class_type.clone());
    node.widgets = widgets::of_node(def).into_iter().map(widget).collect();
    node.inputs = sockets(def);
    node.outputs = def.outputs.iter().map(super::api::output_slot).collect();
    node
}

/// A new widget.
pub(crate) fn widget(spec: WidgetSpec<'_>) -> Widget {
    let form = match spec.role {
        WidgetRole::DynamicPrompt => WidgetForm::DynamicPrompt,
        WidgetRole::Curve => WidgetForm::Curve,
        WidgetRole::Live => WidgetForm::Live,
        WidgetRole::Control => WidgetForm::Control,
        WidgetRole::Plain
        | WidgetRole::Combo(_)
        | WidgetRole::DynamicCombo(_)
        | WidgetRole::ChoiceIndex
        | WidgetRole::GrowingOption => WidgetForm::Plain,
    };
    // a value that somebody chose is not to be another after the first run
    let value = if form == WidgetForm::Control { Some("fixed".into()) } else { spec.default };
    Widget { name: spec.name.into(), value, sent: spec.sent, form }
}

/// Sockets without widget, then those of widgets, as the frontend has them. Items of growing lists are made when they
/// are linked.
fn sockets(def: &NodeDef) -> Vec<InputSlot> {
    let grows = |kind: &InputKind| matches!(kind, InputKind::Autogrow(_));
    let bare = def.inputs.iter().filter(|input| !input.is_widget() && !grows(&input.kind));
    let bare = bare.map(|input| InputSlot::new(input.name.clone(), input.io_type.clone()));
    let of_widgets = def.inputs.iter().filter(|input| input.is_widget());
    let of_widgets = of_widgets.map(|input| InputSlot::of_widget(input.name.clone(), input.io_type.clone()));
    bare.chain(of_widgets).collect()
}

/// Chooses the options of dynamic combos that bring the input of this full name, where nothing else of another option is
/// linked: `resize_type.longer_size` comes with one of several.
pub(crate) fn choose_for(node: &mut Node, def: &NodeDef, input: &str) {
    const DEEPEST: usize = 32;
    for (dot, _) in input.match_indices('.').take(DEEPEST) {
        let (name, rest) = (&input[..dot], &input[dot + 1..]);
        let Some(InputKind::DynamicCombo(options)) = def.resolve_input(name).map(|input| &input.kind) else {
            continue;
        };
        let brings = |option: &&DynamicOption| {
            option.inputs.iter().any(|input| {
                let rest = rest.strip_prefix(&*input.name);
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            })
        };
        let prefix = format!("{name}.");
        let is_used = node.inputs.iter().any(|input| input.name.starts_with(&prefix));
        let Some(option) = options.iter().find(brings).filter(|_| !is_used) else { return };
        let Some(at) = node.widgets.iter().position(|widget| *widget.name == *name) else { return };
        let key = serde_json::Value::from(&*option.key);
        if node.widgets[at].value.as_ref() == Some(&key) {
            continue;
        }
        let fresh: Vec<Widget> =
            widgets::of_option(def, name, options, &key).into_iter().map(widget).collect();
        node.widgets[at].value = Some(key);
        let (mut before, behind): (Vec<Widget>, Vec<Widget>) =
            (node.widgets.drain(..=at).collect(), std::mem::take(&mut node.widgets));
        before.extend(fresh);
        before.extend(behind.into_iter().filter(|widget| !widget.name.starts_with(&prefix)));
        node.widgets = before;
    }
}
