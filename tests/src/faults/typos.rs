//! Misspelling words as people and machines do.

use super::Chance;

/// The word with one mistake in it that makes it another word.
pub(super) fn misspell(word: &str, chance: &mut Chance) -> Option<String> {
    const TRIES: usize = 8;
    if word.is_empty() {
        return None;
    }
    (0..TRIES).find_map(|_| {
        let made = once(word, chance);
        (made != word && !made.is_empty()).then_some(made)
    })
}

fn once(word: &str, chance: &mut Chance) -> String {
    let letters: Vec<char> = word.chars().collect();
    let at = chance.below(letters.len());
    let edited = |edit: &dyn Fn(&mut Vec<char>)| {
        let mut letters = letters.clone();
        edit(&mut letters);
        letters.into_iter().collect::<String>()
    };
    match chance.below(12) {
        0 => edited(&|letters| letters.insert(at, letters[at])),
        1 => edited(&|letters| letters.insert(at, 'x')),
        2 | 3 => edited(&|letters| {
            letters.remove(at);
        }),
        4 | 5 => edited(&|letters| {
            let next = (at + 1) % letters.len();
            letters.swap(at, next);
        }),
        6 => edited(&|letters| letters[at] = if letters[at] == 'e' { 'a' } else { 'e' }),
        7 => word.to_lowercase(),
        8 => word.to_uppercase(),
        9 => format!("{word}s"),
        10 => word.replace(['_', '-', ' '], ""),
        _ => word.strip_suffix('s').unwrap_or(word).to_owned(),
    }
}

/// The name of an input in another style or with another ending.
pub(super) fn restyle(name: &str, chance: &mut Chance) -> Option<String> {
    let (before, last) = name.rsplit_once('.').map_or(("", name), |(before, last)| (before, last));
    let made = match chance.below(9) {
        0 => camel(last),
        1 => format!("{last}_name"),
        2 => last.strip_suffix("_name").unwrap_or(last).to_owned(),
        3 => format!("input_{last}"),
        4 => format!("{last}1"),
        5 => last.replace('_', "-"),
        6 => last.split('_').next().unwrap_or(last).to_owned(),
        _ => misspell(last, chance)?,
    };
    let made = if before.is_empty() { made } else { format!("{before}.{made}") };
    (made != name).then_some(made)
}

/// The name of a class with something added, left out or in another order.
pub fn rephrase(class: &str, chance: &mut Chance) -> Option<String> {
    let made = match chance.below(10) {
        0 => format!("{class}Node"),
        1 => format!("{class}2"),
        2 => class.strip_suffix("Simple").or(class.strip_suffix("Node")).unwrap_or(class).to_owned(),
        3 => snake(class),
        4 => class.replace("Image", "Img"),
        5 => class.replace("Loader", "Load"),
        _ => misspell(class, chance)?,
    };
    (made != class && !made.is_empty()).then_some(made)
}

/// A file under another name, in another folder or with another ending.
pub(super) fn rename_file(file: &str, chance: &mut Chance) -> Option<String> {
    let (stem, ending) = file.rsplit_once('.').unwrap_or((file, ""));
    let made = match chance.below(8) {
        0 => format!("{stem}.ckpt"),
        1 => format!("models/{file}"),
        2 => format!("{stem}_v2.{ending}"),
        3 => stem.to_owned(),
        4 => file.rsplit('/').next().unwrap_or(file).to_owned(),
        5 => file.replace(['_', '-'], " "),
        _ => format!("{}.{ending}", misspell(stem, chance)?),
    };
    (made != file).then_some(made)
}

fn camel(name: &str) -> String {
    let mut made = String::new();
    for (position, part) in name.split('_').enumerate() {
        let mut letters = part.chars();
        match letters.next() {
            Some(first) if position > 0 => made.extend(first.to_uppercase()),
            Some(first) => made.push(first),
            None => {}
        }
        made.extend(letters);
    }
    made
}

fn snake(name: &str) -> String {
    let mut made = String::new();
    let mut last = '_';
    for c in name.chars() {
        if c.is_uppercase() && last.is_lowercase() {
            made.push('_');
        }
        made.extend(c.to_lowercase());
        last = c;
    }
    made
}
