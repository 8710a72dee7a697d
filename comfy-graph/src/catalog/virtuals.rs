//! Node types that exist only in the browser, as data (`virtuals.json`): no server knows them, and they never
//! reach a prompt.

use std::{collections::BTreeMap, sync::OnceLock};

/// What a frontend-only node does to the graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum VirtualRole {
    /// Text for people.
    Note,
    /// Passes its input on.
    Reroute,
    /// Sets the widgets it is linked to.
    Primitive,
    /// Gives its input a name (`ComfyUI-KJNodes` and its like).
    Set,
    /// Stands for the input that was given its name.
    Get,
    /// Stands for links to every input of its type that has none (cg-use-everywhere).
    Everywhere,
    /// Something to click on: what it did is in the modes of other nodes.
    Control,
}

#[derive(serde::Deserialize)]
struct Entry {
    role: VirtualRole,
    /// The pack whose JavaScript the frontend needs for it; none for the frontend's own.
    pack: Option<Box<str>>,
}

/// The role of a frontend-only node type; `None` for all others.
pub fn role(node_type: &str) -> Option<VirtualRole> {
    table().get(node_type).map(|entry| entry.role)
}

/// The pack that brings a frontend-only node type, if it is not the frontend itself.
pub fn pack(node_type: &str) -> Option<&'static str> {
    table().get(node_type)?.pack.as_deref()
}

fn table() -> &'static BTreeMap<Box<str>, Entry> {
    static TABLE: OnceLock<BTreeMap<Box<str>, Entry>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let parsed = serde_json::from_str(include_str!("virtuals.json"));
        debug_assert!(parsed.is_ok(), "virtuals.json is damaged");
        parsed.unwrap_or_default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_reads() {
        assert_eq!(role("Reroute"), Some(VirtualRole::Reroute));
        assert_eq!(role("KSampler"), None);
        assert_eq!(pack("GetNode"), Some("ComfyUI-KJNodes"));
        assert_eq!(pack("Reroute"), None);
    }
}
