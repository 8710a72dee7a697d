//! What the containers found, key by key, and which of it is a workflow, a prompt or parameters.
//!
//! The rules that hold for every container are here: how a value becomes text, which keys count, which value wins.

use std::borrow::Cow;

use super::{
    Container, Embedded,
    json::{Members, unquote},
};

/// Values may be JSON strings of JSON strings: videos that were loaded and saved again. More layers than this were
/// made to annoy.
const MAX_QUOTES: usize = 8;

/// Keys whose value may be an object of both documents, in savers that have only one text field: `comment` of
/// `VideoHelperSuite` (`video_combine`), `UserComment` and `ImageDescription` of EXIF.
const BOTH: [&str; 4] = ["comment", "description", "imagedescription", "usercomment"];

/// The texts found so far.
#[derive(Debug, Default)]
pub(super) struct Found {
    workflow: Option<String>,
    prompt: Option<String>,
    parameters: Option<String>,
    /// From the keys of [`BOTH`], which count when there is no key of the document's own.
    secondary: Secondary,
}

#[derive(Debug, Default)]
struct Secondary {
    workflow: Option<String>,
    prompt: Option<String>,
}

impl Found {
    pub(super) fn is_empty(&self) -> bool {
        self.workflow.is_none()
            && self.prompt.is_none()
            && self.secondary.workflow.is_none()
            && self.secondary.prompt.is_none()
    }

    /// Whether a value of this key would be looked at.
    pub(super) fn wants(key: &str) -> bool {
        let key = key.trim().to_ascii_lowercase();
        ["workflow", "prompt", "parameters"].contains(&key.as_str()) || BOTH.contains(&key.as_str())
    }

    /// A key and its value. Case does not matter (custom nodes write `Prompt`, Matroska `PROMPT`); the last of
    /// several values wins, as in the frontend, if it is a document at all.
    pub(super) fn note(&mut self, key: &str, value: &[u8]) {
        let key = key.trim().to_ascii_lowercase();
        match key.as_str() {
            "workflow" => replace(&mut self.workflow, document(&decode(value))),
            "prompt" => replace(&mut self.prompt, document(&decode(value))),
            "parameters" => self.parameters = Some(decode(value).into_owned()),
            key if BOTH.contains(&key) => self.note_both(&decode(value)),
            _ => {}
        }
    }

    /// A text `key:value`, as EXIF fields have it.
    pub(super) fn note_field(&mut self, text: &[u8]) {
        if let Some(colon) = text.iter().position(|byte| *byte == b':')
            && let Some((key, value)) = text.split_at_checked(colon)
            && let Ok(key) = std::str::from_utf8(key)
        {
            self.note(key, value.get(1..).unwrap_or_default());
        }
    }

    /// The members `workflow` and `prompt` of an object, which are objects or strings of them.
    pub(super) fn note_members(&mut self, object: &str) {
        for (key, value) in Members::of(object).into_iter().flatten() {
            self.note(&key, value.as_bytes());
        }
    }

    /// A text that may be an object with both documents, one of them itself, or the parameters of another program.
    pub(super) fn note_both(&mut self, text: &str) {
        let Some(object) = document(text) else {
            if text.contains("\nSteps: ") {
                self.parameters = Some(text.trim_end_matches('\0').to_owned());
            }
            return;
        };
        let mut inner = Self::default();
        for (key, value) in Members::of(&object).into_iter().flatten() {
            match key.to_ascii_lowercase().as_str() {
                "workflow" => replace(&mut inner.workflow, document(value)),
                "prompt" => replace(&mut inner.prompt, document(value)),
                _ => {}
            }
        }
        if inner.is_empty() {
            inner.note_bare(object);
        }
        replace(&mut self.secondary.workflow, inner.workflow);
        replace(&mut self.secondary.prompt, inner.prompt);
    }

    /// An object without a name: a workflow has `nodes`, a prompt has members with a `class_type`.
    fn note_bare(&mut self, object: String) {
        if Members::get(&object, "nodes").is_some_and(|nodes| nodes.starts_with('[')) {
            self.workflow = Some(object);
        } else if object.contains("\"class_type\"") {
            self.prompt = Some(object);
        }
    }

