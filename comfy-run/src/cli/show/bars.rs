//! Jobs as bars on a terminal: nodes that are done of all, and under it the steps of the node that runs.

use std::time::Duration;

use comfy_client::{Finished, JobId, Phase, Progress, Update};
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::cli::{complain, report::plain};

/// How often a clock is drawn anew.
const TICK: Duration = Duration::from_millis(200);

/// All bars.
pub(super) struct Bars {
    all: MultiProgress,
}

/// The bars of one job.
pub(super) struct JobBars {
    all: MultiProgress,
    nodes: ProgressBar,
    /// Of the node that runs, where it counts steps.
    steps: Option<ProgressBar>,
}

impl Bars {
    pub(super) fn new() -> Self {
        Self { all: MultiProgress::with_draw_target(ProgressDrawTarget::stderr()) }
    }

    pub(super) fn job(&self, label: &str) -> JobBars {
        let nodes = self.all.add(ProgressBar::new(0).with_style(waiting()));
        nodes.set_prefix(plain(label));
        nodes.set_message("sending");
        nodes.enable_steady_tick(TICK);
        JobBars { all: self.all.clone(), nodes, steps: None }
    }

    /// Does something while no bar is drawn.
    pub(super) fn above<R>(&self, write: impl FnOnce() -> R) -> R {
        self.all.suspend(write)
    }
}

impl JobBars {
    pub(super) fn queued(&self, id: &JobId) {
        self.nodes.set_message(format!("queued as {id}"));
    }

    pub(super) fn update(
        &mut self,
        update: &Update,
        progress: &Progress,
        name: impl Fn(&str, &str) -> String,
    ) {
        match &progress.phase {
            Phase::Running => {
                if self.nodes.length() != Some(progress.nodes as u64) {
                    self.nodes.set_style(running());
                    self.nodes.set_length(progress.nodes as u64);
                }
                self.nodes.set_position(progress.done as u64);
            }
            Phase::Waiting { .. } => self.nodes.set_message(progress.to_string()),
            _ => {}
        }
        match update {
            Update::Offline { why } => self.nodes.set_message(plain(&format!("no connection ({why})"))),
            Update::Online => self.nodes.set_message(""),
            Update::Node { .. } | Update::Cached { .. } => self.end_steps(),
            Update::Text { text, .. } => {
                self.nodes.set_message(plain(text.lines().next().unwrap_or_default()));
            }
            _ => {}
        }
        let Some(current) = &progress.current else { return };
        if !matches!(update, Update::Step { .. } | Update::Node { .. }) {
            return;
        }
        let called = plain(&name(&current.node, &current.class_type));
        let cached = match progress.cached {
            0 => String::new(),
            cached => format!("{cached} cached, "),
        };
        self.nodes.set_message(format!("{cached}{called}"));
        if let Some((value, max)) = current.steps {
            let steps = self.steps.get_or_insert_with(|| {
                let bar = ProgressBar::new(0).with_style(stepping());
                bar.enable_steady_tick(TICK);
                self.all.insert_after(&self.nodes, bar)
            });
            let rate = current.rate.map_or(String::new(), |rate| {
                if rate >= 1.0 { format!("{rate:.1} steps/s") } else { format!("{:.1} s/step", 1.0 / rate) }
            });
            let left = current
                .time_left()
                .map_or(String::new(), |left| format!(", {} left", indicatif::HumanDuration(left)));
            steps.set_length(whole(max));
            steps.set_position(whole(value));
            steps.set_message(format!("{rate}{left}"));
        }
    }

    pub(super) fn finished(&mut self, finished: &Finished, seconds: f64) {
        let cached = match finished.cached {
            0 => String::new(),
            cached => format!(" ({cached} nodes cached)"),
        };
        let line = format!("{} done in {seconds:.1} s{cached}\n", self.nodes.prefix());
        self.clear();
        // a line of its own stays, whatever is drawn below
        self.all.suspend(|| complain(&line));
    }

    pub(super) fn clear(&mut self) {
        self.end_steps();
        if !self.nodes.is_finished() {
            self.nodes.finish_and_clear();
            self.all.remove(&self.nodes);
        }
    }

    fn end_steps(&mut self) {
        if let Some(steps) = self.steps.take() {
            steps.finish_and_clear();
            self.all.remove(&steps);
        }
    }
}

/// A count of steps, which is a whole number on all servers that there are.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it saturates, and is only shown")]
fn whole(number: f64) -> u64 {
    number.max(0.0) as u64
}

fn waiting() -> ProgressStyle {
    style("{prefix:.bold} {spinner} {wide_msg} {elapsed}")
}

fn running() -> ProgressStyle {
    style("{prefix:.bold} {bar:24.cyan/dim} {pos}/{len} nodes {wide_msg} {elapsed}")
}

fn stepping() -> ProgressStyle {
    style("  {bar:24.green/dim} {pos}/{len} {wide_msg}")
}

/// The templates above are right; a wrong one would give the library's own.
fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template)
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("━╸─")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_templates_are_right() {
        for template in [
            "{prefix:.bold} {spinner} {wide_msg} {elapsed}",
            "{prefix:.bold} {bar:24.cyan/dim} {pos}/{len} nodes {wide_msg} {elapsed}",
            "  {bar:24.green/dim} {pos}/{len} {wide_msg}",
        ] {
            assert!(ProgressStyle::with_template(template).is_ok(), "{template}");
        }
        assert_eq!((whole(-1.0), whole(f64::NAN), whole(20.0)), (0, 0, 20));
    }
}
