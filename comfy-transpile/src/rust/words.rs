//! Names of `let` bindings, parameters and functions: short, telling, unique.
//!
//! Names of generated items (types, setters, outputs) are `comfy_codegen`'s.

use std::collections::BTreeMap;

use heck::ToSnakeCase;

/// A name made of a text has at most this many words …
const WORDS: usize = 4;
/// … and at most this many characters.
const LENGTH: usize = 32;

/// Names that generated code and the prelude already use as functions, and the builder itself.
const RESERVED: &[&str] = &["g", "flow", "main", "raw", "unlinked", "grow", "json", super::layout::ADD];

/// Words that no identifier can be.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop",
    "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static",
    "struct", "super", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual",
    "where", "while", "yield",
];

/// A `snake_case` identifier made of any text; `None` if there is nothing to make one of.
pub(super) fn ident(text: &str) -> Option<String> {
    let ascii: String = text.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { ' ' }).collect();
    let name = ascii.trim_start_matches(|c: char| !c.is_ascii_alphabetic()).to_snake_case();
    let has_word = name.chars().filter(char::is_ascii_alphabetic).count() > 0;
    has_word.then(|| escape(name))
}

/// An identifier made of a user's title, if it makes a good one.
pub(super) fn of_title(title: &str) -> Option<String> {
    // a title that is mostly not ASCII would lose its sense
    let letters = title.chars().filter(|c| c.is_alphabetic()).count();
    if letters == 0 || title.chars().filter(char::is_ascii_alphabetic).count() * 2 < letters {
        return None;
    }
    let whole = ident(title).filter(|name| is_short(name));
    // "CLIP Text Encode (Positive Prompt)"
    let inner = || {
        let (_, rest) = title.split_once('(')?;
        ident(rest.split_once(')')?.0).filter(|name| is_short(name))
    };
    whole.or_else(inner)
}

fn is_short(name: &str) -> bool {
    name.len() > 1 && name.len() <= LENGTH && name.split('_').count() <= WORDS
}

/// The class in few words: `CLIPTextEncodeFlux` → `clip_text_encode_flux`.
pub(super) fn of_class(class_type: &str) -> Option<String> {
    let known = match class_type {
        "CheckpointLoaderSimple" | "CheckpointLoader" | "ImageOnlyCheckpointLoader" => Some("ckpt"),
        _ => None,
    };
    if let Some(name) = known {
        return Some(name.to_owned());
    }
    let name = ident(class_type)?;
    let words: Vec<&str> = name.split('_').filter(|word| *word != "node").take(WORDS).collect();
    Some(escape(words.join("_"))).filter(|name| !name.is_empty())
}

/// Makes a name legal.
fn escape(name: String) -> String {
    if KEYWORDS.contains(&name.as_str()) { name + "_" } else { name }
}

/// The names in use in one function, each with the last statement that needs it.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope {
    last_use: BTreeMap<String, usize>,
}

impl Scope {
    /// A scope in which the names of the prelude and of `functions` are never taken.
    pub(super) fn new<'f>(functions: impl IntoIterator<Item = &'f str>) -> Self {
        let names = RESERVED.iter().copied().chain(functions);
        Self { last_use: names.map(|name| (name.to_owned(), usize::MAX)).collect() }
    }

    /// A name for what statement `at` makes and statement `last_use` is the last to use: the first of `wanted`
    /// that is free, or whose owner ends with this very statement; else the first one numbered.
    ///
    /// `let model = g.add(LoraLoaderModelOnly::new().model(model))` is a chain, from which a link can be taken and
    /// into which one can be put. No other name is used again: a forgotten line would not be missed then.
    pub(super) fn claim(&mut self, wanted: &[String], at: usize, last_use: usize) -> String {
        let until = last_use.max(at + 1);
        let free = wanted.iter().find(|name| self.last_use.get(*name).is_none_or(|last| *last == at));
        let name = match free {
            Some(name) => name.clone(),
            None => self.numbered(wanted.first().map_or("node", String::as_str)),
        };
        self.last_use.insert(name.clone(), until);
        name
    }

    /// A name that nothing else has or will have.
    pub(super) fn unique(&mut self, wanted: &str) -> String {
        let name = if self.last_use.contains_key(wanted) { self.numbered(wanted) } else { wanted.to_owned() };
        self.last_use.insert(name.clone(), usize::MAX);
        name
    }

    /// Says that nothing after statement `last_use` needs this name.
    pub(super) fn release_after(&mut self, name: &str, last_use: usize) {
        self.last_use.insert(name.to_owned(), last_use);
    }

    fn numbered(&self, base: &str) -> String {
        let base = base.trim_end_matches('_');
        // one more than there are names: one of them is free
        (2..self.last_use.len() + 3)
            .map(|number| format!("{base}_{number}"))
            .find(|name| !self.last_use.contains_key(name))
            .unwrap_or_else(|| format!("{base}_{}", self.last_use.len() + 3))
    }
}