    pub(super) fn into_embedded(self, container: Container) -> Embedded {
        Embedded {
            container,
            workflow: self.workflow.or(self.secondary.workflow),
            prompt: self.prompt.or(self.secondary.prompt),
            parameters: self.parameters,
        }
    }
}

fn replace(place: &mut Option<String>, value: Option<String>) {
    if value.is_some() {
        *place = value;
    }
}

/// Bytes as text: UTF-8, or else Latin-1, which never fails. JSON of Python is ASCII, so that both are right.
pub(super) fn decode(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(bytes.iter().copied().map(char::from).collect()),
    }
}

/// The text of the object in a value; `None` for what cannot be a document (`null` of clients that send no
/// workflow, the words of a file that uses the key for its own purposes).
fn document(value: &str) -> Option<String> {
    let mut text = Cow::Borrowed(trim(value));
    for _ in 0..MAX_QUOTES {
        if !text.starts_with('"') {
            break;
        }
        text = Cow::Owned(trim(&unquote(&text)?).to_owned());
    }
    (text.starts_with('{') && text.len() > 2).then(|| text.into_owned())
}

/// Texts end at a NUL; blanks and a byte order mark around them do not count.
fn trim(value: &str) -> &str {
    let value = value.trim_start_matches('\u{feff}');
    value.split('\0').next().unwrap_or_default().trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(notes: &[(&str, &str)]) -> Embedded {
        let mut found = Found::default();
        for (key, value) in notes {
            found.note(key, value.as_bytes());
        }
        found.into_embedded(Container::Png)
    }

    #[test]
    fn keys_of_any_case_and_values_in_quotes() {
        let embedded =
            found(&[("Workflow", r#" "\"{\\\"nodes\\\": []}\"" "#), ("PROMPT", "{\"1\": {}}\0\0")]);
        assert_eq!(embedded.workflow.as_deref(), Some(r#"{"nodes": []}"#));
        assert_eq!(embedded.prompt.as_deref(), Some(r#"{"1": {}}"#));
    }

    #[test]
    fn a_client_that_sends_no_workflow_leaves_none() {
        for nothing in ["null", "", "{}", "\"\"", "\"null\"", "undefined", "a cat on a mat"] {
            let embedded = found(&[("workflow", nothing), ("prompt", r#"{"1": {}}"#)]);
            assert_eq!((embedded.workflow, embedded.prompt.is_some()), (None, true), "{nothing}");
        }
    }

    #[test]
    fn the_comment_counts_when_there_is_nothing_better() {
        let comment = r#"{"prompt": "{\"1\": {}}", "workflow": {"nodes": [1]}}"#;
        let embedded = found(&[("comment", comment)]);
        assert_eq!(embedded.workflow.as_deref(), Some(r#"{"nodes": [1]}"#));
        assert_eq!(embedded.prompt.as_deref(), Some(r#"{"1": {}}"#));
        let embedded = found(&[("workflow", r#"{"nodes": [2]}"#), ("comment", comment)]);
        assert_eq!(embedded.workflow.as_deref(), Some(r#"{"nodes": [2]}"#));
    }

    #[test]
    fn a_bare_document_is_known_by_its_members() {
        let workflow = found(&[("UserComment", r#"{"nodes": [], "links": []}"#)]);
        assert!(workflow.workflow.is_some() && workflow.prompt.is_none());
        let prompt = found(&[("UserComment", r#"{"1": {"class_type": "A", "inputs": {}}}"#)]);
        assert!(prompt.workflow.is_none() && prompt.prompt.is_some());
        let other = found(&[("UserComment", r#"{"camera": "old"}"#)]);
        assert_eq!((other.workflow, other.prompt), (None, None));
    }

    #[test]
    fn parameters_of_another_program_are_kept_apart() {
        let embedded = found(&[("UserComment", "a cat\nNegative prompt: dog\nSteps: 20, Sampler: Euler")]);
        assert!(embedded.parameters.is_some_and(|text| text.starts_with("a cat")));
    }
}
