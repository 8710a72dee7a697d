//! Turning foreign text into identifiers, and settling who gets a contested one.
//!
//! Pure functions of text; nothing here knows what a node is.

use std::collections::{BTreeMap, BTreeSet};

use heck::ToSnakeCase;

/// Keywords of every edition, strict and reserved, and the words that cannot be raw identifiers either.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop",
    "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static",
    "struct", "super", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual",
    "where", "while", "yield", "Self", "_",
];

/// The case of an identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Case {
    /// `UpperCamel`, for types and variants.
    Upper,
    /// `snake_case`, for methods and fields.
    Snake,
}

/// FNV-1a, 64 bits: small, stable for ever, and not in need of being strong.
pub(crate) fn fnv(text: &str) -> u64 {
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// `name` marked with a hash of its original, of `digits` hexadecimal digits (at most 16).
pub(crate) fn hashed(name: &str, original: &str, case: Case, digits: usize) -> String {
    let hex = format!("{:016x}", fnv(original));
    let hex = hex.get(16 - digits.min(16)..).unwrap_or(&hex);
    match case {
        Case::Upper => format!("{name}X{hex}"),
        Case::Snake => format!("{}_{hex}", name.trim_end_matches('_')),
    }
}

/// Whether a character may stay. Other letters than these are legal in Rust too, but rustc warns of many of them
/// (confusable or uncommon ones), or takes two spellings for one (it normalises); they are left out and the name
/// is told apart by its hash.
fn is_kept(c: char) -> bool {
    c.is_ascii_alphanumeric()
        || matches!(c, '\u{c0}'..='\u{ff}' if c != '×' && c != '÷')
        || matches!(c, '\u{4e00}'..='\u{9fff}' | '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fa}' | '\u{ac00}'..='\u{d7a3}')
}

/// A separator that keeps the digits around it apart: `16:9` and `1.5` are not `169` and `15`.
const APART: char = '\u{1}';

/// The words of a text, in lower case, and whether the digits before each word have to be kept apart from it.
fn words(text: &str) -> Vec<(String, bool)> {
    let mut spaced = String::with_capacity(text.len() + 8);
    let mut before = None;
    for (at, c) in text.char_indices() {
        let next = text[at + c.len_utf8()..].chars().next();
        match c {
            _ if is_kept(c) => spaced.push(c),
            '\'' | '’' => {}
            '+' => spaced.push_str(" plus "),
            '-' if before.is_none_or(|b: char| b.is_whitespace() || b == '(')
                && next.is_some_and(is_kept) =>
            {
                spaced.push_str(" minus ");
            }
            '-' | '_' => spaced.push(' '),
            _ => spaced.push(APART),
        }
        before = Some(c);
    }
    let mut all = Vec::new();
    for part in spaced.split(' ') {
        for (index, piece) in part.split(APART).enumerate() {
            for (nth, word) in piece.to_snake_case().split('_').filter(|word| !word.is_empty()).enumerate() {
                all.push((word.to_owned(), index > 0 && nth == 0));
            }
        }
    }
    all
}

/// The `UpperCamel` form of any text; empty when nothing in it can stay.
pub(crate) fn upper(text: &str) -> String {
    let mut name = String::with_capacity(text.len());
    for (word, apart) in words(text) {
        let digits = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
        if apart && digits(name.chars().next_back()) && digits(word.chars().next()) {
            name.push('_');
        }
        let mut chars = word.chars();
        if let Some(first) = chars.next() {
            name.extend(first.to_uppercase());
            name.push_str(chars.as_str());
        }
    }
    if name.starts_with(|c: char| c.is_ascii_digit()) {
        name.insert(0, 'N');
    }
    name
}

/// The `snake_case` form of any text; empty when nothing in it can stay.
pub(crate) fn snake(text: &str) -> String {
    let words: Vec<String> = words(text).into_iter().map(|(word, _)| word).collect();
    let mut name = words.join("_");
    if name.starts_with(|c: char| c.is_ascii_digit()) {
        name.insert(0, 'n');
    }
    name
}

/// Whether the text is an identifier of the wanted look without any change.
pub(crate) fn is_upper_ident(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_uppercase()) && text.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// Whether the word can be no identifier, or must not be one here.
pub(crate) fn is_keyword(name: &str) -> bool {
    KEYWORDS.contains(&name)
}

/// The raw identifier that a setter can be written as, too: `type` of `type_`, for `.r#type(..)`. `None` for words that can
/// be no raw identifier.
pub fn raw_setter(setter: &str) -> Option<&str> {
    let word = setter.strip_suffix('_')?;
    let can_be_raw = !matches!(word, "self" | "Self" | "super" | "crate" | "_");
    (is_keyword(word) && can_be_raw).then_some(word)
}

/// How faithful an identifier is to its original: the less the better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Loss {
    /// The same text.
    None,
    /// Only the case and simple separators between words were changed.
    Style,
    /// Characters were dropped, or the name was made up.
    Lossy,
}

/// The loss between a text and the identifier that was made of it.
pub(crate) fn loss(original: &str, ident: &str) -> Loss {
    if original == ident {
        return Loss::None;
    }
    let plain = original.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b' '));
    let trimmed = original.trim_matches(['_', '-', ' ']) == original;
    if plain && trimmed && !original.is_empty() { Loss::Style } else { Loss::Lossy }
}

