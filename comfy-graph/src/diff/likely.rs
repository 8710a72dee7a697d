//! Pairs of nodes that do not look the same: the best first, by title, values, and what they are linked to.

use std::{cmp::Reverse, collections::BinaryHeap};

use indexmap::IndexMap;

use super::{
    pairing::Pairing,
    scope::{Item, hash},
};
use crate::json::same_value;

/// Of so many possible pairs of one class all are weighed; of more only those that have something in common.
const ALL_PAIRS: usize = 1024;
/// So many nodes at the same links of a pair are weighed against each other.
const NEIGHBOURS: usize = 8;

/// Who has very many links is known by the first of them.
const MANY: usize = 64;

// What a pair has in common, in points. Ids count so little that they only decide between equals.
const SAME_TITLE: u32 = 40;
const SAME_CONTENT: u32 = 40;
const ALL_VALUES: u32 = 40;
const SAME_LINK: u32 = 30;
const ALIKE_LINK: u32 = 2;
const SAME_ID: u32 = 1;
/// With less in common, and other ids, one node went and another came.
const ENOUGH: u32 = 20;

/// Pairs what is left: nodes of the same class, then nodes of another class in the same place.
pub(super) fn run(pairing: &mut Pairing<'_, '_>) {
    let mut search = Search { pairing, heap: BinaryHeap::new(), class_matters: true };
    search.classes();
    search.everywhere();
    search.run();
    search.last_of_class();
    search.class_matters = false;
    search.everywhere();
    search.run();
}

struct Search<'t, 's, 'g> {
    pairing: &'t mut Pairing<'s, 'g>,
    /// Points and pair; the first in order wins among equals.
    heap: BinaryHeap<(u32, Reverse<usize>, Reverse<usize>)>,
    class_matters: bool,
}

