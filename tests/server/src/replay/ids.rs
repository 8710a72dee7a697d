//! Ids of the recording, and those that the client uses now.

/// Pairs of a recorded id and the one that stands for it.
#[derive(Debug, Default)]
pub(super) struct Ids {
    pairs: Vec<(String, String)>,
}

impl Ids {
    /// From now on `actual` stands for `recorded`.
    pub(super) fn pair(&mut self, recorded: &str, actual: &str) {
        if recorded.is_empty() || actual.is_empty() {
            return;
        }
        self.pairs.retain(|(known, _)| known != recorded);
        self.pairs.push((recorded.to_owned(), actual.to_owned()));
    }

    /// What the client said, with the ids of the recording.
    pub(super) fn recorded(&self, text: &str) -> String {
        self.pairs
            .iter()
            .rev()
            .fold(text.to_owned(), |text, (recorded, actual)| text.replace(actual, recorded))
    }

    /// What the recording says, with the ids of the client.
    pub(super) fn actual(&self, text: &str) -> String {
        self.pairs.iter().fold(text.to_owned(), |text, (recorded, actual)| text.replace(recorded, actual))
    }

    /// The same in bytes, of which only ids of the same length are replaced: frames say how long their parts are.
    pub(super) fn actual_bytes(&self, bytes: &[u8]) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        for (recorded, actual) in
            self.pairs.iter().filter(|(recorded, actual)| recorded.len() == actual.len())
        {
            let mut at = 0;
            while let Some(window) = bytes.get_mut(at..at + recorded.len()) {
                if window == recorded.as_bytes() {
                    window.copy_from_slice(actual.as_bytes());
                }
                at += 1;
            }
        }
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::Ids;

    #[test]
    fn ids_are_replaced_both_ways() {
        let mut ids = Ids::default();
        ids.pair("aaaa", "bbbb");
        assert_eq!(ids.actual("x aaaa y"), "x bbbb y");
        assert_eq!(ids.recorded("/history/bbbb"), "/history/aaaa");
        assert_eq!(ids.actual_bytes(b"\0aaaa\xFFaaaa"), b"\0bbbb\xFFbbbb");
    }
}
