//! The colours of ComfyUI's dark palette.

use crate::catalog::IoType;

/// The canvas.
pub(super) const CANVAS: &str = "#202020";
/// The title bar and the body of a node.
pub(super) const TITLE: &str = "#333";
pub(super) const BODY: &str = "#353535";
/// The body of a bypassed node.
pub(super) const BYPASSED: &str = "#7a1f7a";
/// The title bar and the body of a note.
pub(super) const NOTE: [&str; 2] = ["#432", "#653"];
/// The frame around nodes.
pub(super) const GROUP: &str = "#3f789e";
/// What is wrong, and what is odd.
pub(super) const ERROR: &str = "#ff4d4d";
pub(super) const WARNING: &str = "#f5b041";
/// Types without a colour of their own.
const OTHER: &str = "#9a9";

/// The colour of a type's sockets and links; of a union that of its first member.
pub(super) fn of_type(io_type: &IoType) -> &'static str {
    let name = io_type.as_str();
    let first = name.split(',').next().unwrap_or(name);
    match first {
        "CLIP" => "#FFD500",
        "CLIP_VISION" => "#A8DADC",
        "CLIP_VISION_OUTPUT" => "#ad7452",
        "CONDITIONING" => "#FFA931",
        "CONTROL_NET" => "#6EE7B7",
        "IMAGE" => "#64B5F6",
        "LATENT" => "#FF9CF9",
        "MASK" => "#81C784",
        "MODEL" => "#B39DDB",
        "STYLE_MODEL" => "#C2FFAE",
        "VAE" => "#FF6E6E",
        "NOISE" => "#B0B0B0",
        "GUIDER" => "#66FFFF",
        "SAMPLER" => "#ECB4B4",
        "SIGMAS" => "#CDFFCD",
        "TAESD" => "#DCC274",
        _ => OTHER,
    }
}

/// A colour of the file, if it is one: `#` and hexadecimal digits, or a word. Nothing else may get into the document.
pub(super) fn colour(text: &str) -> Option<&str> {
    const LONGEST: usize = 24;
    let is_hex =
        |digits: &str| matches!(digits.len(), 3 | 4 | 6 | 8) && digits.chars().all(|c| c.is_ascii_hexdigit());
    let is_word =
        || !text.is_empty() && text.len() <= LONGEST && text.chars().all(|c| c.is_ascii_alphabetic());
    (text.strip_prefix('#').is_some_and(is_hex) || is_word()).then_some(text)
}
