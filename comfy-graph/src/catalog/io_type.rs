//! Socket types, as the server writes them.

use std::{fmt, sync::Arc};

/// The type of an input or output: an open set of words such as `MODEL` or `IMAGE`, a union written with commas
/// (`IMAGE,MASK`), or `*` for anything.
///
/// Cheap to clone. Compares by spelling; use [`accepts`](Self::accepts) to ask whether a link is allowed.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct IoType(Arc<str>);

impl IoType {
    /// The type with this spelling.
    pub fn new(text: impl Into<Arc<str>>) -> Self {
        Self(text.into())
    }

    /// The type that goes with every other, `*`.
    pub fn any() -> Self {
        Self::new("*")
    }

    /// The spelling.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The members of a union; a plain type is its only member.
    pub fn members(&self) -> impl Iterator<Item = &str> {
        self.words().map(str::trim)
    }

    /// The members, not trimmed. Members are compared each with each, so a word too long for any honest union
    /// counts as one.
    fn words(&self) -> impl Iterator<Item = &str> {
        const LONGEST: usize = 2048;
        let separator = if self.0.len() <= LONGEST { ',' } else { '\0' };
        self.0.split(separator)
    }

    /// Whether this is a union of several types.
    pub fn is_union(&self) -> bool {
        self.0.contains(',')
    }

    /// Whether `*` is this type or one of its members.
    pub fn is_any(&self) -> bool {
        self.members().any(|member| member == "*")
    }

    /// Whether an input of this type takes a link of type `from`, as the server decides it
    /// (`comfy_execution/validation.py: validate_node_input`, not strict): equal, either is `*` or a match type,
    /// or the unions share a member. Case matters, and INT does not widen to FLOAT.
    pub fn accepts(&self, from: &Self) -> bool {
        const MATCH_TYPE: &str = "COMFY_MATCHTYPE_V3";
        if self == from || self.is_any() || from.is_any() {
            return true;
        }
        if self.as_str() == MATCH_TYPE || from.as_str() == MATCH_TYPE {
            return true;
        }
        self.members().any(|wanted| from.members().any(|given| wanted == given))
    }

    /// Whether the *frontend* would join these two (`LiteGraph.isValidConnection`): as [`accepts`](Self::accepts),
    /// but without regard to case, and an empty type goes with everything. Bypassed nodes are routed by this.
    pub fn joins(&self, other: &Self) -> bool {
        let open = |t: &Self| t.as_str().is_empty() || t.as_str() == "*";
        if open(self) || open(other) || self == other {
            return true;
        }
        // Empty members stay significant: the frontend splits without trimming or filtering.
        let same = |a: &str, b: &str| a.eq_ignore_ascii_case(b) || a.to_lowercase() == b.to_lowercase();
        let open = |word: &str| word.is_empty() || word == "*";
        self.words().any(|a| other.words().any(|b| open(a) || open(b) || same(a, b)))
    }
}

impl fmt::Display for IoType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
impl fmt::Debug for IoType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", &*self.0)
    }
}
impl From<&str> for IoType {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepts(input: &str, output: &str) -> bool {
        IoType::new(input).accepts(&IoType::new(output))
    }

    #[test]
    fn the_server_compares_members_and_case() {
        assert!(accepts("IMAGE", "IMAGE"));
        assert!(accepts("IMAGE,MASK", "MASK"));
        assert!(accepts("*", "LATENT"));
        assert!(accepts("LATENT", "COMFY_MATCHTYPE_V3"));
        assert!(!accepts("FLOAT", "INT"));
        assert!(!accepts("IMAGE", "image"));
    }

    #[test]
    fn the_frontend_ignores_case_and_takes_empty_types() {
        let joins = |a: &str, b: &str| IoType::new(a).joins(&IoType::new(b));
        assert!(joins("IMAGE", "image"));
        assert!(joins("", "MODEL"));
        assert!(!joins("MODEL", "CLIP"));
    }

    #[test]
    fn endless_unions_are_one_word() {
        let endless = "A,".repeat(1_000_000);
        assert!(accepts(&endless, &endless));
        assert!(!accepts(&endless, "A"));
        assert!(!IoType::new(endless).joins(&IoType::new("A")));
    }
}