impl Search<'_, '_, '_> {
    /// All pairs of a class, where there are not too many.
    fn classes(&mut self) {
        for (old, new) in self.free_by_class() {
            if old.len() * new.len() <= ALL_PAIRS {
                self.weigh_all(&old, &new);
            } else {
                self.traits(&old, &new);
            }
        }
    }

    /// The nodes without a partner, by class.
    fn free_by_class(&self) -> Vec<(Vec<usize>, Vec<usize>)> {
        let mut classes: IndexMap<u64, (Vec<usize>, Vec<usize>)> = IndexMap::new();
        for at in self.pairing.free_old() {
            classes.entry(self.pairing.old.items[at].class).or_default().0.push(at);
        }
        for at in self.pairing.free_new() {
            if let Some(class) = classes.get_mut(&self.pairing.new.items[at].class) {
                class.1.push(at);
            }
        }
        classes.into_values().collect()
    }

    /// Of a class with one node left on both sides it is that one.
    fn last_of_class(&mut self) {
        for (old, new) in self.free_by_class() {
            if let ([old], [new]) = (&*old, &*new) {
                self.pairing.pair(*old, *new);
            }
        }
    }

    /// Pairs of a large class that share an id, a title, or a value that few have.
    fn traits(&mut self, old: &[usize], new: &[usize]) {
        let mut shared: IndexMap<u64, (Vec<usize>, Vec<usize>)> = IndexMap::new();
        for at in old {
            for mark in marks(&self.pairing.old.items[*at]) {
                shared.entry(mark).or_default().0.push(*at);
            }
        }
        for at in new {
            for mark in marks(&self.pairing.new.items[*at]) {
                if let Some(group) = shared.get_mut(&mark) {
                    group.1.push(*at);
                }
            }
        }
        for (old, new) in shared.into_values() {
            if old.len() * new.len() <= NEIGHBOURS * NEIGHBOURS {
                self.weigh_all(&old, &new);
            }
        }
    }

    fn weigh_all(&mut self, old: &[usize], new: &[usize]) {
        for old in old {
            for new in new {
                self.weigh(*old, *new);
            }
        }
    }

    /// The neighbours of all pairs that there are.
    fn everywhere(&mut self) {
        let pairs: Vec<(usize, usize)> = (0..self.pairing.old.items.len())
            .filter_map(|old| Some((old, self.pairing.partner_of_old(old)?)))
            .collect();
        for (old, new) in pairs {
            self.around(old, new);
        }
    }

    fn run(&mut self) {
        while let Some((_, Reverse(old), Reverse(new))) = self.heap.pop() {
            if self.pairing.pair(old, new) {
                self.around(old, new);
            }
        }
    }

    /// Weighs what is linked to the same places of a pair.
    fn around(&mut self, old: usize, new: usize) {
        let (one, other) = (&self.pairing.old.items[old], &self.pairing.new.items[new]);
        let mut links: IndexMap<(bool, u64), (Vec<usize>, Vec<usize>)> = IndexMap::new();
        for (is_source, wire, at) in one.links() {
            if self.pairing.partner_of_old(at).is_none() {
                links.entry((is_source, wire)).or_default().0.push(at);
            }
        }
        for (is_source, wire, at) in other.links() {
            if self.pairing.partner_of_new(at).is_none()
                && let Some(link) = links.get_mut(&(is_source, wire))
            {
                link.1.push(at);
            }
        }
        for (old, new) in links.into_values() {
            if old.len() <= NEIGHBOURS && new.len() <= NEIGHBOURS {
                self.weigh_all(&old, &new);
            }
        }
    }

    /// Puts a pair on the heap if it has enough in common.
    fn weigh(&mut self, old: usize, new: usize) {
        if !self.pairing.is_free(old, new) {
            return;
        }
        let (one, other) = (&self.pairing.old.items[old], &self.pairing.new.items[new]);
        let is_boundary = |item: &Item<'_>| item.party.role != super::Role::Node;
        if is_boundary(one) != is_boundary(other) || (self.class_matters && one.class != other.class) {
            return;
        }
        let links = self.common_links(old, new);
        if !self.class_matters && 2 * links < degree(one).max(degree(other)) {
            return;
        }
        let same_title = one.title.is_some() && one.title == other.title;
        let same_content = one.content != 0 && one.content == other.content;
        let points = links * SAME_LINK
            + self.alike_links(old, new) * ALIKE_LINK
            + if same_content { SAME_CONTENT } else { 0 }
            + if same_title { SAME_TITLE } else { 0 }
            + common_values(one, other)
            + if self.pairing.same_id(old, new) { SAME_ID } else { 0 };
        let same_id = self.class_matters && self.pairing.same_id(old, new);
        if points >= ENOUGH || same_id {
            self.heap.push((points, Reverse(old), Reverse(new)));
        }
    }

    /// The number of links from and to nodes of the same classes, decided or not.
    fn alike_links(&self, old: usize, new: usize) -> u32 {
        let mut theirs: Vec<(bool, u64, u64)> = (self.pairing.new.items[new].links().take(MANY))
            .map(|(is_source, wire, at)| (is_source, wire, self.pairing.new.items[at].class))
            .collect();
        let ours = self.pairing.old.items[old].links().take(MANY);
        let alike = ours.filter(|(is_source, wire, at)| {
            let link = (*is_source, *wire, self.pairing.old.items[*at].class);
            let found = theirs.iter().position(|other| *other == link);
            found.map(|at| theirs.swap_remove(at)).is_some()
        });
        u32::try_from(alike.count()).unwrap_or(u32::MAX)
    }

    /// The number of links from and to the same places.
    fn common_links(&self, old: usize, new: usize) -> u32 {
        let (one, other) = (&self.pairing.old.items[old], &self.pairing.new.items[new]);
        let theirs: Vec<(bool, u64, usize)> = other.links().take(MANY).collect();
        let ours = one.links().take(MANY);
        let common = ours.filter(|(is_source, wire, at)| {
            let partner = self.pairing.partner_of_old(*at);
            partner.is_some_and(|partner| theirs.contains(&(*is_source, *wire, partner)))
        });
        u32::try_from(common.count()).unwrap_or(u32::MAX)
    }
}

fn degree(item: &Item<'_>) -> u32 {
    u32::try_from(item.sources.len() + item.uses.len()).unwrap_or(u32::MAX)
}

/// What a node may share with few others.
fn marks(item: &Item<'_>) -> Vec<u64> {
    let values =
        item.inputs.iter().filter_map(|(name, input)| Some(hash(&(2, name, input.value?.to_string()))));
    let mut marks: Vec<u64> = values.collect();
    marks.push(hash(&(0, item.node.key.as_str())));
    marks.extend(item.title.map(|title| hash(&(1, title))));
    marks
}

/// [`ALL_VALUES`] in the share of the values that are the same.
fn common_values(one: &Item<'_>, other: &Item<'_>) -> u32 {
    let values = |item: &Item<'_>| item.inputs.values().filter(|input| input.value.is_some()).count();
    let common = one.inputs.iter().filter(|(name, input)| {
        let value = other.inputs.get(*name).and_then(|input| input.value);
        input.value.zip(value).is_some_and(|(a, b)| same_value(a, b))
    });
    let all = values(one).max(values(other));
    let share = (common.count() * ALL_VALUES as usize).checked_div(all);
    // none is all there are
    share.map_or(ALL_VALUES, |share| u32::try_from(share).unwrap_or(ALL_VALUES))
}
