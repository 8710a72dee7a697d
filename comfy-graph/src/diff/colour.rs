//! Colours: hashes of a node and of what is around it. Nodes of the same colour look alike as far as the colour sees.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::scope::{Item, Scope, hash, hash_value};

/// The colours of a scope's nodes, by index.
pub(super) type Colours = Vec<u64>;

/// Sees the node alone: what it is, its title, mode and values.
pub(super) fn alone(scope: &Scope<'_>) -> Colours {
    scope.items.iter().map(label).collect()
}

fn label(item: &Item<'_>) -> u64 {
    // inputs in any order: a prompt has them in another one than a workflow
    let values = item.inputs.iter().filter_map(|(name, input)| {
        let mut state = DefaultHasher::new();
        name.hash(&mut state);
        hash_value(input.value?, &mut state);
        Some(state.finish())
    });
    hash(&(item.class, item.content, item.title, item.node.mode, values.fold(0, u64::wrapping_add)))
}

/// Sees one link further than the colours it is made from.
pub(super) fn wider(scope: &Scope<'_>, base: &[u64]) -> Colours {
    let around = |links: &[(u64, usize)]| {
        links.iter().map(|(wire, other)| hash(&(wire, base.get(*other)))).fold(0, u64::wrapping_add)
    };
    let items = scope.items.iter().zip(base);
    items.map(|(item, own)| hash(&(own, around(&item.sources), around(&item.uses)))).collect()
}

/// Sees everything that a node depends on.
pub(super) fn upstream(scope: &Scope<'_>, base: &[u64]) -> Colours {
    flow(scope, base, |item| &item.sources, |item| &item.uses)
}

/// Sees everything that depends on a node.
pub(super) fn downstream(scope: &Scope<'_>, base: &[u64]) -> Colours {
    flow(scope, base, |item| &item.uses, |item| &item.sources)
}

/// Links of an item.
type Links = for<'i> fn(&'i Item<'_>) -> &'i [(u64, usize)];

/// Colours each node after all that that its links `from` lead to; `to` are the same links the other way round. Of nodes on circles
/// only themselves are seen.
fn flow(scope: &Scope<'_>, base: &[u64], from: Links, to: Links) -> Colours {
    let mut colours = base.to_vec();
    let mut unheard: Vec<usize> = scope.items.iter().map(|item| from(item).len()).collect();
    let mut ready: Vec<usize> = (0..unheard.len()).filter(|at| unheard[*at] == 0).collect();
    while let Some(at) = ready.pop() {
        let heard = from(&scope.items[at]).iter().map(|(wire, other)| hash(&(wire, colours[*other])));
        colours[at] = hash(&(base[at], heard.fold(0, u64::wrapping_add)));
        for (_, other) in to(&scope.items[at]) {
            unheard[*other] -= 1;
            if unheard[*other] == 0 {
                ready.push(*other);
            }
        }
    }
    colours
}

/// Two colours in one.
pub(super) fn both(first: &[u64], second: &[u64]) -> Colours {
    first.iter().zip(second).map(|pair| hash(&pair)).collect()
}
