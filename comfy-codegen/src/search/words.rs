//! Words of names and wishes, in the form that they are compared in.

use comfy_graph::suggest::words as parts;

/// Words that say nothing about a node.
const EMPTY: &[&str] = &[
    "a", "an", "the", "of", "to", "with", "for", "from", "and", "in", "into", "as", "on", "by", "or", "is",
    "it", "my", "me", "i", "want", "node", "that", "this", "some", "using", "use", "do", "simple",
];

/// What people call things that ComfyUI calls otherwise: a word, and the words that are looked for, too.
const OTHERS: &[(&str, &[&str])] = &[
    ("picture", &["image"]),
    ("pictures", &["image"]),
    ("photo", &["image"]),
    ("img", &["image"]),
    ("pic", &["image"]),
    ("txt", &["text"]),
    ("vid", &["video"]),
    ("movie", &["video"]),
    ("clip", &["video"]),
    ("i2v", &["image", "video"]),
    ("i2i", &["image"]),
    ("t2v", &["text", "video"]),
    ("t2i", &["text", "image"]),
    ("flf2v", &["first", "last", "frame", "video"]),
    ("enlarge", &["upscale", "scale"]),
    ("bigger", &["upscale", "scale"]),
    ("superresolution", &["upscale"]),
    ("hires", &["upscale", "latent"]),
    ("resize", &["scale"]),
    ("scale", &["resize"]),
    ("rembg", &["background", "remove"]),
    ("matting", &["background", "remove"]),
    ("cutout", &["background", "remove"]),
    ("extend", &["pad", "outpaint"]),
    ("expand", &["grow", "pad"]),
    ("outpaint", &["pad"]),
    ("prompt", &["text", "conditioning"]),
    ("prompts", &["text", "conditioning"]),
    ("sample", &["sampler"]),
    ("checkpoint", &["ckpt"]),
    ("ckpt", &["checkpoint"]),
    ("diffusion", &["unet"]),
    ("unet", &["diffusion"]),
    ("encoder", &["clip"]),
    ("encoders", &["clip"]),
    ("make", &["create"]),
    ("get", &["extract"]),
    ("join", &["concat", "combine", "batch"]),
    ("mix", &["blend", "merge", "average"]),
    ("combine", &["concat", "merge"]),
    ("composite", &["overlay"]),
    ("overlay", &["composite"]),
    ("paste", &["composite"]),
    ("skip", &["layer"]),
    ("music", &["audio"]),
    ("song", &["audio"]),
    ("sound", &["audio"]),
    ("frames", &["images"]),
    ("frame", &["image"]),
    ("animation", &["animated"]),
    ("gif", &["animated"]),
    ("show", &["preview"]),
    ("display", &["preview"]),
    ("view", &["preview"]),
    ("open", &["load"]),
    ("read", &["load"]),
    ("import", &["load"]),
    ("write", &["save"]),
    ("export", &["save"]),
    ("store", &["save"]),
    ("cut", &["crop"]),
    ("trim", &["crop"]),
    ("colour", &["color"]),
    ("regional", &["area", "mask"]),
    ("region", &["area", "mask"]),
    ("edges", &["canny"]),
    ("outline", &["canny"]),
    ("soften", &["blur", "feather"]),
    ("negative", &["invert"]),
    ("style", &["reference"]),
    ("shift", &["sampling"]),
    ("voice", &["speech", "audio"]),
    ("model3d", &["3d", "mesh"]),
    ("seed", &["noise"]),
];

/// Names in parts: at separators, at capitals and around numbers; neighbours are together a word, too.
pub(super) fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for chunk in text.split(|c: char| !c.is_alphanumeric()).filter(|chunk| !chunk.is_empty()) {
        let parts = parts(chunk);
        let pairs = parts.windows(2).map(<[String]>::concat);
        words.extend(pairs.map(|pair| stem(&pair)));
        if parts.len() > 2 {
            words.push(stem(&chunk.to_lowercase()));
        }
        words.extend(parts.iter().map(|part| stem(part)));
    }
    words
}

