//! Jobs in events: in order, with gaps, of old servers and of new ones.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::*;

fn tracker() -> Tracker {
    let prompt = json!({
        "1": {"class_type": "EmptyImage", "inputs": {}},
        "2": {"class_type": "KSampler", "inputs": {"image": ["1", 0]}},
        "3": {"class_type": "SaveImage", "inputs": {"images": ["2", 0]}},
        "4": {"class_type": "SaveImageWebsocket", "inputs": {"images": ["2", 0]}},
    });
    Tracker::new(JobId::random(), Needs::of(&prompt, None))
}

#[allow(clippy::needless_pass_by_value, reason = "`json!` at every call")]
fn event(kind: &str, data: Value) -> Event {
    Event::of_text(&json!({"type": kind, "data": data}).to_string()).expect("a message")
}

fn picture(node: Option<&str>) -> Event {
    let preview = Preview {
        node: node.map(Box::from),
        display_node: None,
        format: crate::event::ImageFormat::Png,
        bytes: bytes::Bytes::from_static(b"png"),
    };
    Event { job: None, kind: EventKind::Preview(preview), data: std::sync::Arc::default() }
}

/// Takes events a tenth of a second apart, and gives the progress after each.
fn all(tracker: &mut Tracker, events: &[Event]) -> Vec<String> {
    let start = Instant::now();
    let mut said = Vec::new();
    for (tenths, event) in (0_u32..).zip(events) {
        tracker.take(event, start + Duration::from_millis(100) * tenths);
        said.push(tracker.progress().to_string());
    }
    said
}

#[test]
fn a_run_of_todays_server() {
    let state = |node: &str, value: u32, max: u32, state: &str| {
        event(
            "progress_state",
            json!({"nodes": {node: {"value": value, "max": max, "state": state, "display_node_id": node}}}),
        )
    };
    let mut tracker = tracker();
    assert_eq!(tracker.progress().to_string(), "sending");
    tracker.waits(Some(2));
    assert_eq!(tracker.progress().to_string(), "waiting for 2 jobs");
    let said = all(
        &mut tracker,
        &[
            event("execution_start", json!({})),
            event("execution_cached", json!({"nodes": ["1", "9"]})),
            state("2", 0, 1, "running"),
            event("executing", json!({"node": "2", "display_node": "2"})),
            event("progress", json!({"node": "2", "value": 1, "max": 20})),
            state("2", 1, 20, "running"),
            event("progress", json!({"node": "2", "value": 2, "max": 20})),
            state("2", 20, 20, "finished"),
            event("executed", json!({"node": "3", "output": {"images": [{"filename": "a.png"}]}})),
            event("execution_success", json!({})),
        ],
    );
    assert_eq!(
        said,
        [
            "0 of 4 nodes",
            "1 of 4 nodes (1 cached)",
            "1 of 4 nodes (1 cached)",
            "1 of 4 nodes (1 cached), KSampler #2",
            "1 of 4 nodes (1 cached), KSampler #2: 1/20",
            "1 of 4 nodes (1 cached), KSampler #2: 1/20",
            "1 of 4 nodes (1 cached), KSampler #2: 2/20 (5.0/s)",
            "2 of 4 nodes (1 cached), KSampler #2: 2/20 (5.0/s)",
            "2 of 4 nodes (1 cached), KSampler #2: 2/20 (5.0/s)",
            "2 of 4 nodes (1 cached), KSampler #2: 2/20 (5.0/s)",
        ]
    );
    let left = tracker.progress().current.and_then(|current| current.time_left());
    assert!(left.is_some_and(|left| (left.as_secs_f64() - 3.6).abs() < 0.01), "{left:?}");
    assert!(matches!(tracker.ended(), Some(How::Success)));
    assert_eq!(
        tracker.outputs_by_events().map(|all| all["3"]["images"][0]["filename"].clone()),
        Some("a.png".into())
    );
    tracker.over(true);
    assert_eq!(tracker.progress().to_string(), "4 of 4 nodes (1 cached)");
}

#[test]
fn old_servers_tell_of_beginnings_only() {
    let mut tracker = tracker();
    let begins = |node: &str| event("executing", json!({"node": node}));
    let said = all(&mut tracker, &[begins("1"), begins("2"), begins("2"), begins("3")]);
    assert_eq!(
        said,
        [
            "0 of 4 nodes, EmptyImage #1",
            "1 of 4 nodes, KSampler #2",
            "1 of 4 nodes, KSampler #2",
            "2 of 4 nodes, SaveImage #3"
        ]
    );
}

#[test]
fn nodes_that_are_made_at_run_time_stand_for_one_of_the_prompt() {
    let mut tracker = tracker();
    tracker.take(&event("executing", json!({"node": "2.0.0.1", "display_node": "2"})), Instant::now());
    assert_eq!(tracker.progress().to_string(), "0 of 4 nodes, KSampler #2");
    for name in ["a.png", "b.png", "a.png"] {
        let made = json!({"node": "3.0.1", "display_node": "3", "output": {"images": [{"filename": name}], "text": ["x"]}});
        tracker.take(&event("executed", made), Instant::now());
    }
    let outputs = tracker.outputs_by_events().expect("nothing was missed");
    assert_eq!(outputs["3"]["images"].as_array().map(Vec::len), Some(2));
}

#[test]
fn pictures_of_the_websocket_are_counted() {
    let mut tracker = tracker();
    assert_eq!(tracker.lost_pictures(), ["4".into()], "one at least");
    tracker.take(&event("progress", json!({"node": "4", "value": 0, "max": 2})), Instant::now());
    tracker.take(&picture(Some("4")), Instant::now());
    assert_eq!(tracker.lost_pictures(), ["4".into()]);
    // an old frame, which names no node
    tracker.take(&picture(None), Instant::now());
    assert!(tracker.lost_pictures().is_empty());
    // what is in the making is no result
    tracker.take(&event("executing", json!({"node": "2"})), Instant::now());
    let updates = tracker.take(&picture(None), Instant::now());
    assert!(matches!(updates.as_slice(), [Update::Preview { is_result: false, .. }]));
    assert_eq!(tracker.take_received().len(), 2);
}

#[test]
fn after_a_gap_events_are_no_results() {
    let mut tracker = tracker();
    tracker.gap();
    tracker.take(&event("executed", json!({"node": "3", "output": {"images": []}})), Instant::now());
    assert!(tracker.outputs_by_events().is_none());
    let blocked = json!({"exception_type": "ExecutionBlocked", "node_id": "2"});
    tracker.take(&event("execution_error", blocked), Instant::now());
    assert!(tracker.ended().is_none(), "a node that was blocked is not the end");
    tracker.take(&event("execution_error", json!({"exception_type": "ValueError"})), Instant::now());
    assert!(matches!(tracker.ended(), Some(How::Failed(_))));
}
