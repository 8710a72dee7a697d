//! Pairs of nodes that look the same: first as far as links reach, then with less and less of what is around them.
//!
//! A pair that is certain makes others certain: what is linked to the same input of both. Where several look alike,
//! any choice is right as long as the next ones follow it; so one is made, and what follows from it is made before
//! the next.

use std::collections::VecDeque;

use indexmap::IndexMap;

use super::{
    colour::{self, Colours},
    pairing::Pairing,
};

/// Sets of nodes that look alike are decided one by one up to this size, larger ones all at once.
const SMALL: usize = 32;

/// The circles around a node that are looked at, widest first.
const CIRCLES: [usize; 4] = [4, 2, 1, 0];

/// Pairs what looks the same.
pub(super) fn run(pairing: &mut Pairing<'_, '_>) {
    let (old, new) = (pairing.old, pairing.new);
    let own = (colour::alone(old), colour::alone(new));
    let up = (colour::upstream(old, &own.0), colour::upstream(new, &own.1));
    let down = (colour::downstream(old, &own.0), colour::downstream(new, &own.1));
    let mut whole = (colour::both(&up.0, &down.0), colour::both(&up.1, &down.1));
    for _ in 0..CIRCLES[0] {
        whole = (colour::wider(old, &whole.0), colour::wider(new, &whole.1));
    }
    Tier::new(pairing, &whole).choose();
    let mut circles = vec![own];
    while let (true, Some((a, b))) = (circles.len() <= CIRCLES[0], circles.last()) {
        circles.push((colour::wider(old, a), colour::wider(new, b)));
    }
    for colours in CIRCLES[..2].iter().filter_map(|circle| circles.get(*circle)).chain([&up, &down]) {
        Tier::new(pairing, colours).certain();
    }
    for colours in CIRCLES[2..].iter().filter_map(|circle| circles.get(*circle)) {
        Tier::new(pairing, colours).certain();
    }
}

/// Pairing by one kind of colour.
struct Tier<'t, 's, 'g> {
    pairing: &'t mut Pairing<'s, 'g>,
    old: &'t Colours,
    new: &'t Colours,
    /// Nodes without a partner by colour.
    groups: IndexMap<u64, Set>,
    /// Pairs whose neighbours are still to be looked at.
    made: VecDeque<(usize, usize)>,
    /// Nodes of one colour at the same links of a pair, to be decided when nothing is certain.
    open: Vec<Set>,
}

/// Nodes that look alike, of both graphs.
#[derive(Default)]
struct Set {
    old: Vec<usize>,
    new: Vec<usize>,
}

impl<'t, 's, 'g> Tier<'t, 's, 'g> {
    fn new(pairing: &'t mut Pairing<'s, 'g>, (old, new): &'t (Colours, Colours)) -> Self {
        let mut groups: IndexMap<u64, Set> = IndexMap::new();
        for at in pairing.free_old() {
            groups.entry(old[at]).or_default().old.push(at);
        }
        for at in pairing.free_new() {
            if let Some(set) = groups.get_mut(&new[at]) {
                set.new.push(at);
            }
        }
        Self { pairing, old, new, groups, made: VecDeque::new(), open: Vec::new() }
    }

    /// Pairs of which there is only one possibility, and what follows from them.
    fn certain(&mut self) {
        for set in std::mem::take(&mut self.groups).into_values() {
            if let ([old], [new]) = (&*set.old, &*set.new) {
                self.make(*old, *new);
            }
        }
        while let Some((old, new)) = self.made.pop_front() {
            self.follow(old, new);
        }
    }

    /// As [`Self::certain`], and then a choice among those that look alike.
    fn choose(&mut self) {
        let groups: Vec<Set> = std::mem::take(&mut self.groups).into_values().collect();
        for set in &groups {
            if let ([old], [new]) = (&*set.old, &*set.new) {
                self.make(*old, *new);
            }
        }
        self.settle();
        // of more on one side any may be left over: they look alike as far as links reach
        for set in groups {
            for (old, new) in self.by_id(&set) {
                if self.make(old, new) {
                    self.settle();
                }
            }
            let mut rest = set.new.into_iter();
            for old in set.old {
                if self.pairing.partner_of_old(old).is_some() {
                    continue;
                }
                let Some(new) = rest.find(|new| self.pairing.partner_of_new(*new).is_none()) else { break };
                self.make(old, new);
                self.settle();
            }
        }
    }

    fn make(&mut self, old: usize, new: usize) -> bool {
        let is_made = self.pairing.pair(old, new);
        if is_made {
            self.made.push_back((old, new));
        }
        is_made
    }

    /// Everything that follows from the pairs made; where it has to choose, from small sets first.
    fn settle(&mut self) {
        loop {
            while let Some((old, new)) = self.made.pop_front() {
                self.follow(old, new);
            }
            let Some(set) = self.open.pop() else { return };
            self.decide(set);
        }
    }

    /// The neighbours of a pair at the same links.
    fn follow(&mut self, old: usize, new: usize) {
        let mut links: IndexMap<(bool, u64, u64), Set> = IndexMap::new();
        let (one, other) = (&self.pairing.old.items[old], &self.pairing.new.items[new]);
        for (is_source, wire, at) in one.links() {
            if self.pairing.partner_of_old(at).is_none() {
                links.entry((is_source, wire, self.old[at])).or_default().old.push(at);
            }
        }
        for (is_source, wire, at) in other.links() {
            if self.pairing.partner_of_new(at).is_none()
                && let Some(set) = links.get_mut(&(is_source, wire, self.new[at]))
            {
                set.new.push(at);
            }
        }
        for set in links.into_values() {
            match (&*set.old, &*set.new) {
                ([old], [new]) => {
                    self.make(*old, *new);
                }
                (some, others) if some.len() == others.len() => self.open.push(set),
                _ => {}
            }
        }
    }

    /// Chooses one pair of a set, or all of a large one. What is linked to the same pairs belongs together.
    fn decide(&mut self, mut set: Set) {
        set.old.retain(|old| self.pairing.partner_of_old(*old).is_none());
        set.new.retain(|new| self.pairing.partner_of_new(*new).is_none());
        let mut places: IndexMap<u64, Set> = IndexMap::new();
        for old in &set.old {
            places.entry(self.pairing.place_of_old(*old)).or_default().old.push(*old);
        }
        for new in &set.new {
            if let Some(place) = places.get_mut(&self.pairing.place_of_new(*new)) {
                place.new.push(*new);
            }
        }
        let is_small = set.old.len() <= SMALL;
        for place in places.into_values() {
            let by_id = self.by_id(&place);
            let in_order = place.old.into_iter().zip(place.new);
            for (old, new) in by_id.into_iter().chain(in_order) {
                if self.make(old, new) && is_small {
                    // what follows from it comes first
                    self.open.push(set);
                    return;
                }
            }
        }
    }

    /// The pairs of a set with equal ids.
    fn by_id(&self, set: &Set) -> Vec<(usize, usize)> {
        let news: IndexMap<&str, usize> =
            set.new.iter().map(|new| (self.pairing.new.items[*new].node.key.as_str(), *new)).collect();
        let old = set.old.iter();
        old.filter_map(|old| Some((*old, *news.get(self.pairing.old.items[*old].node.key.as_str())?)))
            .collect()
    }
}
