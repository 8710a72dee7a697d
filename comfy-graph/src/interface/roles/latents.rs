//! From the latents that samplers begin with to their size: width, height, how many, how many frames.
//!
//! The node nearest to the sampler that says a size decides it; what is behind it is asked for the rest. A latent that
//! another sampler made ends the walk: that one is asked for itself.

use std::collections::BTreeMap;

use super::{
    Role,
    samplers::{Sampler, is_sampler},
    values::{self, Leaves},
    walk::{Input, Walk, is},
};
use crate::graph::{NodeIx, Slot};

const LATENT: &str = "LATENT";

/// The roles of sizes that are still looked for on a way.
type Wanted = Vec<Role>;

/// The sizes of the latents of all samplers.
pub(super) fn sizes(walk: &Walk<'_>, samplers: &[Sampler]) -> Vec<(Role, Leaves)> {
    let roles = [Role::Width, Role::Height, Role::Batch, Role::Frames];
    let mut sizes: Vec<(Role, Leaves)> = roles.map(|role| (role, Leaves::default())).to_vec();
    for sampler in samplers {
        follow(walk, sampler.node, &roles, &mut sizes);
    }
    sizes
}

fn follow(walk: &Walk<'_>, sampler: NodeIx, roles: &[Role], sizes: &mut [(Role, Leaves)]) {
    let mut seen = BTreeMap::<Slot, Wanted>::new();
    let mut waiting: Vec<(Slot, Wanted)> = Vec::new();
    let before = |ix| walk.linked(ix, LATENT).into_iter().flat_map(|(_, sources)| sources);
    waiting.extend(before(sampler).map(|slot| (slot, roles.to_vec())));
    waiting.reverse();
    while let Some((slot, mut wanted)) = waiting.pop() {
        // a way that wants nothing new has been walked
        let known = seen.entry(slot).or_default();
        wanted.retain(|role| !known.contains(role));
        known.extend(&wanted);
        if wanted.is_empty() || is_sampler(walk, slot.node) {
            continue;
        }
        for input in walk.inputs(slot.node) {
            let Some(role) = role_of(&input).filter(|role| wanted.contains(role)) else { continue };
            if let Some((_, leaves)) = sizes.iter_mut().find(|(known, _)| *known == role) {
                leaves.extend(values::of_input(walk, slot.node, input.name));
            }
        }
        wanted.retain(|role| !walk.inputs(slot.node).iter().any(|input| role_of(input) == Some(*role)));
        let further: Vec<Slot> = before(slot.node).collect();
        waiting.extend(further.into_iter().rev().map(|slot| (slot, wanted.clone())));
    }
}

/// What an input of a node that makes latents is for.
fn role_of(input: &Input<'_>) -> Option<Role> {
    if !is(&input.io_type, "INT") {
        return None;
    }
    match input.name {
        "width" => Some(Role::Width),
        "height" => Some(Role::Height),
        "batch_size" => Some(Role::Batch),
        "length" | "frames" | "num_frames" | "video_frames" | "frames_number" | "frame_count" => {
            Some(Role::Frames)
        }
        _ => None,
    }
}
