//! Node types that exist only in the browser, as data (`virtuals.json`): no server knows them, and they never
//! reach a prompt.

use std::{collections::BTreeMap, sync::OnceLock};

/// What a frontend-only node does to the graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VirtualRole {
    /// Text for people.
    Note,
    /// Passes its input on.
    Reroute,
    /// Sets the widgets it is linked to.
    Primitive,
}

#[derive(serde::Deserialize)]
struct Entry {
    role: VirtualRole,
}

/// The role of a frontend-only node type; `None` for all others.
pub fn role(node_type: &str) -> Option<VirtualRole> {
    static TABLE: OnceLock<BTreeMap<Box<str>, Entry>> = OnceLock::new();
    let table = TABLE.get_or_init(|| {
        let parsed = serde_json::from_str(include_str!("virtuals.json"));
        debug_assert!(parsed.is_ok(), "virtuals.json is damaged");
        parsed.unwrap_or_default()
    });
    table.get(node_type).map(|entry| entry.role)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_reads() {
        assert_eq!(role("Reroute"), Some(VirtualRole::Reroute));
        assert_eq!(role("KSampler"), None);
    }
}
