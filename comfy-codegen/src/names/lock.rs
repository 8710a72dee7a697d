//! Names that were given before: the file `comfy-names.lock`.
//!
//! A name depends on the names it competes with, so a new pack, a new model file or an update can change the names
//! of others. A lock keeps what was given: names in it stay, new ones avoid them, and what a server no longer has
//! keeps its lines, so that it gets its name back when it returns.
//!
//! The file is text, one name a line below the place that it belongs to, sorted; what needs it is quoted as in JSON:
//! ```text
//! # Names given by comfy-codegen. Commit this file.
//! [input KSampler]
//! latent_image
//! model
//! [node]
//! KSampler
//! "Video Slice" = VideoSlice
//! ```

use std::{collections::BTreeMap, fmt};

use super::words::Case;

const HEADER: &str =
    "# Names given by comfy-codegen. Commit this file: names in it stay, new ones avoid them.\n";

/// Names that were given before, by the place where they compete.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NameLock {
    scopes: BTreeMap<String, BTreeMap<String, String>>,
}

/// Why a text is no lock file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct LockError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub reason: &'static str,
}

/// Where names compete: a kind and what it belongs to.
pub(super) fn scope<'a>(kind: &str, of: impl IntoIterator<Item = &'a str>) -> String {
    of.into_iter().fold(kind.to_owned(), |text, part| format!("{text} {}", quoted(part)))
}

impl NameLock {
    /// Reads a lock file.
    ///
    /// # Errors
    /// When a line makes no sense, a name is no identifier, or two things of one place have the same name (which a
    /// merge of two branches can bring about): nothing is guessed.
    pub fn parse(text: &str) -> Result<Self, LockError> {
        let mut lock = Self::default();
        let mut place: Option<String> = None;
        for (at, line) in text.lines().enumerate() {
            let fail = |reason| LockError { line: at + 1, reason };
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if let Some(header) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                place = Some(header.to_owned());
                continue;
            }
            let place = place.as_ref().ok_or_else(|| fail("a name before the first [place]"))?;
            let (original, ident) = entry(line).ok_or_else(|| fail("expected `original = Name`"))?;
            if syn::parse_str::<syn::Ident>(&ident).is_err() {
                return Err(fail("the name is no Rust identifier"));
            }
            let names = lock.scopes.entry(place.clone()).or_default();
            if names.values().any(|known| *known == ident) {
                return Err(fail("another thing of this place has the same name"));
            }
            if names.insert(original, ident).is_some() {
                return Err(fail("this has a name already"));
            }
        }
        Ok(lock)
    }

    /// Whether nothing was given yet.
    pub fn is_empty(&self) -> bool {
        self.scopes.is_empty()
    }

    /// The name that was given to `original`.
    pub(super) fn get(&self, scope: &str, original: &str) -> Option<&str> {
        self.scopes.get(scope)?.get(original).map(String::as_str)
    }

    /// The names of one place: original → name.
    pub(super) fn names(&self, scope: &str) -> impl Iterator<Item = (&str, &str)> {
        self.scopes.get(scope).into_iter().flatten().map(|(original, ident)| (&**original, &**ident))
    }

    /// All names of the flat namespace: nodes, markers and types of choices.
    pub(super) fn flat(&self) -> impl Iterator<Item = &str> {
        let flat = |scope: &str| matches!(scope.split(' ').next(), Some("node" | "type" | "choice"));
        self.scopes
            .iter()
            .filter(move |(scope, _)| flat(scope))
            .flat_map(|(_, names)| names.values().map(|s| &**s))
    }

    /// Notes a name; one that is known stays.
    pub(super) fn keep(&mut self, scope: &str, original: &str, ident: &str) {
        if !self.scopes.contains_key(scope) {
            self.scopes.insert(scope.to_owned(), BTreeMap::new());
        }
        if let Some(names) = self.scopes.get_mut(scope)
            && !names.contains_key(original)
        {
            names.insert(original.to_owned(), ident.to_owned());
        }
    }
}

impl fmt::Display for NameLock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HEADER)?;
        for (scope, names) in &self.scopes {
            writeln!(f, "\n[{scope}]")?;
            for (original, ident) in names {
                let text = quoted(original);
                if text == *ident { writeln!(f, "{text}")? } else { writeln!(f, "{text} = {ident}")? }
            }
        }
        Ok(())
    }
}

/// A text that needs no quotes as it is, others as JSON writes them.
fn quoted(text: &str) -> String {
    let plain = !text.is_empty()
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'/'));
    if plain { text.to_owned() } else { serde_json::Value::from(text).to_string() }
}

/// `original = Name`, or `name` alone where both are the same.
fn entry(line: &str) -> Option<(String, String)> {
    if line.starts_with('"') {
        let mut texts = serde_json::Deserializer::from_str(line).into_iter::<String>();
        let original = texts.next()?.ok()?;
        let ident = line.get(texts.byte_offset()..)?.trim_start().strip_prefix('=')?.trim();
        return Some((original, ident.to_owned()));
    }
    match line.split_once('=') {
        Some((original, ident)) => Some((original.trim().to_owned(), ident.trim().to_owned())),
        None => Some((line.to_owned(), line.to_owned())),
    }
}

/// [`settle`](super::words::settle) where some names were given before.
pub(super) fn settle_locked<'a>(
    lock: &NameLock,
    scope: &str,
    originals: impl IntoIterator<Item = &'a str>,
    case: Case,
    wish: impl Fn(&str) -> String,
    taken: impl Fn(&str) -> bool,
) -> BTreeMap<&'a str, String> {
    let (known, new): (Vec<&str>, Vec<&str>) =
        originals.into_iter().partition(|original| lock.get(scope, original).is_some());
    let given: std::collections::BTreeSet<&str> = lock.names(scope).map(|(_, ident)| ident).collect();
    let mut names = super::words::settle(new, case, wish, |name| given.contains(name) || taken(name));
    names.extend(
        known.into_iter().filter_map(|original| Some((original, lock.get(scope, original)?.to_owned()))),
    );
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_is_read_as_it_is_written() {
        let mut lock = NameLock::default();
        lock.keep("node", "KSampler", "KSampler");
        lock.keep("node", "a = \"b\"\n[c]", "Ab");
        lock.keep("node", "# 类", "类");
        lock.keep(&scope("input", ["My Node", "x/y"]), "", "unnamed_1234");
        let text = lock.to_string();
        assert_eq!(NameLock::parse(&text), Ok(lock.clone()), "{text}");
        lock.keep("node", "KSampler", "Other");
        assert_eq!(lock.get("node", "KSampler"), Some("KSampler"), "a name that was given stays");
    }

    #[test]
    fn nonsense_is_refused_with_its_line() {
        for (text, line) in [
            ("a = B", 1),
            ("[node]\na = 1b", 2),
            ("[node]\na = B\nc = B", 3),
            ("[node]\na = B\na = C", 3),
            ("[node]\n\"a = B", 2),
            ("[node]\na = ", 2),
        ] {
            assert_eq!(NameLock::parse(text).map_err(|error| error.line), Err(line), "{text}");
        }
    }
}
