//! Binary frames (`protocol.py: BinaryEventTypes`): a number of four bytes, then what it says.

use std::sync::Arc;

use bytes::{Buf as _, Bytes};
use serde_json::{Map, Value};

use super::{Event, EventKind, ImageFormat, Preview, node_id};
use crate::id::JobId;

/// How frames of this connection are written; what both sides agreed on.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Frame {
    /// Texts begin with the id of the job (`supports_progress_text_metadata`).
    pub(crate) text_names_job: bool,
}

impl Frame {
    /// Reads a frame. `None` if it ends too early; frames of unknown kinds are [`EventKind::Other`].
    pub(crate) fn read(self, mut frame: Bytes) -> Option<Event> {
        let number = frame.try_get_u32().ok()?;
        match number {
            1 => preview(frame),
            3 => self.text(frame),
            4 => preview_with_metadata(frame),
            _ => {
                let data = Map::from_iter([("bytes".to_owned(), Value::from(frame.len()))]);
                let kind = EventKind::Other { name: format!("binary.{number}").into() };
                Some(Event { job: None, kind, data: Arc::new(data) })
            }
        }
    }

    fn text(self, mut frame: Bytes) -> Option<Event> {
        let job = if self.text_names_job { JobId::of_server(&counted(&mut frame)?) } else { None };
        let node = counted(&mut frame)?.into();
        let text = String::from_utf8_lossy(&frame).into_owned();
        Some(Event { job, kind: EventKind::Text { node, text }, data: Arc::default() })
    }
}

/// Four bytes with the format, then the picture.
fn preview(mut frame: Bytes) -> Option<Event> {
    let format = match frame.try_get_u32().ok()? {
        1 => ImageFormat::Jpeg,
        2 => ImageFormat::Png,
        _ => ImageFormat::Other("".into()),
    };
    let preview = Preview { node: None, display_node: None, format, bytes: frame };
    Some(Event { job: None, kind: EventKind::Preview(preview), data: Arc::default() })
}

/// The length of a JSON object, the object, then the picture.
fn preview_with_metadata(mut frame: Bytes) -> Option<Event> {
    let about: Map<String, Value> = serde_json::from_str(&counted(&mut frame)?).ok()?;
    let text = |key: &str| about.get(key).and_then(Value::as_str);
    let format = match text("image_type") {
        Some("image/jpeg") | None => ImageFormat::Jpeg,
        Some("image/png") => ImageFormat::Png,
        Some(other) => ImageFormat::Other(other.into()),
    };
    let node = |key: &str| about.get(key).and_then(node_id);
    let (node, display_node) = (node("node_id"), node("display_node_id"));
    let job = text("prompt_id").and_then(JobId::of_server);
    let preview = Preview { node, display_node, format, bytes: frame };
    Some(Event { job, kind: EventKind::Preview(preview), data: Arc::new(about) })
}

/// A text with its length in bytes before it.
fn counted(frame: &mut Bytes) -> Option<String> {
    let length = usize::try_from(frame.try_get_u32().ok()?).ok()?;
    if length > frame.len() {
        return None;
    }
    String::from_utf8(frame.split_to(length).into()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(parts: &[&[u8]]) -> Bytes {
        parts.concat().into()
    }

    fn number(number: u32) -> [u8; 4] {
        number.to_be_bytes()
    }

    #[test]
    fn previews_of_both_kinds_are_read() {
        let old = Frame::default().read(frame(&[&number(1), &number(2), b"png"])).expect("a frame");
        let EventKind::Preview(old) = old.kind else { panic!("a preview") };
        assert_eq!((old.format, &*old.bytes, old.node), (ImageFormat::Png, b"png".as_slice(), None));
        let about = br#"{"node_id":"5.0.1","display_node_id":"5","prompt_id":"a","image_type":"image/jpeg"}"#;
        let length = number(u32::try_from(about.len()).expect("short"));
        let new = Frame::default().read(frame(&[&number(4), &length, about, b"jpg"])).expect("a frame");
        assert_eq!(new.job.map(|job| job.to_string()).as_deref(), Some("a"));
        let EventKind::Preview(new) = new.kind else { panic!("a preview") };
        assert_eq!((new.node.as_deref(), new.display_node.as_deref()), (Some("5.0.1"), Some("5")));
        assert_eq!(&*new.bytes, b"jpg");
    }

    #[test]
    fn texts_are_read() {
        let plain = frame(&[&number(3), &number(2), b"17", "50 %".as_bytes()]);
        let event = Frame::default().read(plain).expect("a frame");
        assert_eq!(event.kind, EventKind::Text { node: "17".into(), text: "50 %".into() });
        let named = frame(&[&number(3), &number(1), b"a", &number(2), b"17", b"x"]);
        let event = Frame { text_names_job: true }.read(named).expect("a frame");
        assert_eq!(event.job.map(|job| job.to_string()).as_deref(), Some("a"));
    }

    #[test]
    fn frames_that_end_early_or_lie_are_none() {
        let huge = frame(&[&number(4), &number(u32::MAX), b"{}"]);
        let odd = frame(&[&number(4), &number(2), b"[]", b"x"]);
        let bad = frame(&[&number(3), &number(2), b"\xff\xfe"]);
        for frame in [Bytes::new(), Bytes::from_static(b"\0\0\0"), frame(&[&number(1)]), huge, odd, bad] {
            assert_eq!(Frame::default().read(frame), None);
        }
        assert!(Frame::default().read(frame(&[&number(9), b"x"])).is_some());
    }
}
