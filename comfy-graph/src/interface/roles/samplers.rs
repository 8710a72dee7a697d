//! The samplers of a graph, the nodes that say how they sample, and what those have for inputs.

use std::collections::BTreeSet;

use super::{
    Role,
    values::{self, Leaves},
    walk::{Input, Walk, is},
};
use crate::{
    catalog::{Control, InputKind},
    graph::NodeIx,
};

/// Types of the parts that a sampler is put together from.
const PARTS: &[&str] = &["GUIDER", "NOISE", "SIGMAS", "SAMPLER"];

/// A sampler with its parts: itself first, then guiders, noise, sigmas and methods.
pub(super) struct Sampler {
    pub(super) node: NodeIx,
    pub(super) parts: Vec<NodeIx>,
}

/// Every sampler that an output depends on.
pub(super) fn find(walk: &Walk<'_>) -> Vec<Sampler> {
    let nodes = walk.nodes().map(|(ix, _)| ix).filter(|ix| is_sampler(walk, *ix));
    nodes.map(|node| Sampler { node, parts: parts(walk, node) }).collect()
}

/// Whether a node makes latents of latents, with a guider or with a model and conditioning. What hands a model or
/// conditioning on only prepares them.
pub(super) fn is_sampler(walk: &Walk<'_>, ix: NodeIx) -> bool {
    let prepares = || walk.gives(ix, "MODEL") || walk.gives(ix, "CONDITIONING");
    let guided = || walk.takes(ix, "GUIDER") || (walk.takes(ix, "MODEL") && walk.takes(ix, "CONDITIONING"));
    walk.gives(ix, "LATENT") && walk.takes(ix, "LATENT") && guided() && !prepares()
}

fn parts(walk: &Walk<'_>, sampler: NodeIx) -> Vec<NodeIx> {
    let (mut parts, mut seen) = (vec![sampler], BTreeSet::from([sampler]));
    let mut next = 0;
    while let Some(ix) = parts.get(next).copied() {
        next += 1;
        for word in PARTS {
            for (_, sources) in walk.linked(ix, word) {
                parts.extend(sources.iter().map(|from| from.node).filter(|node| seen.insert(*node)));
            }
        }
    }
    parts
}

/// Seed, steps, cfg, method, scheduler and denoise of all samplers.
pub(super) fn settings(walk: &Walk<'_>, samplers: &[Sampler]) -> Vec<(Role, Leaves)> {
    const ROLES: [Role; 6] =
        [Role::Seed, Role::Steps, Role::Cfg, Role::Sampler, Role::Scheduler, Role::Denoise];
    let mut settings: Vec<(Role, Leaves)> = ROLES.map(|role| (role, Leaves::default())).to_vec();
    let is_noisy = samplers.iter().any(|sampler| adds_noise(walk, sampler.node));
    for sampler in samplers {
        // of samplers in a row the first one's noise makes the picture
        let is_seed = !is_noisy || adds_noise(walk, sampler.node);
        for part in &sampler.parts {
            let is_changed_only = *part != sampler.node && changes_sigmas(walk, *part);
            for input in walk.inputs(*part) {
                let Some(role) = role_of(&input) else { continue };
                let counts = match role {
                    Role::Seed => is_seed,
                    Role::Steps | Role::Denoise => !is_changed_only,
                    _ => true,
                };
                if let Some((_, leaves)) = settings.iter_mut().find(|(known, _)| *known == role && counts) {
                    leaves.extend(values::of_input(walk, *part, input.name));
                }
            }
        }
    }
    settings
}

/// What an input of a sampler or of one of its parts is for.
fn role_of(input: &Input<'_>) -> Option<Role> {
    let name = input.name;
    let changes = input.def.is_some_and(|def| match &def.kind {
        InputKind::Int(int) => matches!(int.control, Some(Control::Declared(true) | Control::Named(_))),
        _ => false,
    });
    match input.io_type.as_str() {
        "INT" if matches!(name, "seed" | "noise_seed") || changes => Some(Role::Seed),
        "INT" if name == "steps" => Some(Role::Steps),
        "FLOAT" if name.starts_with("cfg") || name.ends_with("_cfg") => Some(Role::Cfg),
        "FLOAT" if name == "denoise" => Some(Role::Denoise),
        "COMBO" if name == "sampler_name" => Some(Role::Sampler),
        "COMBO" if name == "scheduler" => Some(Role::Scheduler),
        _ => None,
    }
}

/// Whether a node makes sigmas of others: its numbers are then not those of the whole.
fn changes_sigmas(walk: &Walk<'_>, ix: NodeIx) -> bool {
    walk.gives(ix, "SIGMAS") && walk.inputs(ix).iter().any(|input| is(&input.io_type, "SIGMAS"))
}

/// Whether a sampler makes noise of its seed: one that goes on with what another left does not.
fn adds_noise(walk: &Walk<'_>, ix: NodeIx) -> bool {
    match walk.value(ix, "add_noise") {
        Some(value) => value.as_bool() != Some(false) && value.as_str() != Some("disable"),
        None => true,
    }
}
