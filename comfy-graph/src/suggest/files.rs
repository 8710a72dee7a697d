//! When two names mean the same file of a server: what may be changed without asking.

use super::base_name;
use crate::catalog::FILE_EXTENSIONS;

/// What else may be written for the file of a list.
const OTHER_EXTENSIONS: &[&str] = &["trt", "tif", "heic", "exr", "hdr"];

/// File names that say nothing without their folder.
const GENERIC: &[&str] = &[
    "model",
    "diffusion_pytorch_model",
    "pytorch_model",
    "diffusion_model",
    "adapter_model",
    "pytorch_lora_weights",
    "lora",
    "vae",
    "unet",
    "image",
    "weights",
    "checkpoint",
    "last",
    "best",
];

/// The one candidate that is the same file as `written`: another case, separators of paths, extension or folder. `None` if
/// there is none, or more than one and no telling which.
pub(crate) fn same_file<'a>(written: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = Parts::new(written);
    if wanted.stem.is_empty() {
        return None;
    }
    let mut best: Option<(u8, &'a str)> = None;
    let mut is_tie = false;
    for text in candidates {
        let Some(score) = wanted.likeness(&Parts::new(text)) else { continue };
        match best {
            Some((known, other)) if known == score => is_tie |= other != text,
            Some((known, _)) if known > score => {}
            _ => (best, is_tie) = (Some((score, text)), false),
        }
    }
    best.filter(|_| !is_tie).map(|(_, text)| text)
}

/// Whether a text ends as files do.
pub(crate) fn is_file_name(text: &str) -> bool {
    extension(text).is_some()
}

/// Whether an input of this name chooses a model, or a thing like one.
pub(crate) fn is_called_model(name: &str) -> bool {
    const WORDS: &[&str] =
        &["model", "lora", "ckpt", "checkpoint", "image", "video", "audio", "file", "voice"];
    let last = name.rsplit('.').next().unwrap_or(name).to_lowercase();
    last.split(|c: char| !c.is_alphanumeric()).any(|word| WORDS.contains(&word))
}

/// A name in lower case, with slashes, in its parts.
struct Parts {
    folder: String,
    stem: String,
    extension: String,
}

impl Parts {
    fn new(name: &str) -> Self {
        let lower = name.to_lowercase().replace('\\', "/");
        let lower = lower.strip_prefix("./").unwrap_or(&lower);
        let base = base_name(lower);
        let folder = lower.strip_suffix(base).unwrap_or_default().trim_matches('/').to_owned();
        let extension = extension(base).unwrap_or_default();
        let stem = base.len() - extension.len();
        let stem = base.get(..stem).unwrap_or(base).trim_end_matches('.');
        Self { folder, stem: stem.to_owned(), extension: extension.to_owned() }
    }

    /// How much is the same of two names of one file, or `None` if they are none.
    fn likeness(&self, other: &Self) -> Option<u8> {
        let (same_folder, same_extension) = (self.folder == other.folder, self.extension == other.extension);
        let is_generic = self.stem.chars().count() < 3 || GENERIC.contains(&&*self.stem);
        if self.stem != other.stem || (is_generic && !same_folder) {
            return None;
        }
        Some(2 * u8::from(same_extension) + u8::from(same_folder))
    }
}

fn extension(name: &str) -> Option<&str> {
    /// Of words as long as this one a misspelt one is known, too.
    const LONG: &str = "safetensors";
    let (_, extension) = base_name(name).rsplit_once('.')?;
    let lower = extension.to_lowercase();
    let is_near = || lower.len().abs_diff(LONG.len()) <= 2 && strsim::damerau_levenshtein(&lower, LONG) <= 2;
    (FILE_EXTENSIONS.iter().chain(OTHER_EXTENSIONS).any(|known| *known == lower) || is_near())
        .then_some(extension)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_but_for_case_separators_extension_and_folder() {
        let options =
            ["Flux/flux1-dev.safetensors", "sdxl/vae.safetensors", "sd_xl_base_1.0.safetensors", "a.PNG"];
        let find = |written: &str| same_file(written, options.into_iter());
        assert_eq!(find("flux\\FLUX1-dev.safetensors"), Some(options[0]));
        assert_eq!(find("flux1-dev.sft"), Some(options[0]));
        assert_eq!(find("flux1-dev.safetensor"), Some(options[0]));
        assert_eq!(find("sd_xl_base_1.0.ckpt"), Some(options[2]));
        assert_eq!(find("sd_xl_base_1.0"), Some(options[2]));
        assert_eq!(find("sdxl/VAE.sft"), Some(options[1]));
        for other in [
            "flux2_dev.safetensors",
            "flux1_dev.safetensors",
            "sd15/vae.safetensors",
            "b.png",
            "",
            "sd_xl_base_1",
        ] {
            assert_eq!(find(other), None, "{other}");
        }
    }

    #[test]
    fn two_that_fit_equally_are_none() {
        let find = |written: &str, options: &[&'static str]| same_file(written, options.iter().copied());
        assert_eq!(find("base.safetensors", &["a/base.safetensors", "b/base.safetensors"]), None);
        assert_eq!(find("base.ckpt", &["a/base.safetensors", "base.sft"]), Some("base.sft"));
        assert_eq!(find("base.ckpt", &["a/base.ckpt", "base.sft"]), Some("a/base.ckpt"));
    }

    #[test]
    fn inputs_that_choose_models() {
        assert!(["model", "lora_name", "model.resolution_model", "image"].into_iter().all(is_called_model));
        assert!(!["sampler_name", "weight_dtype", "scheduler"].into_iter().any(is_called_model));
    }
}
