//! "Did you mean …?": which of many names looks most like another.
//!
//! Only words are compared here; what else speaks for a candidate (its type, its place) is up to who asks. Which class of
//! nodes is missing, by types: [`makers`].

mod files;
pub mod makers;

use std::collections::BTreeSet;

pub(crate) use files::{is_called_model, is_file_name, same_file};

/// Names longer than this are not compared: that is quadratic in the length.
const LONGEST: usize = 256;

/// Names less alike than this are no suggestion.
pub(crate) const ENOUGH: f64 = 0.6;

/// A candidate and how much it looks like what was written, from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Near<'a> {
    pub(crate) text: &'a str,
    pub(crate) score: f64,
}

/// A name, ready for being compared with many.
#[derive(Debug)]
pub(crate) struct Name {
    lower: String,
    /// Letters and digits only.
    bare: String,
    words: BTreeSet<String>,
    /// How many characters there are, and how many of each kind.
    length: usize,
    letters: [u16; KINDS],
}

/// Letters, digits, and all others.
const KINDS: usize = 37;

fn kind(c: char) -> usize {
    match c {
        'a'..='z' => c as usize - 'a' as usize,
        '0'..='9' => 26 + c as usize - '0' as usize,
        _ => KINDS - 1,
    }
}

impl Name {
    pub(crate) fn new(text: &str) -> Self {
        let text = if text.len() <= LONGEST { text } else { "" };
        let lower = text.to_lowercase();
        let bare = lower.chars().filter(|c| c.is_alphanumeric()).collect();
        let mut letters = [0; KINDS];
        lower.chars().for_each(|c| letters[kind(c)] += 1);
        let length = lower.chars().count();
        Self { lower, bare, words: words(text).into_iter().collect(), length, letters }
    }

    /// How much two names are alike, from 0 to 1; the same letters in another case or with other separators are nearly
    /// the same, and so is a file in another folder.
    pub(crate) fn similarity(&self, other: &Self) -> f64 {
        self.compare(other, true)
    }

    /// [`similarity`](Self::similarity) where it is [`ENOUGH`], else something less than that, found sooner.
    pub(crate) fn similarity_if_enough(&self, other: &Self) -> f64 {
        self.compare(other, self.may_be_near(other))
    }

    fn compare(&self, other: &Self, count_edits: bool) -> f64 {
        if self.bare.is_empty() || other.bare.is_empty() {
            return 0.0;
        }
        if base_name(&self.lower) == base_name(&other.lower) {
            return 1.0;
        }
        if self.bare == other.bare {
            return 0.98;
        }
        let edits =
            if count_edits { strsim::normalized_damerau_levenshtein(&self.lower, &other.lower) } else { 0.0 };
        edits.max(self.containment(other)).max(self.shared_words(other))
    }

    /// Whether so few edits can make one of the other that it is worth counting them: each edit changes one character.
    fn may_be_near(&self, other: &Self) -> bool {
        let pairs = || self.letters.iter().zip(&other.letters);
        let gone: usize = pairs().map(|(own, other)| usize::from(own.saturating_sub(*other))).sum();
        let added: usize = pairs().map(|(own, other)| usize::from(other.saturating_sub(*own))).sum();
        let (edits, longest) = (gone.max(added), self.length.max(other.length));
        #[allow(clippy::cast_precision_loss, reason = "lengths of names")]
        let best = 1.0 - edits as f64 / longest.max(1) as f64;
        best >= ENOUGH
    }

    /// One of them is a part of the other: `SaveImg` of a list that has `SaveImgPlus`.
    fn containment(&self, other: &Self) -> f64 {
        const SHORTEST: usize = 3;
        let (short, long) = if self.bare.len() < other.bare.len() {
            (&self.bare, &other.bare)
        } else {
            (&other.bare, &self.bare)
        };
        if short.len() < SHORTEST || !long.contains(short.as_str()) {
            return 0.0;
        }
        #[allow(clippy::cast_precision_loss, reason = "lengths of names")]
        let ratio = short.len() as f64 / long.len() as f64;
        0.55 + 0.4 * ratio
    }

    /// The same words in another order, or most of them.
    fn shared_words(&self, other: &Self) -> f64 {
        let shared = self.words.intersection(&other.words).count();
        #[allow(clippy::cast_precision_loss, reason = "numbers of words")]
        let dice = 2.0 * shared as f64 / (self.words.len() + other.words.len()).max(1) as f64;
        0.9 * dice
    }
}

