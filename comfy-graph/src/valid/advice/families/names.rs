//! What names say about families, by the tables.

use std::collections::BTreeMap;

use super::table::{ANY, CLASSES, ENCODERS, FAMILIES, LATENTS, MODELS, Set, TYPES, VAES};
use crate::diag::short;

/// What a widget chooses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Choice {
    Model,
    Vae,
    Encoder,
    /// The `type` of a text encoder.
    Type,
    /// A LoRA, a ControlNet, a style, a patch of a model: something that is added to a model.
    Addition,
}

impl Choice {
    /// Of a widget by its name; `is_addition` by what its node makes.
    pub(super) fn of(widget: &str, is_addition: bool) -> Self {
        let widget = widget.to_ascii_lowercase();
        let has = |words: &[&str]| words.iter().any(|word| widget.contains(word));
        if widget == "type" {
            Self::Type
        } else if is_addition || has(&["lora", "control", "style", "patch", "hypernet"]) {
            Self::Addition
        } else if has(&["vae"]) {
            Self::Vae
        } else if has(&["clip", "text_encoder", "t5", "llm"]) {
            Self::Encoder
        } else {
            Self::Model
        }
    }
}

/// Names that were looked up: many nodes load the same file.
#[derive(Debug, Default)]
pub(super) struct Known {
    sets: BTreeMap<(Choice, String), Set>,
}

impl Known {
    /// The families that a name goes with; [`ANY`] if it says nothing.
    pub(super) fn families(&mut self, choice: Choice, name: &str) -> Set {
        /// File systems take no longer names.
        const LONGEST: usize = 512;
        if name.len() > LONGEST {
            return ANY;
        }
        if let Some(set) = self.sets.get(&(choice, name.to_owned())) {
            return *set;
        }
        let set = look_up(choice, name);
        self.sets.insert((choice, name.to_owned()), set);
        set
    }
}

fn look_up(choice: Choice, name: &str) -> Set {
    if choice == Choice::Type {
        return exactly(TYPES, name).unwrap_or(ANY);
    }
    let path = plain(name);
    let base = plain(name.rsplit(['/', '\\']).next().unwrap_or(name));
    let tables: &[&[(&str, Set)]] = match choice {
        Choice::Vae => &[VAES, MODELS],
        Choice::Encoder => &[ENCODERS],
        _ => &[MODELS],
    };
    let texts = [base, path];
    let found = texts.iter().find_map(|text| tables.iter().find_map(|table| first(table, text)));
    // a line without families ends the search
    found.filter(|set| *set != 0).unwrap_or(ANY)
}

/// The families whose latents a class makes, or that it belongs to.
pub(super) fn latents(class: &str) -> Option<Set> {
    exactly(LATENTS, class)
}

pub(super) fn class(class: &str) -> Option<Set> {
    CLASSES.iter().find(|(start, _)| class.starts_with(start)).map(|(_, set)| *set)
}

/// All families with a latent space that one of these has.
pub(super) fn same_space(set: Set) -> Set {
    if set == ANY {
        return ANY;
    }
    let spaces: Vec<_> =
        FAMILIES.iter().filter(|(bit, ..)| bit & set != 0).map(|(.., space)| space).collect();
    FAMILIES.iter().filter(|(.., space)| spaces.contains(&space)).fold(0, |set, (bit, ..)| set | bit)
}

/// `Flux.1`, `Flux.1 or Chroma`, `Flux.1, Chroma or 9 others`.
pub(super) fn list(set: Set) -> String {
    let names: Vec<&str> =
        FAMILIES.iter().filter(|(bit, ..)| bit & set != 0).map(|(_, name, _)| *name).collect();
    match names.as_slice() {
        [] => "nothing known".to_owned(),
        [one] => (*one).to_owned(),
        [one, other] => format!("{one} or {other}"),
        [one, other, third] => format!("{one}, {other} or {third}"),
        [one, other, rest @ ..] => format!("{one}, {other} or {} others", rest.len()),
    }
}

