//! A node as it is when somebody puts it on the canvas: all widgets of its class with their first values, all sockets.

use crate::{
    catalog::{
        InputKind, NodeDef,
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