/// The words of a name in small letters, in their order: split at separators, at capitals and around numbers. `VAEDecode` has two, `3DPreview` three.
pub fn words(text: &str) -> Vec<String> {
    let (mut words, mut word) = (Vec::new(), String::new());
    let mut last = ' ';
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let begins =
            last.is_uppercase() && c.is_uppercase() && chars.peek().is_some_and(|next| next.is_lowercase());
        let hump = (last.is_lowercase() && c.is_uppercase()) || begins;
        let number = last.is_ascii_digit() != c.is_ascii_digit() && last.is_alphanumeric();
        if (hump || number || !c.is_alphanumeric()) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if c.is_alphanumeric() {
            word.extend(c.to_lowercase());
        }
        last = c;
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// The part after the last slash of either kind.
fn base_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// The candidate that looks most like `text`, if any looks enough like it. Of equals the first.
pub fn nearest<'a>(text: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = Name::new(text);
    let mut best: Option<Near<'a>> = None;
    for text in candidates {
        let score = wanted.similarity_if_enough(&Name::new(text));
        if score >= ENOUGH && best.is_none_or(|best| score > best.score) {
            best = Some(Near { text, score });
        }
    }
    best.map(|near| near.text)
}

/// Whether the first of a ranking is so much better than the rest that nothing else can have been meant.
pub(crate) fn is_sure(ranked: &[Near<'_>]) -> bool {
    const SURE: f64 = 0.8;
    const LEAD: f64 = 0.08;
    match ranked {
        [] => false,
        [only] => only.score >= SURE,
        [best, next, ..] => best.score >= SURE && best.score - next.score >= LEAD,
    }
}

/// Looks for suggestions until that has been enough work: one typing error deserves some, a hundred thousand errors
/// are something else.
#[derive(Debug)]
pub(crate) struct Suggestions {
    /// Candidates that may still be looked at.
    left: usize,
}

impl Default for Suggestions {
    fn default() -> Self {
        Self { left: 400_000 }
    }
}

impl Suggestions {
    /// Whether this many more candidates may be looked at.
    pub(crate) fn spend(&mut self, candidates: usize) -> bool {
        let is_enough = self.left >= candidates;
        self.left = self.left.saturating_sub(candidates);
        is_enough
    }

    /// The candidates that look like `text`, best first, at most `count`; of equals the first comes first. Nothing once
    /// there was too much to look at.
    pub(crate) fn ranked<'a>(
        &mut self,
        text: &str,
        candidates: impl Iterator<Item = &'a str>,
        count: usize,
    ) -> Vec<Near<'a>> {
        let name = Name::new(text);
        let mut ranked = Vec::new();
        for candidate in candidates {
            if !self.spend(1) {
                return Vec::new();
            }
            let score = name.similarity_if_enough(&Name::new(candidate));
            if score >= ENOUGH {
                ranked.push(Near { text: candidate, score });
            }
        }
        ranked.sort_by(|a, b| b.score.total_cmp(&a.score));
        ranked.truncate(count);
        ranked
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(text: &str) -> Vec<&'static str> {
        let known = [
            "KSampler",
            "SaveImage",
            "xl/base.safetensors",
            "dpmpp_2m",
            "dpmpp_2m_sde",
            "CheckpointLoaderSimple",
            "Preview3D",
        ];
        Suggestions::default().ranked(text, known.into_iter(), 2).into_iter().map(|near| near.text).collect()
    }

    #[test]
    fn near_names_and_moved_files_are_found() {
        assert_eq!(find("ksampler"), ["KSampler"]);
        assert_eq!(find("KSmapler"), ["KSampler"]);
        assert_eq!(find("SaveImages"), ["SaveImage"]);
        assert_eq!(find("DPMPP-2M"), ["dpmpp_2m", "dpmpp_2m_sde"]);
        assert_eq!(find("SimpleCheckpointLoader"), ["CheckpointLoaderSimple"]);
        assert_eq!(find("3DPreview"), ["Preview3D"]);
        assert_eq!(find("other\\base.safetensors"), ["xl/base.safetensors"]);
        assert!(
            find("Frobnicate").is_empty() && find("").is_empty() && find(&"K".repeat(100_000)).is_empty()
        );
    }

    #[test]
    fn only_a_clear_lead_is_sure() {
        let near = |score| Near { text: "a", score };
        assert!(is_sure(&[near(0.9), near(0.7)]) && is_sure(&[near(0.85)]));
        assert!(!is_sure(&[near(0.9), near(0.88)]) && !is_sure(&[near(0.7)]) && !is_sure(&[]));
    }

    #[test]
    fn work_is_bounded() {
        let mut few = Suggestions { left: 3 };
        assert_eq!(few.ranked("KSamplr", ["KSampler"; 3].into_iter(), 1).len(), 1);
        assert!(few.ranked("KSamplr", ["KSampler"; 3].into_iter(), 1).is_empty());
    }
}
