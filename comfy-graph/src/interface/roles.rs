//! What inputs are for, found by walking links from the samplers.
//!
//! A sampler is a node that makes latents of latents with a model and conditioning, or with a guider ([`samplers`]).
//! From it the walk goes upstream: along conditioning to the texts that are encoded ([`conditioning`]), along latents to
//! their size ([`latents`]), along models, text encoders and VAEs to their files ([`loaders`]); and at each input to the
//! place where its value lives ([`values`]). It walks the graph as it runs, where reroutes, subgraphs, muted and bypassed
//! nodes are gone, and looks for the places in the graph as its author made it.
//!
//! Names decide only between inputs of one node that a link led to. Where several places may be meant, all are
//! candidates, and none is chosen.

mod conditioning;
mod latents;
mod loaders;
mod samplers;
mod values;
mod walk;

use std::fmt;

use super::{
    Binding, ParamSource,
    collect::{Collect, Draft},
    place,
};
use crate::{
    catalog::Catalog,
    graph::{Graph, Node},
};

use values::Leaves;
use walk::Walk;

/// What an input of a workflow is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Role {
    /// The text that says what is wanted.
    Positive,
    /// The text that says what is not wanted.
    Negative,
    /// What the noise is made of.
    Seed,
    /// The number of steps.
    Steps,
    /// How much the text counts.
    Cfg,
    /// The name of the sampler.
    Sampler,
    /// The name of the scheduler.
    Scheduler,
    /// How much of the latent is made anew.
    Denoise,
    /// The width of the picture, in pixels.
    Width,
    /// The height of the picture, in pixels.
    Height,
    /// How many pictures are made at once.
    Batch,
    /// The length of a video, in frames.
    Frames,
    /// The file of the diffusion model or checkpoint.
    Model,
    /// The file of the VAE, where it is not in the checkpoint.
    Vae,
    /// The file of the text encoder, where it is not in the checkpoint.
    Clip,
    /// The files of the LoRAs.
    Loras,
    /// The picture that is read.
    Image,
    /// The picture that is read as a mask only.
    Mask,
    /// The video that is read.
    Video,
    /// The sound that is read.
    Audio,
}

impl Role {
    /// All roles, in the order in which parameters are listed.
    pub const ALL: &[Self] = &[
        Self::Positive,
        Self::Negative,
        Self::Seed,
        Self::Steps,
        Self::Cfg,
        Self::Sampler,
        Self::Scheduler,
        Self::Denoise,
        Self::Width,
        Self::Height,
        Self::Batch,
        Self::Frames,
        Self::Model,
        Self::Vae,
        Self::Clip,
        Self::Loras,
        Self::Image,
        Self::Mask,
        Self::Video,
        Self::Audio,
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Positive => "positive",
            Self::Negative => "negative",
            Self::Seed => "seed",
            Self::Steps => "steps",
            Self::Cfg => "cfg",
            Self::Sampler => "sampler",
            Self::Scheduler => "scheduler",
            Self::Denoise => "denoise",
            Self::Width => "width",
            Self::Height => "height",
            Self::Batch => "batch",
            Self::Frames => "frames",
            Self::Model => "model",
            Self::Vae => "vae",
            Self::Clip => "clip",
            Self::Loras => "loras",
            Self::Image => "image",
            Self::Mask => "mask",
            Self::Video => "video",
            Self::Audio => "audio",
        }
    }

    /// The role of this name, or of a name that other programs have for it.
    pub fn find(name: &str) -> Option<Self> {
        let lower = name.trim().to_ascii_lowercase();
        let own = Self::ALL.iter().copied().find(|role| role.name() == lower);
        own.or(match lower.as_str() {
            "prompt" | "positive_prompt" => Some(Self::Positive),
            "negative_prompt" => Some(Self::Negative),
            "noise_seed" => Some(Self::Seed),
            "cfg_scale" => Some(Self::Cfg),
            "sampler_name" => Some(Self::Sampler),
            "batch_size" => Some(Self::Batch),
            "length" => Some(Self::Frames),
            "checkpoint" | "ckpt_name" | "unet_name" => Some(Self::Model),
            "vae_name" => Some(Self::Vae),
            "clip_name" => Some(Self::Clip),
            "lora" | "lora_name" => Some(Self::Loras),
            "input_image" => Some(Self::Image),
            _ => None,
        })
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A place that may have a role.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Candidate {
    /// The place.
    pub binding: Binding,
    /// Its node, in words.
    pub node: Box<str>,
}

/// What has a role.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum RoleFound {
    /// This place, and no other.
    One(Binding),
    /// One of these, or all: links do not say which. A single one is not certain, because the workflow makes a part of
    /// the value itself.
    Ambiguous(Vec<Candidate>),
    /// Nothing that could be set.
    #[default]
    None,
}