/// Inputs whose name tells more about what they get than its type does.
const TELLING_INPUTS: &[&str] = &[
    "positive",
    "negative",
    "samples",
    "mask",
    "noise",
    "guider",
    "sampler",
    "sigmas",
    "start_image",
    "end_image",
    "first_frame",
    "last_frame",
    "control_image",
    "reference_image",
    "style_image",
    "prompt",
    "negative_prompt",
    "system_prompt",
    "audio",
];

/// Whether the name of an input or output tells nothing of it; numbers at the end aside.
pub(super) fn is_empty_name(name: &str) -> bool {
    let stem = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '_');
    EMPTY_NAMES.contains(&stem)
}

/// A name for a value of which only the type is known.
pub(super) fn of_primitive(io_type: &str) -> Option<String> {
    let name = match io_type {
        "STRING" => "text",
        "INT" | "FLOAT" => "number",
        "BOOLEAN" => "flag",
        "COMBO" => "choice",
        _ => return None,
    };
    Some(name.to_owned())
}

/// Names that tell nothing.
const EMPTY_NAMES: &[&str] = &[
    "output",
    "out",
    "value",
    "result",
    "input",
    "a",
    "b",
    "x",
    "y",
    "any",
    "anything",
    "source",
    "text",
    "string",
    "comfy_matchtype_v",
];

/// The name that the uses of an output suggest: all of its inputs have this name, and it tells something.
/// `is_primitive`: the output is a number, a text or a flag, whose type tells nothing at all.
pub(super) fn of_uses<'u>(mut inputs: impl Iterator<Item = &'u str>, is_primitive: bool) -> Option<String> {
    let first = inputs.next()?;
    if inputs.any(|other| other != first) {
        return None;
    }
    let last_part = first.rsplit('.').next().unwrap_or(first);
    let name = ident(last_part)?;
    let tells = TELLING_INPUTS.contains(&name.as_str())
        || (is_primitive && is_short(&name) && !EMPTY_NAMES.contains(&name.as_str()));
    tells.then_some(name)
}

/// The name that an output's own label suggests.
pub(super) fn of_output(label: &str) -> Option<String> {
    ident(label).filter(|name| is_short(name) && !is_empty_name(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_become_names_when_they_are_short() {
        assert_eq!(of_title("Refiner pass").as_deref(), Some("refiner_pass"));
        assert_eq!(of_title("CLIP Text Encode (Positive Prompt)").as_deref(), Some("positive_prompt"));
        assert_eq!(of_title("Load the model that you want to use here please"), None);
        assert_eq!(of_title("加载模型 A"), None);
        assert_eq!(of_title("2. Loop").as_deref(), Some("loop_"));
        assert_eq!(of_title("42"), None);
    }

    #[test]
    fn names_are_taken_over_by_what_replaces_them() {
        let mut scope = Scope::new(["upscale"]);
        let model = ["model".to_owned()];
        assert_eq!(scope.claim(&model, 0, 3), "model");
        assert_eq!(scope.claim(&model, 1, 5), "model_2");
        // statement 3 is the last to use the first one, which goes on in it
        assert_eq!(scope.claim(&model, 3, 9), "model");
        assert_eq!(scope.claim(&model, 11, 12), "model_3");
        assert_eq!(scope.claim(&["g".to_owned()], 4, 5), "g_2");
        assert_eq!(scope.claim(&["upscale".to_owned()], 4, 5), "upscale_2");
        assert_eq!(scope.unique("mask"), "mask");
        assert_eq!(scope.unique("mask"), "mask_2");
    }

    #[test]
    fn uses_name_what_they_agree_on() {
        assert_eq!(of_uses(["positive", "positive"].into_iter(), false).as_deref(), Some("positive"));
        assert_eq!(of_uses(["positive", "negative"].into_iter(), false), None);
        assert_eq!(of_uses(["images"].into_iter(), false), None);
        assert_eq!(of_uses(["width"].into_iter(), true).as_deref(), Some("width"));
        assert_eq!(of_uses(["resize_type.width"].into_iter(), true).as_deref(), Some("width"));
        assert_eq!(of_uses(["value"].into_iter(), true), None);
    }
}
