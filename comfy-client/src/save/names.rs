//! What results are called: [`NamePattern`], and what its fields mean.

use std::{borrow::Cow, fmt, str::FromStr};

/// A pattern of names below a folder, such as `{date}/{stem}_{seed}.{ext}`. A `/` between fields makes a folder.
///
/// | field | meaning |
/// |---|---|
/// | `{name}` | the server's name, `ComfyUI_00001_.png` |
/// | `{stem}`, `{ext}` | its two parts: `ComfyUI_00001_` and `png` |
/// | `{subfolder}` | the folder that the server has it in, below its own; may be empty |
/// | `{node}` | the node that made it, by its id in the prompt |
/// | `{kind}` | `images`, `audio`, `text`, … |
/// | `{n}` | the number of the result among those of its job, from 1; `{n:03}` is `001` |
/// | `{job}` | the job's id |
/// | `{date}`, `{time}` | when it is saved, in local time: `2026-11-27` and `15-04-05` |
/// | `{seed}` | the first seed in the prompt; `0` without one |
///
/// Braces are written twice to be themselves. A pattern without `{name}` and `{ext}` gets the server's extension.
///
/// ```
/// use comfy_client::save::NamePattern;
///
/// let pattern: NamePattern = "{date}/{stem}.{ext}".parse()?;
/// assert_eq!(pattern.to_string(), "{date}/{stem}.{ext}");
/// assert!("{nam}".parse::<NamePattern>().is_err());
/// # Ok::<(), comfy_client::save::NamePatternError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamePattern {
    text: String,
    pieces: Vec<Piece>,
}

/// Why a text is no pattern.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum NamePatternError {
    /// There is no such field.
    #[error("`{{{0}}}` is no field; there are {FIELDS}")]
    NoField(String),
    /// A brace has no partner.
    #[error("`{0}` has a brace without its partner; a brace itself is written twice")]
    Brace(String),
    /// What stands after the colon is no width.
    #[error("`{0}` is no width; write it like {{n:03}}")]
    Width(String),
    /// There is nothing in it.
    #[error("the pattern is empty")]
    Empty,
}

const FIELDS: &str =
    "{name}, {stem}, {ext}, {subfolder}, {node}, {kind}, {n}, {job}, {date}, {time} and {seed}";

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Field(Field, usize),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Name,
    Stem,
    Ext,
    Subfolder,
    Node,
    Kind,
    Number,
    Job,
    Date,
    Time,
    Seed,
}

/// What is known of a result.
#[derive(Clone, Debug)]
pub(super) struct About<'o> {
    pub(super) name: Cow<'o, str>,
    pub(super) subfolder: &'o str,
    pub(super) node: &'o str,
    pub(super) kind: &'o str,
    pub(super) number: usize,
    pub(super) job: &'o str,
    pub(super) moment: Moment,
    pub(super) seed: Option<String>,
}

/// A date and a time in words that file names can have.
#[derive(Clone, Debug, Default)]
pub(super) struct Moment {
    date: String,
    time: String,
}

impl Moment {
    /// The local time.
    pub(super) fn now() -> Self {
        let now = jiff::ZonedDateTime::now();
        Self {
            date: format!("{:04}-{:02}-{:02}", now.year(), now.month(), now.day()),
            time: format!("{:02}-{:02}-{:02}", now.hour(), now.minute(), now.second()),
        }
    }
}

impl FromStr for NamePattern {
    type Err = NamePatternError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let brace = || NamePatternError::Brace(text.to_owned());
        let mut pieces = Vec::new();
        let mut plain = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            let (before, after) = rest.split_at(at);
            plain.push_str(before);
            let is_doubled = after.starts_with("{{") || after.starts_with("}}");
            if is_doubled {
                plain.push_str(after.get(..1).unwrap_or_default());
                rest = after.get(2..).unwrap_or_default();
                continue;
            }
            let field = after.strip_prefix('{').ok_or_else(brace)?;
            let (field, after) = field.split_once('}').ok_or_else(brace)?;
            pieces.extend((!plain.is_empty()).then(|| Piece::Text(std::mem::take(&mut plain))));
            pieces.push(Piece::of_field(field)?);
            rest = after;
        }
        plain.push_str(rest);
        pieces.extend((!plain.is_empty()).then_some(Piece::Text(plain)));
        if pieces.is_empty() {
            return Err(NamePatternError::Empty);
        }
        Ok(Self { text: text.to_owned(), pieces })
    }
}

