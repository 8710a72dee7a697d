//! Rust names of socket types.
//!
//! A marker's name is a function of the type word alone (and of the node names, which win): finding all type words
//! of a server would mean reading all its definitions.

use std::collections::BTreeSet;

use super::words::{Case, hashed, upper};
use comfy_graph::catalog::IoType;

/// Types that the runtime crate defines, with their words.
const RUNTIME: &[(&str, &str)] = &[
    ("INT", "Int"),
    ("FLOAT", "Float"),
    ("STRING", "Str"),
    ("BOOLEAN", "Bool"),
    ("COMBO", "Combo"),
    ("*", "Any"),
];

/// Words of ComfyUI itself that keep their plain name although their spelling is not canonical.
const KNOWN: &[&str] = &[
    "FILE_3D",
    "FILE_3D_FBX",
    "FILE_3D_GLB",
    "FILE_3D_GLTF",
    "FILE_3D_KSPLAT",
    "FILE_3D_OBJ",
    "FILE_3D_PLY",
    "FILE_3D_POINT_CLOUD_ANY",
    "FILE_3D_SPLAT",
    "FILE_3D_SPLAT_ANY",
    "FILE_3D_SPZ",
    "FILE_3D_STL",
    "FILE_3D_USDZ",
    "LOAD_3D",
    "LOAD_3D_ADVANCED",
    "PREVIEW_3D",
];

/// The runtime's name of a type that it defines.
pub(crate) fn runtime_marker(word: &str) -> Option<&'static str> {
    if matches!(word, "COMFY_MATCHTYPE_V3" | "") {
        return Some("Any");
    }
    RUNTIME.iter().find(|(known, _)| *known == word).map(|(_, name)| *name)
}

/// Whether the runtime crate defines a marker of this name.
pub(crate) fn is_runtime_marker(name: &str) -> bool {
    RUNTIME.iter().any(|(_, known)| *known == name)
}

/// Whether the word is written so that no other canonical word has the same name: words in capitals that all
/// begin with a letter, joined by single underscores.
fn is_canonical(word: &str) -> bool {
    word.split('_').all(|part| {
        part.starts_with(|c: char| c.is_ascii_uppercase())
            && part.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
    })
}

/// The name of one type word (not a union). `is_node` says which names nodes have, `is_reserved` which ones the
/// runtime and the well-known lists need.
pub(crate) fn word_marker(
    word: &str,
    is_node: impl Fn(&str) -> bool,
    is_reserved: impl Fn(&str) -> bool,
) -> String {
    if let Some(name) = runtime_marker(word) {
        return name.to_owned();
    }
    let base = upper(word);
    let known = KNOWN.contains(&word);
    let contested = !known && (!is_canonical(word) || KNOWN.iter().any(|other| upper(other) == base));
    let name = if base.is_empty() || contested {
        let base = if base.is_empty() { "Unnamed" } else { &base };
        hashed(base, word, Case::Upper, 8)
    } else {
        base
    };
    if !is_node(&name) && !is_reserved(&name) {
        return name;
    }
    let longer = format!("{name}Type");
    if is_node(&longer) || is_reserved(&longer) { hashed(&name, word, Case::Upper, 16) } else { longer }
}

/// The members of a type, sorted, without doubles and empty ones.
pub(crate) fn members(io_type: &IoType) -> BTreeSet<&str> {
    io_type.members().filter(|member| !member.is_empty()).collect()
}

/// The text of a type: a marker, or `AnyOf<(..)>` of several.
pub(crate) fn type_marker(io_type: &IoType, word: impl Fn(&str) -> String) -> String {
    let members = members(io_type);
    if io_type.is_any() || members.is_empty() {
        return "Any".to_owned();
    }
    let mut names: Vec<String> = members.into_iter().map(word).collect();
    names.sort_unstable();
    names.dedup();
    match names.as_slice() {
        [one] => one.clone(),
        // more members than tuples are sensible for; no server has such a union
        many if many.len() > 64 || many.iter().any(|name| name == "Any") => "Any".to_owned(),
        many => format!("AnyOf<({})>", many.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(word: &str) -> String {
        word_marker(word, |name| name == "Mask", |name| name == "Lora")
    }

    #[test]
    fn words_become_markers() {
        for (word, marker) in [
            ("MODEL", "Model"),
            ("CLIP_VISION_OUTPUT", "ClipVisionOutput"),
            ("FILE_3D_GLB", "File3dGlb"),
            ("STRING", "Str"),
            ("SAM3_TRACK_DATA", "Sam3TrackData"),
            ("MASK", "MaskType"),
            ("LORA", "LoraType"),
            ("COMFY_MATCHTYPE_V3", "Any"),
        ] {
            assert_eq!(name(word), marker);
        }
    }

    #[test]
    fn odd_spellings_are_told_apart_without_knowing_each_other() {
        let all: BTreeSet<String> =
            ["MODEL", "model", "Model", "MOD EL", "FILE_3D", "FILE3D", "A1", "A_1", "类型", "🎨"]
                .map(name)
                .into();
        assert_eq!(all.len(), 10, "{all:?}");
    }

    #[test]
    fn unions_are_sorted_and_any_wins() {
        let marker = |text: &str| type_marker(&IoType::new(text), name);
        assert_eq!(marker("IMAGE, MASK,IMAGE"), "AnyOf<(Image, MaskType)>");
        assert_eq!(marker("INT,FLOAT"), "AnyOf<(Float, Int)>");
        assert_eq!(marker("IMAGE,*"), "Any");
        assert_eq!(marker(""), "Any");
        assert_eq!(marker("IMAGE,"), "Image");
    }
}
