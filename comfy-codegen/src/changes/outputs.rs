//! Outputs of one class before and after. Links go by slot, Rust goes by name.

use super::{Change, ChangeKind, Impact};
use crate::model::NodeModel;

pub(super) fn compare(old: &NodeModel<'_>, new: &NodeModel<'_>, found: &mut Vec<Change>) {
    let several = old.outputs.len() > 1 || new.outputs.len() > 1;
    for slot in 0..old.outputs.len().max(new.outputs.len()) {
        let mut push = |place: &str, kind, message: String, impact| {
            found.push(Change {
                class_type: old.def.class_type.to_string(),
                place: place.to_owned(),
                kind,
                message,
                impact,
            });
        };
        match (old.outputs.get(slot), new.outputs.get(slot)) {
            (Some(before), None) => {
                push(&before.ident, ChangeKind::Removed, format!("output {slot} gone"), Impact::Rust);
            }
            (None, Some(after)) => {
                // a second output turns the result into a struct, a third is a field more
                let impact = if old.outputs.len() > 1 { Impact::None } else { Impact::Rust };
                push(&after.ident, ChangeKind::Added, format!("new output {slot}"), impact);
            }
            (Some(before), Some(after)) => {
                if before.marker != after.marker {
                    let message = format!("output of `{}`, now `{}`", before.marker, after.marker);
                    push(&before.ident, ChangeKind::Retyped, message, Impact::Rust);
                }
                if before.ident != after.ident {
                    let impact = if several { Impact::Rust } else { Impact::None };
                    push(&before.ident, ChangeKind::Renamed, format!("output now `{}`", after.ident), impact);
                }
            }
            (None, None) => {}
        }
    }
}