impl Piece {
    fn of_field(word: &str) -> Result<Self, NamePatternError> {
        let (name, width) = match word.split_once(':') {
            Some((name, width)) => {
                let number = width.parse().ok().filter(|width| (1..=20).contains(width));
                (name, number.ok_or_else(|| NamePatternError::Width(width.to_owned()))?)
            }
            None => (word, 0),
        };
        let field = match name {
            "name" => Field::Name,
            "stem" => Field::Stem,
            "ext" => Field::Ext,
            "subfolder" => Field::Subfolder,
            "node" => Field::Node,
            "kind" => Field::Kind,
            "n" => Field::Number,
            "job" => Field::Job,
            "date" => Field::Date,
            "time" => Field::Time,
            "seed" => Field::Seed,
            other => return Err(NamePatternError::NoField(other.to_owned())),
        };
        Ok(Self::Field(field, width))
    }
}

impl NamePattern {
    /// The name of a result, as the parts of a path; what the server says of it is not to be trusted yet.
    pub(super) fn fill(&self, about: &About<'_>) -> Vec<String> {
        let (stem, extension) = split(&about.name);
        let mut all = String::new();
        let mut says_type = false;
        for piece in &self.pieces {
            let (field, width) = match piece {
                Piece::Text(text) => {
                    all.push_str(text);
                    continue;
                }
                Piece::Field(field, width) => (*field, *width),
            };
            says_type |= matches!(field, Field::Name | Field::Ext);
            let value: Cow<'_, str> = match field {
                Field::Name => about.name.as_ref().into(),
                Field::Stem => stem.into(),
                Field::Ext => extension.into(),
                // the one field that may have folders in it
                Field::Subfolder => {
                    all.push_str(&about.subfolder.replace('\\', "/"));
                    continue;
                }
                Field::Node => about.node.into(),
                Field::Kind => about.kind.into(),
                Field::Number => about.number.to_string().into(),
                Field::Job => about.job.into(),
                Field::Date => about.moment.date.as_str().into(),
                Field::Time => about.moment.time.as_str().into(),
                Field::Seed => about.seed.as_deref().unwrap_or("0").into(),
            };
            let value = value.replace(['/', '\\'], "_");
            all.extend(std::iter::repeat_n('0', width.saturating_sub(value.chars().count())));
            all.push_str(&value);
        }
        if !says_type && !extension.is_empty() {
            all.push('.');
            all.push_str(&extension.replace(['/', '\\'], "_"));
        }
        all.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect()
    }
}

/// `{subfolder}/{name}`: as the server has it.
impl Default for NamePattern {
    fn default() -> Self {
        let pieces = vec![
            Piece::Field(Field::Subfolder, 0),
            Piece::Text("/".to_owned()),
            Piece::Field(Field::Name, 0),
        ];
        Self { text: "{subfolder}/{name}".to_owned(), pieces }
    }
}

impl fmt::Display for NamePattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn split(name: &str) -> (&str, &str) {
    match name.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() => (stem, extension),
        _ => (name, ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fill(pattern: &str) -> String {
        let about = About {
            name: "ComfyUI_00001_.png".into(),
            subfolder: "a\\b",
            node: "9",
            kind: "images",
            number: 7,
            job: "0d7f",
            moment: Moment { date: "2026-11-27".into(), time: "15-04-05".into() },
            seed: Some("42".into()),
        };
        pattern.parse::<NamePattern>().expect(pattern).fill(&about).join("/")
    }

    #[test]
    fn fields_are_filled_in() {
        assert_eq!(fill("{subfolder}/{name}"), "a/b/ComfyUI_00001_.png");
        assert_eq!(fill("{date}/{stem}-{seed}.{ext}"), "2026-11-27/ComfyUI_00001_-42.png");
        assert_eq!(fill("{n:03}"), "007.png");
        assert_eq!(fill("{job}_{node}_{kind}_{time}"), "0d7f_9_images_15-04-05.png");
        assert_eq!(fill("{{{n}}}"), "{7}.png");
        assert_eq!(
            NamePattern::default().fill(&About {
                name: "x".into(),
                subfolder: "",
                node: "",
                kind: "",
                number: 1,
                job: "",
                moment: Moment::default(),
                seed: None,
            }),
            ["x"]
        );
    }

    #[test]
    fn what_is_no_pattern_is_said() {
        let error = |text: &str| text.parse::<NamePattern>().expect_err(text).to_string();
        assert!(error("{nam}").starts_with("`{nam}` is no field; there are {name}, {stem}"));
        assert!(error("a}b").contains("without its partner"));
        assert!(error("a{b").contains("without its partner"));
        assert_eq!(error("{n:x}"), "`x` is no width; write it like {n:03}");
        assert_eq!(error(""), "the pattern is empty");
    }
}
