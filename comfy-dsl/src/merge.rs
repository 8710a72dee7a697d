//! Merging flows: the nodes of one are copied into another, under new numbers.

use crate::{
    record::{Link, Val},
    state::{Added, State},
};

impl State<'_> {
    /// Copies everything of `other` into `scope`. Handles of `other` are handles of the copies from now on.
    pub(crate) fn merge(&mut self, scope: usize, other: Self) {
        let offset = u32::try_from(self.nodes.len()).unwrap_or(u32::MAX);
        let shift = Shift { flow: self.flow, offset, scope, scopes: self.scopes.len() };
        if other.flow != self.flow {
            self.merged
                .extend(other.merged.iter().map(|(flow, inner)| (*flow, inner.saturating_add(offset))));
            self.merged.push((other.flow, offset));
        }
        self.nodes.extend(other.nodes.into_iter().map(|node| shift.node(node)));
        for mut inner in other.scopes.into_iter().skip(1) {
            inner.around =
                inner.around.map(|(scope, instance)| (shift.scope(scope), instance.saturating_add(offset)));
            inner.inputs.iter_mut().for_each(|input| shift.val(&mut input.val));
            inner.outputs.iter_mut().filter_map(|output| output.from.as_mut()).for_each(|l| shift.link(l));
            inner.captured.iter_mut().for_each(|(link, _)| shift.link(link));
            self.scopes.push(inner);
        }
        for mut problem in other.problems {
            let number = problem.node.as_deref().and_then(|node| node.parse::<u32>().ok());
            problem.node =
                number.map(|number| number.saturating_add(offset).to_string().into()).or(problem.node);
            self.problems.push(problem);
        }
    }
}

/// What becomes of the numbers of a merged flow.
struct Shift {
    flow: u32,
    /// Added to the numbers of nodes.
    offset: u32,
    /// What its outermost scope becomes.
    scope: usize,
    /// How many scopes there were before.
    scopes: usize,
}

impl Shift {
    fn scope(&self, scope: usize) -> usize {
        match scope.checked_sub(1) {
            Some(inner) => self.scopes + inner,
            None => self.scope,
        }
    }

    fn node<'c>(&self, mut node: Added<'c>) -> Added<'c> {
        node.scope = self.scope(node.scope);
        node.inside = node.inside.map(|inside| self.scope(inside));
        node.draft.vals_mut().for_each(|val| self.val(val));
        node
    }

    fn link(&self, link: &mut Link) {
        link.flow = self.flow;
        link.node = link.node.saturating_add(self.offset);
    }

    fn val(&self, val: &mut Val<'_>) {
        match val {
            Val::Link(link) => self.link(link),
            Val::Or(link, value) => {
                self.link(link);
                self.val(value);
            }
            Val::Pick(pick) => pick.settings.set.iter_mut().for_each(|setting| self.val(&mut setting.val)),
            Val::Grow(items) => items.iter_mut().for_each(|item| self.val(&mut item.val)),
            Val::Unlinked | Val::Unset | Val::Json(_) | Val::NotFinite(_) => {}
        }
    }
}