/// Gives every original of a set its identifier.
///
/// `wish` says what a name would be called if it were alone; `taken` are names that nobody may get. Of several that
/// want one name, the most faithful keeps it if it is the only such one; all others get the shortest hash of their
/// originals that tells them apart. The result depends on the set alone, not on its order.
pub(crate) fn settle<'a>(
    originals: impl IntoIterator<Item = &'a str>,
    case: Case,
    wish: impl Fn(&str) -> String,
    taken: impl Fn(&str) -> bool,
) -> BTreeMap<&'a str, String> {
    let wishes: BTreeMap<&str, String> = originals.into_iter().map(|text| (text, wish(text))).collect();
    let mut rivals: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (original, name) in &wishes {
        rivals.entry(name).or_default().push(original);
    }
    let mut names = BTreeMap::new();
    let mut losers = Vec::new();
    for (name, group) in &rivals {
        let winner = if name.is_empty() || taken(name) { None } else { most_faithful(group, name) };
        for original in group {
            if winner == Some(*original) {
                names.insert(*original, (*name).to_owned());
            } else {
                losers.push(*original);
            }
        }
    }
    let blank = if case == Case::Upper { "Unnamed" } else { "unnamed" };
    for digits in [4, 8, 16] {
        let marked: Vec<String> = losers
            .iter()
            .map(|original| {
                let name = wishes.get(original).filter(|name| !name.is_empty()).map_or(blank, String::as_str);
                hashed(name, original, case, digits)
            })
            .collect();
        let distinct: BTreeSet<&String> = marked.iter().collect();
        let free = marked.iter().all(|name| !rivals.contains_key(name.as_str()) && !taken(name));
        if digits == 16 || (free && distinct.len() == marked.len()) {
            names.extend(losers.iter().copied().zip(marked));
            break;
        }
    }
    names
}

/// The one original that is closer to the name than all others.
fn most_faithful<'a>(group: &[&'a str], name: &str) -> Option<&'a str> {
    let best = group.iter().map(|original| loss(original, name)).min()?;
    let mut closest = group.iter().filter(|original| loss(original, name) == best);
    let first = closest.next()?;
    closest.next().is_none().then_some(*first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn upper_camel_of_what_servers_send() {
        let cases = [
            ("dpmpp_2m_sde", "Dpmpp2mSde"),
            ("unCLIPCheckpointLoader", "UnClipCheckpointLoader"),
            ("FreeU_V2", "FreeUV2"),
            ("Video Slice", "VideoSlice"),
            ("TextEncodeAceStepAudio1.5", "TextEncodeAceStepAudio1_5"),
            ("720p", "N720p"),
            ("16:9", "N16_9"),
            ("v1-5-pruned-emaonly-fp16", "V15PrunedEmaonlyFp16"),
            ("scale dimensions", "ScaleDimensions"),
            ("-x", "MinusX"),
            ("IMAGE+TEXT", "ImagePlusText"),
            ("采样器", "采样器"),
            ("🎨", ""),
            ("Zoë's café", "ZoësCafé"),
        ];
        for (text, name) in cases {
            assert_eq!(upper(text), name, "{text}");
        }
    }

    #[test]
    fn snake_of_what_servers_send() {
        let cases = [
            ("input_blocks.0.", "input_blocks_0"),
            ("TAPose", "ta_pose"),
            ("3D Model Path", "n3d_model_path"),
            ("U", "u"),
        ];
        for (text, name) in cases {
            assert_eq!(snake(text), name, "{text}");
        }
    }

    #[test]
    fn every_upper_name_is_an_identifier() {
        for text in ["a b", "9", "ſ", "e\u{301}", "ﬁ", "K\u{212a}", "ー", "a\u{200b}b", "ÿ", "ß", "²"]
        {
            let name = upper(text);
            assert!(name.is_empty() || syn::parse_str::<syn::Ident>(&name).is_ok(), "{text:?} -> {name:?}");
        }
    }

    #[test]
    fn the_most_faithful_keeps_a_contested_name() {
        let names = settle(["x", "-x", "X", "x."], Case::Upper, upper, |_| false);
        assert_eq!(names["X"], "X");
        assert_eq!(names["-x"], "MinusX");
        assert!(names["x"].starts_with("XX"), "{names:?}");
        let all: BTreeSet<&String> = names.values().collect();
        assert_eq!(all.len(), 4);
    }

    #[test]
    fn equals_in_faith_all_get_a_hash() {
        let names = settle(["a b", "a_b"], Case::Snake, snake, |_| false);
        // `a_b` is the identifier itself
        assert_eq!(names["a_b"], "a_b");
        let names = settle(["A b", "a-b"], Case::Snake, snake, |_| false);
        assert!(names.values().all(|name| name.len() == "a_b_0000".len()), "{names:?}");
    }

    #[test]
    fn order_does_not_matter() {
        let there = settle(["a b", "A-B", "ab", "🎨", "🐍"], Case::Upper, upper, |_| false);
        let back = settle(["🐍", "🎨", "ab", "A-B", "a b"], Case::Upper, upper, |_| false);
        assert_eq!(there, back);
    }

    #[test]
    fn a_name_is_never_given_twice_even_beside_a_hash() {
        let hash = hashed("a_b", "A b", Case::Snake, 4);
        let names = settle(["A b", "a-b", &hash], Case::Snake, snake, |_| false);
        let all: BTreeSet<&String> = names.values().collect();
        assert_eq!(all.len(), 3, "{names:?}");
    }
}
