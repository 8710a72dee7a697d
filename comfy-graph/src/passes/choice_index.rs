//! `CustomCombo.index` follows the choice that arrives from outside the node: the frontend computes it when the prompt is
//! made (`extensions/core/customWidgets.ts`).

use serde_json::Value;

use crate::{catalog::widgets, graph::Node};

/// Sets the position of the choice among the options, -1 if it is none of them. Nodes of other classes stay as they are.
pub(crate) fn follow(node: &mut Node) {
    let Some((choice, index)) = widgets::choice_index(&node.class_type) else { return };
    let delivered =
        node.inputs.iter().find(|input| *input.name == *choice).and_then(|input| input.value.as_ref());
    let chosen = delivered.or_else(|| node.widget(choice)?.value.as_ref());
    let is_option =
        |name: &str| name.strip_prefix("option").is_some_and(|rest| rest.parse::<usize>().is_ok());
    let mut options = node.widgets.iter().filter(|widget| is_option(&widget.name));
    let position = options.position(|option| option.value.as_ref() == chosen);
    let position = position.and_then(|position| i64::try_from(position).ok()).unwrap_or(-1);
    if let Some(widget) = node.widget_mut(index) {
        widget.value = Some(Value::from(position));
    }
}
