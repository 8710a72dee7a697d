//! Which node of one graph is which node of the other, as far as that is decided.

use super::scope::{Item, Scope, hash};

/// Pairs of nodes. Every node is in one pair at most.
pub(super) struct Pairing<'s, 'g> {
    pub(super) old: &'s Scope<'g>,
    pub(super) new: &'s Scope<'g>,
    /// The partner of each old node.
    of_old: Vec<Option<usize>>,
    /// The partner of each new node.
    of_new: Vec<Option<usize>>,
}

impl<'s, 'g> Pairing<'s, 'g> {
    pub(super) fn new(old: &'s Scope<'g>, new: &'s Scope<'g>) -> Self {
        Self { old, new, of_old: vec![None; old.items.len()], of_new: vec![None; new.items.len()] }
    }

    /// Makes a pair of two nodes, unless one of them has a partner. Says whether it did.
    pub(super) fn pair(&mut self, old: usize, new: usize) -> bool {
        let is_free = self.is_free(old, new);
        if is_free {
            self.of_old[old] = Some(new);
            self.of_new[new] = Some(old);
        }
        is_free
    }

    /// Whether neither has a partner.
    pub(super) fn is_free(&self, old: usize, new: usize) -> bool {
        self.of_old[old].is_none() && self.of_new[new].is_none()
    }

    pub(super) fn partner_of_old(&self, old: usize) -> Option<usize> {
        self.of_old[old]
    }

    pub(super) fn partner_of_new(&self, new: usize) -> Option<usize> {
        self.of_new[new]
    }

    pub(super) fn free_old(&self) -> impl Iterator<Item = usize> {
        self.of_old.iter().enumerate().filter(|(_, partner)| partner.is_none()).map(|(at, _)| at)
    }

    pub(super) fn free_new(&self) -> impl Iterator<Item = usize> {
        self.of_new.iter().enumerate().filter(|(_, partner)| partner.is_none()).map(|(at, _)| at)
    }

    /// What an old node's links say about it: the pairs that it is linked to. A new node that says the same has the
    /// same place among what is decided.
    pub(super) fn place_of_old(&self, old: usize) -> u64 {
        place(&self.old.items[old], |other| self.of_old[other].map(|_| other))
    }

    /// The same of a new node.
    pub(super) fn place_of_new(&self, new: usize) -> u64 {
        place(&self.new.items[new], |other| self.of_new[other])
    }

    /// Whether the ids are the same.
    pub(super) fn same_id(&self, old: usize, new: usize) -> bool {
        self.old.items[old].node.key == self.new.items[new].node.key
    }
}

/// `pair` gives the old node of the pair that a node is in.
fn place(item: &Item<'_>, pair: impl Fn(usize) -> Option<usize>) -> u64 {
    let known = item.links().filter_map(|(is_source, wire, other)| Some((is_source, wire, pair(other)?)));
    known.map(|link| hash(&link)).fold(0, u64::wrapping_add)
}