/// The places of all roles that have any.
#[derive(Clone, Debug, Default)]
pub(super) struct Roles(Vec<(Role, RoleFound)>);

impl Roles {
    /// Walks a graph; `flat` is the graph as it runs.
    pub(super) fn of(graph: &Graph, flat: &Graph, catalog: &Catalog) -> Self {
        let mut walk = Walk::new(graph, flat, catalog);
        let mut samplers = samplers::find(&walk);
        if samplers.is_empty() {
            // what is saved may be elsewhere: a part of a workflow, or a class that is no output
            walk = walk.everywhere();
            samplers = samplers::find(&walk);
        }
        let mut roles = Self::default();
        let texts = conditioning::texts(&walk, &samplers);
        roles.add(&walk, Role::Positive, texts.positive);
        roles.add(&walk, Role::Negative, texts.negative);
        for (role, leaves) in samplers::settings(&walk, &samplers) {
            roles.add(&walk, role, leaves);
        }
        for (role, leaves) in latents::sizes(&walk, &samplers) {
            roles.add(&walk, role, leaves);
        }
        for (role, leaves) in loaders::files(&walk, &samplers, &texts.encoders) {
            roles.add(&walk, role, leaves);
        }
        roles
    }

    fn add(&mut self, walk: &Walk<'_>, role: Role, leaves: Leaves) {
        let Leaves { found, computed } = leaves;
        let found = match found.as_slice() {
            [] => return,
            [one] if !computed => RoleFound::One(one.clone()),
            _ => RoleFound::Ambiguous(found.into_iter().map(|binding| candidate(walk, binding)).collect()),
        };
        self.0.push((role, found));
    }

    pub(super) fn get(&self, role: Role) -> RoleFound {
        self.0.iter().find(|(known, _)| *known == role).map(|(_, found)| found.clone()).unwrap_or_default()
    }

    /// Adds the parameters of roles. LoRAs, of which several are nothing unusual, are numbered.
    pub(super) fn collect(&self, collect: &mut Collect<'_>) {
        for role in Role::ALL {
            let source = ParamSource::Role(*role);
            match (self.get(*role), role) {
                (RoleFound::One(binding), Role::Loras) => collect.add(Draft::new("lora", source, binding)),
                (RoleFound::One(binding), _) => collect.add(Draft::new(role.name(), source, binding)),
                (RoleFound::Ambiguous(all), Role::Loras) => {
                    for (candidate, number) in all.into_iter().zip(1..) {
                        collect.add(Draft::new(format!("lora_{number}"), source, candidate.binding));
                    }
                }
                (RoleFound::Ambiguous(_) | RoleFound::None, _) => {}
            }
        }
    }
}

fn candidate(walk: &Walk<'_>, binding: Binding) -> Candidate {
    let node = place::node_at(walk.graph, binding.node.as_str());
    let node = node.map_or_else(|| format!("#{}", binding.node), Node::describe).into();
    Candidate { binding, node }
}