/// A word without the ending that `sampler`, `sample` and `sampling` differ in.
pub(super) fn stem(word: &str) -> String {
    let mut stem = word;
    if stem.len() > 3 && !stem.ends_with("ss") {
        stem = stem.strip_suffix('s').unwrap_or(stem);
    }
    for ending in ["ing", "er", "or", "ed", "e"] {
        if let Some(rest) = stem.strip_suffix(ending).filter(|rest| rest.len() >= 3) {
            return rest.to_owned();
        }
    }
    stem.to_owned()
}

/// Numbers, which names have as other words.
const NUMBERS: &[(&str, &str)] = &[("two", "dual"), ("three", "triple"), ("four", "quadruple")];

/// Whether a word of a name says nothing more than that it is the usual one.
pub(super) fn is_empty(word: &str) -> bool {
    EMPTY.contains(&word) || word == "simpl"
}

/// The words that a name consists of, without pairs.
pub(super) fn single(text: &str) -> Vec<String> {
    parts(text).iter().map(|part| stem(part)).filter(|word| !is_empty(word)).collect()
}

/// One word of a wish, with what else it may be called and how much that counts.
#[derive(Debug)]
pub(super) struct Term {
    pub(super) any: Vec<(String, f32)>,
}

/// The words of a wish that say something.
pub(super) fn terms(wish: &str) -> Vec<Term> {
    const OTHER: f32 = 0.7;
    let mut terms: Vec<Term> = Vec::new();
    for chunk in wish.split(|c: char| !c.is_alphanumeric()).filter(|chunk| !chunk.is_empty()) {
        let lower = chunk.to_lowercase();
        if EMPTY.contains(&&*lower) {
            continue;
        }
        let parts = parts(chunk);
        // img2vid, txt2img: two words, and a number for nothing
        let is_pair = matches!(parts.as_slice(), [_, two, _] if two == "2");
        let spoken: Vec<String> = match parts.as_slice() {
            [one, _, other] if is_pair => vec![one.clone(), other.clone()],
            [_] => vec![lower.clone()],
            _ if OTHERS.iter().any(|(word, _)| *word == lower) => vec![lower.clone()],
            // 3d, mp3, sd3, KSampler: as a whole, which is a word of names, too
            _ if lower.len() <= 4 => vec![lower.clone()],
            _ => parts,
        };
        for word in spoken {
            if let Some((_, other)) = NUMBERS.iter().find(|(number, _)| *number == word) {
                terms.push(Term { any: vec![(stem(other), 0.4)] });
            } else if terms.len() < MOST {
                let others =
                    OTHERS.iter().filter(|(known, _)| *known == word).flat_map(|(_, others)| others.iter());
                let mut any = vec![(stem(&word), 1.0)];
                any.extend(others.map(|other| (stem(other), OTHER)));
                terms.push(Term { any });
            }
        }
    }
    terms
}

/// Longer wishes are read this far.
const MOST: usize = 24;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fall_into_words() {
        assert_eq!(
            words("VAEDecodeTiled"),
            ["vaedecod", "decodetil", "vaedecodetil", "vae", "decod", "til"].map(str::to_owned)
        );
        assert!(words("ControlNetApply").contains(&"controlnet".to_owned()));
        assert!(words("EmptySD3LatentImage").contains(&"sd3".to_owned()));
        assert_eq!(stem("samplers"), stem("sample"));
        assert_eq!(stem("loading"), stem("loader"));
    }

    #[test]
    fn wishes_are_words_that_say_something() {
        let first = |wish: &str| -> Vec<String> {
            terms(wish).into_iter().map(|term| term.any[0].0.clone()).collect()
        };
        assert_eq!(first("upscale the image with a model"), ["upscal", "imag", "model"]);
        assert_eq!(first("img2vid"), ["img", "vid"]);
        assert!(first("of the").is_empty() && first("").is_empty());
    }
}