/// The last part of a file's name, short enough for a line.
pub(super) fn file(name: &str) -> String {
    short(name.rsplit(['/', '\\']).next().unwrap_or(name)).into_owned()
}

fn exactly(table: &[(&str, Set)], name: &str) -> Option<Set> {
    table.iter().find(|(known, _)| *known == name).map(|(_, set)| *set)
}

fn first(table: &[(&str, Set)], text: &str) -> Option<Set> {
    let fits = |words: &str| words.split(' ').all(|word| text.contains(word));
    table.iter().find(|(words, _)| fits(words)).map(|(_, set)| *set)
}

/// In small letters, without the ending, with `-` for every separator and at both ends.
fn plain(name: &str) -> String {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let mut text = String::with_capacity(stem.len() + 2);
    for c in std::iter::once('-').chain(stem.chars()).chain(['-']) {
        let c = if c.is_alphanumeric() { c } else { '-' };
        if c != '-' || !text.ends_with('-') {
            text.extend(c.to_lowercase());
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(choice: Choice, name: &str) -> String {
        match look_up(choice, name) {
            ANY => String::new(),
            set => list(set),
        }
    }

    #[test]
    fn names_tell_families() {
        for (choice, name, families) in [
            (Choice::Model, "flux1-dev.safetensors", "Flux.1"),
            (Choice::Model, "FLUX\\flux.1-fill-dev.safetensors", "Flux.1"),
            (Choice::Model, "flux-2-klein-base-4b-fp8.safetensors", "Flux.2 Klein 4B"),
            (Choice::Model, "wan2.2_fun_control_5B_bf16.safetensors", "Wan 2.2 5B"),
            (Choice::Model, "Wan2_1-I2V-ATI-14B_fp8_e4m3fn.safetensors", "Wan 14B"),
            (Choice::Model, "sd_xl_base_1.0.safetensors", "Stable Diffusion XL"),
            (Choice::Model, "xl\\dreamshaperXL_lightningInpaint.safetensors", "Stable Diffusion XL"),
            (Choice::Model, "v1-5-pruned-emaonly.ckpt", "Stable Diffusion 1.5"),
            (Choice::Addition, "xl/scccccc_diffusion_pytorch_model (4).safetensors", "Stable Diffusion XL"),
            (Choice::Addition, "control_v11f1p_sd15_depth_fp16.safetensors", "Stable Diffusion 1.5"),
            (Choice::Addition, "Qwen-Image-Lightning-8steps-V1.0.safetensors", "Qwen-Image"),
            (Choice::Vae, "sd3.5_vae.safetensors", "Stable Diffusion 3"),
            (Choice::Vae, "wan2.2_vae.safetensors", "Wan 2.2 5B"),
            (Choice::Encoder, "umt5_xxl_fp8_e4m3fn_scaled.safetensors", "Wan 1.3B, Wan 14B or Wan 2.2 5B"),
            (Choice::Type, "flux", "Flux.1"),
            (Choice::Model, "pid_flux1_1024_to_4096_4step_bf16.safetensors", ""),
            (Choice::Model, "my_merge_v3.safetensors", ""),
            (Choice::Addition, "chromatic.safetensors", ""),
        ] {
            assert_eq!(says(choice, name), families, "{name}");
        }
    }

    #[test]
    fn the_tables_hold_no_line_that_never_counts() {
        for table in [MODELS, VAES, ENCODERS] {
            let taken = |(position, (words, _)): (usize, &(&'static str, Set))| {
                let text = format!("0{}0", words.replace(' ', "0"));
                let earlier = table.iter().take(position);
                let mut fits = earlier.filter(|(known, _)| known.split(' ').all(|word| text.contains(word)));
                fits.next().map(|(known, _)| (*words, *known))
            };
            let shadowed: Vec<_> = table.iter().enumerate().filter_map(taken).collect();
            assert!(shadowed.is_empty(), "lines that an earlier one takes: {shadowed:?}");
        }
    }
}
