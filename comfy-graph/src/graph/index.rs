//! Finding widgets by name in nodes that may have very many of them.

use std::collections::BTreeMap;

use super::{Node, NodeIx, Widget};

/// Positions of widgets by name, for the nodes of one graph that have many. Only for as long as the nodes stay as
/// they are.
#[derive(Default)]
pub(crate) struct WidgetIndex<'g>(BTreeMap<NodeIx, BTreeMap<&'g str, usize>>);

impl<'g> WidgetIndex<'g> {
    /// The first widget of this name, as [`Node::widget`] finds it.
    pub(crate) fn find(&mut self, ix: NodeIx, node: &'g Node, name: &str) -> Option<&'g Widget> {
        const MANY: usize = 32;
        if node.widgets.len() <= MANY {
            return node.widget(name);
        }
        let index = self.0.entry(ix).or_insert_with(|| {
            let names = node.widgets.iter().enumerate().map(|(position, widget)| (&*widget.name, position));
            // of equal names the first stays
            names.rev().collect()
        });
        node.widgets.get(*index.get(name)?)
    }
}
