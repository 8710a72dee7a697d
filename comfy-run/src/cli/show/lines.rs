//! A job in lines, for logs: what is new, without what changes several times a second.

use std::time::{Duration, Instant};

use comfy_client::{Progress, Update};

/// The shortest time between two lines about the same node's steps.
const PAUSE: Duration = Duration::from_secs(10);

/// What was said last.
#[derive(Default)]
pub(super) struct JobLines {
    ahead: Option<usize>,
    steps: Option<Instant>,
}

impl JobLines {
    /// The line about an update, if it deserves one.
    pub(super) fn update(
        &mut self,
        update: &Update,
        progress: &Progress,
        name: impl Fn(&str, &str) -> String,
    ) -> Option<String> {
        match update {
            Update::Waiting { ahead } if self.ahead != Some(*ahead) => {
                self.ahead = Some(*ahead);
                Some(format!("waits, with {ahead} before it"))
            }
            Update::Cached { nodes } if !nodes.is_empty() => Some(format!("{} nodes cached", nodes.len())),
            Update::Node { node, class_type } => {
                self.steps = Some(Instant::now());
                let number = (progress.done + 1).min(progress.nodes);
                Some(format!("{number} of {}: {}", progress.nodes, name(node, class_type)))
            }
            Update::Step { .. } if self.steps.is_some_and(|last| last.elapsed() >= PAUSE) => {
                self.steps = Some(Instant::now());
                Some(progress.to_string())
            }
            Update::Offline { why } => Some(format!("the connection is gone ({why}); it goes on")),
            Update::Online => Some("the connection is back".to_owned()),
            Update::Text { node, text } => Some(format!("{}: {text}", name(node, ""))),
            _ => None,
        }
    }
}
