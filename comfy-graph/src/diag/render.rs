//! Diagnostics as text: for people ([`full`], [`concise`]), for programs ([`json`]) and for GitHub ([`github`]).
//!
//! Every function gives the text back; nobody here prints, and whether there is colour is the caller's decision.
//! `source` is the name and the text of the file that the diagnostics are about.

use std::fmt::Write as _;

use annotate_snippets::{AnnotationKind, Element, Group, Level, Origin, Renderer, Snippet};

use super::{Diagnostic, Place, Severity, alike, json, locate::Locator};

pub use super::locate::Position;

/// Which form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Form {
    /// With an excerpt of the source: [`full`].
    #[default]
    Full,
    /// One line each: [`concise`].
    Concise,
    /// One JSON object a line: [`json`].
    Json,
    /// Commands of GitHub's workflows: [`github`].
    Github,
}

/// Sorts diagnostics by where they point in the text of their document. Those without a place come first.
pub fn sort_by_place(diagnostics: &mut [Diagnostic], text: &str) {
    let source = Locator::new(("", text));
    diagnostics.sort_by_cached_key(|found| Some(source.span(found.place.as_ref()?)?.start));
}

/// Where places begin in a text; `source` is its name and itself. `None` for a place that is not there.
pub fn positions<'p>(
    places: impl IntoIterator<Item = &'p Place>,
    source: (&str, &str),
) -> Vec<Option<Position>> {
    let source = Locator::new(source);
    places.into_iter().map(|place| Some(source.position(source.span(place)?.start))).collect()
}

/// The text of all diagnostics in this form. `colour` is for [`Form::Full`].
pub fn render(form: Form, diagnostics: &[Diagnostic], source: Option<(&str, &str)>, colour: bool) -> String {
    match form {
        Form::Full => full(diagnostics, source, colour),
        Form::Concise => concise(diagnostics, source),
        Form::Json => json(diagnostics, source),
        Form::Github => github(diagnostics, source),
    }
}

/// As rustc shows them, with an excerpt of the source and an empty line after each. Long lines are cut, so that a
/// diagnostic about a workflow in one line stays short.
pub fn full(diagnostics: &[Diagnostic], source: Option<(&str, &str)>, colour: bool) -> String {
    let mut text = String::new();
    let mut renderer = Full::new(source, colour);
    for diagnostic in diagnostics {
        renderer.push(&mut text, diagnostic, None);
    }
    text
}

/// How many findings with excerpts are enough for a person, unless they say otherwise.
pub const MOST: usize = 100;

/// As [`full`], for a person who has one screen: of findings that are alike the first is shown, with where the others
/// are, and no more than `most` are shown in all. Says how many are left.
pub fn full_within(
    diagnostics: &[Diagnostic],
    source: Option<(&str, &str)>,
    colour: bool,
    most: usize,
) -> (String, usize) {
    let mut text = String::new();
    let mut renderer = Full::new(source, colour);
    let mut all = alike::kinds(diagnostics);
    let rest = all.split_off(most.min(all.len()));
    for (diagnostic, others) in &all {
        renderer.push(&mut text, diagnostic, alike::note(others));
    }
    (text, rest.iter().map(|(_, others)| 1 + others.len()).sum())
}

/// Writes excerpts of one source.
struct Full<'s> {
    renderer: Renderer,
    source: Option<Locator<'s>>,
}

impl<'s> Full<'s> {
    fn new(source: Option<(&'s str, &'s str)>, colour: bool) -> Self {
        let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
        Self { renderer, source: source.map(Locator::new) }
    }

    fn push(&mut self, text: &mut String, diagnostic: &Diagnostic, note: Option<String>) {
        let rendered = self.renderer.render(&groups(diagnostic, note, self.source.as_ref()));
        match &self.source {
            Some(source) => text.push_str(&with_columns(rendered, diagnostic, source)),
            None => text.push_str(&rendered),
        }
        text.push_str("\n\n");
    }
}

/// One line each: `file:line:column: error[code]: message`.
pub fn concise(diagnostics: &[Diagnostic], source: Option<(&str, &str)>) -> String {
    let source = source.map(Locator::new);
    let mut text = String::new();
    for diagnostic in diagnostics {
        if let Some((file, position)) = origin(diagnostic.place.as_ref(), source.as_ref()) {
            text.push_str(&clean(file));
            if let Some((line, column)) = position {
                // writing to a String cannot fail
                let _ = write!(text, ":{line}:{column}");
            }
            text.push_str(": ");
        }
        text.push_str(&clean(&diagnostic.to_string()));
        text.push('\n');
    }
    text
}

/// One JSON object a line, as `docs/check.md` describes them. They only ever gain keys.
pub fn json(diagnostics: &[Diagnostic], source: Option<(&str, &str)>) -> String {
    let source = source.map(Locator::new);
    let mut text = String::new();
    for diagnostic in diagnostics {
        text.push_str(&json::line(diagnostic, source.as_ref()));
        text.push('\n');
    }
    text
}

/// Commands that make GitHub's workflows show a diagnostic beside the file.
pub fn github(diagnostics: &[Diagnostic], source: Option<(&str, &str)>) -> String {
    let source = source.map(Locator::new);
    let mut text = String::new();
    for diagnostic in diagnostics {
        let command = match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "notice",
        };
        let _ = write!(text, "::{command} title={}", diagnostic.code);
        if let Some((file, position)) = origin(diagnostic.place.as_ref(), source.as_ref()) {
            let _ = write!(text, ",file={}", escape_property(file));
            if let Some((line, column)) = position {
                let _ = write!(text, ",line={line},col={column}");
            }
        }
        let _ = writeln!(text, "::{}", escape_data(&diagnostic.message));
    }
    text
}

/// The file of a place, and its line and column.
fn origin<'a>(
    place: Option<&Place>,
    source: Option<&'a Locator<'_>>,
) -> Option<(&'a str, Option<(usize, usize)>)> {
    if let Some(Place::Rust(location)) = place {
        return Some((location.file(), Some((location.line() as usize, location.column() as usize))));
    }
    let source = source?;
    let span = place.and_then(|place| source.span(place));
    let position = span.map(|span| source.position(span.start));
    Some((source.name, position.map(|position| (position.line, position.column))))
}

fn groups<'a>(
    diagnostic: &'a Diagnostic,
    note: Option<String>,
    source: Option<&'a Locator<'_>>,
) -> Vec<Group<'a>> {
    let title =
        level(diagnostic.severity).primary_title(clean(&diagnostic.message)).id(diagnostic.code.name());
    let mut group = title.elements(excerpt(source, diagnostic.place.as_ref()));
    for help in diagnostic.advice() {
        group = group.element(Level::HELP.message(wrapped(&clean(help))));
    }
    if let Some(note) = note {
        group = group.element(Level::NOTE.message(wrapped(&clean(&note))));
    }
    let mut groups = vec![group];
    for related in &diagnostic.related {
        let title = Level::NOTE.secondary_title(clean(&related.message));
        groups.push(title.elements(excerpt(source, Some(&related.place))));
    }
    groups
}

/// The lines of a place, or what is known of it without the text: the file, and of Rust the line.
fn excerpt<'a>(source: Option<&'a Locator<'_>>, place: Option<&Place>) -> Option<Element<'a>> {
    let found = source.and_then(|source| Some((source, source.span(place?)?)));
    let Some((source, span)) = found else {
        let (file, position) = origin(place, source)?;
        let path = Origin::path(file);
        let path = position.iter().fold(path, |path, (line, column)| path.line(*line).char_column(*column));
        return Some(path.into());
    };
    let (part, span, first) = source.around(&span);
    let mark = span.start - part.start..span.end - part.start;
    let snippet = Snippet::source(source.text.get(part).unwrap_or(""))
        .path(source.name)
        .line_start(first)
        .annotation(AnnotationKind::Primary.span(mark));
    Some(snippet.into())
}

/// Puts the columns right of excerpts that begin in the middle of a long line: the renderer counts from there.
fn with_columns(mut text: String, diagnostic: &Diagnostic, source: &Locator<'_>) -> String {
    let mut from = 0;
    let places = diagnostic.place.iter().chain(diagnostic.related.iter().map(|related| &related.place));
    for span in places.filter_map(|place| source.span(place)) {
        let (part, span, _) = source.around(&span);
        let Position { line, column } = source.position(span.start);
        let shown = column - source.position(part.start).column + 1;
        let written = format!("{}:{line}:{shown}\n", source.name);
        let Some(at) = text.get(from..).and_then(|rest| rest.find(&written)).map(|at| from + at) else {
            continue;
        };
        let right = format!("{}:{line}:{column}\n", source.name);
        text.replace_range(at..at + written.len(), &right);
        from = at + right.len();
    }
    text
}

fn level(severity: Severity) -> Level<'static> {
    match severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    }
}

/// Text of a workflow's author must not move the cursor or colour the terminal.
fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// A long list of names, on lines that an eye can follow.
fn wrapped(text: &str) -> String {
    const WIDTH: usize = 100;
    let (mut lines, mut column) = (String::with_capacity(text.len()), 0);
    for word in text.split_inclusive(' ') {
        let length = word.chars().count();
        if column > 0 && column + length > WIDTH + 1 {
            lines.truncate(lines.trim_end().len());
            lines.push('\n');
            column = 0;
        }
        lines.push_str(word);
        column += length;
    }
    lines
}

/// Escapes as `@actions/core: command.ts` does.
fn escape_data(text: &str) -> String {
    let text = text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    clean(&text)
}

fn escape_property(text: &str) -> String {
    escape_data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;
    use crate::diag::{Applicability, EditKind, JsonPath, Suggestion, codes};

    const WORKFLOW: &str = r#"{
  "nodes": [
    {"id": 3, "type": "KSampler", "widgets_values": [1, "randomize", 20, 8, "eulr"]},
    {"id": 9, "type": "SaveImage"}
  ]
}
"#;

    fn diagnostics() -> Vec<Diagnostic> {
        let node = JsonPath::root().key("nodes").index(0);
        vec![
            Diagnostic::new(codes::VALUE_NOT_IN_LIST, "KSampler #3: sampler_name has no option \"eulr\"")
                .at(node.clone().key("widgets_values").index(4))
                .node(3)
                .input("sampler_name")
                .suggest(Suggestion::new("change it to \"euler\"", Applicability::MachineApplicable).edit(
                    Some(node.clone().key("widgets_values").index(4)),
                    EditKind::Replace("euler".into()),
                )),
            Diagnostic::new(codes::RETURN_TYPE_MISMATCH, "SaveImage #9: images takes IMAGE, not LATENT")
                .at(JsonPath::root().key("nodes").index(1))
                .node(9)
                .input("images")
                .related(node, "the link comes from here"),
            Diagnostic::new(codes::LIVE_WIDGET, "a title, with\nlines, \u{1b}[31mcolour and 100%"),
        ]
    }

    const SOURCE: Option<(&str, &str)> = Some(("flows/a,b.json", WORKFLOW));

    #[test]
    fn full_shows_the_source() {
        assert_snapshot!(full(&diagnostics(), SOURCE, false));
    }

    #[test]
    fn long_advice_is_wrapped() {
        let names: Vec<String> = (0..30).map(|number| format!("SomeClassOfNodes{number}")).collect();
        let help = format!("add one of: {}", names.join(", "));
        let shown = full(&[Diagnostic::new(codes::UNUSED_NODE, "a").help(help)], None, false);
        assert!(shown.lines().all(|line| line.len() <= 112), "{shown}");
        assert!(names.iter().all(|name| shown.contains(&**name)), "{shown}");
        assert_eq!(wrapped("a b"), "a b");
        assert_eq!(wrapped(&"x".repeat(300)), "x".repeat(300));
    }

    #[test]
    fn full_without_a_source_is_the_message() {
        assert_snapshot!(full(&diagnostics()[..2], None, false));
    }

    #[test]
    fn colour_is_the_callers_decision() {
        assert!(full(&diagnostics(), SOURCE, true).contains('\u{1b}'));
        assert!(!full(&diagnostics(), SOURCE, false).contains('\u{1b}'));
    }

    #[test]
    fn concise_is_one_line_each() {
        assert_snapshot!(concise(&diagnostics(), SOURCE));
        assert_snapshot!(concise(&diagnostics()[..1], None));
    }

    #[test]
    fn json_is_one_object_a_line() {
        assert_snapshot!(json(&diagnostics(), SOURCE));
    }

    #[test]
    fn places_in_rust_know_their_file() {
        let here = std::panic::Location::caller();
        let diagnostic =
            Diagnostic::new(codes::VALUE_BIGGER_THAN_MAX, "KSampler #3: steps is 70000").at(here);
        let position = format!("{}:{}:{}", here.file(), here.line(), here.column());
        let diagnostics = [diagnostic];
        let alone = full(&diagnostics, None, false);
        assert!(alone.contains(&position), "{alone}");
        assert!(concise(&diagnostics, None).starts_with(&position));
        assert!(json(&diagnostics, None).contains(&format!("\"line\":{}", here.line())));
        let text = "\n".repeat(here.line() as usize - 1) + "        let ä = steps(70000);";
        let shown = full(&diagnostics, Some((here.file(), &text)), false);
        assert!(shown.contains("let ä = steps(70000);"), "{shown}");
        let elsewhere = full(&diagnostics, Some(("other.rs", &text)), false);
        assert!(elsewhere.contains(&position) && !elsewhere.contains("steps(70000);"), "{elsewhere}");
    }

    #[test]
    fn github_commands_are_escaped() {
        assert_snapshot!(github(&diagnostics(), SOURCE));
    }

    #[test]
    fn a_workflow_in_one_line_stays_short() {
        let filler =
            (0..1000).map(|n| format!(r#"{{"id":{n},"type":"Filler","pos":[1,2]}}"#)).collect::<Vec<_>>();
        let text = format!(r#"{{"nodes":[{}]}}"#, filler.join(","));
        assert!(text.len() > 30_000);
        let diagnostic = Diagnostic::new(codes::MISSING_NODE_TYPE, "Filler #700: no such class")
            .at(JsonPath::root().key("nodes").index(700))
            .related(JsonPath::root().key("nodes").index(1), "as here");
        let shown = full(&[diagnostic], Some(("flow.json", &text)), false);
        assert_snapshot!(shown);
        assert!(shown.len() < 1000, "{} bytes", shown.len());
    }

    #[test]
    fn a_long_line_around_a_long_value_stays_short() {
        let text = format!(r#"{{"nodes":[{{"id":1,"w":"{}"}}]}}"#, "x".repeat(44_000));
        let place = JsonPath::root().key("nodes").index(0).key("w");
        let diagnostic = Diagnostic::new(codes::INVALID_INPUT_TYPE, "w").at(place);
        let shown = full(&[diagnostic], Some(("flow.json", &text)), false);
        assert!(shown.len() < 1000, "{} bytes", shown.len());
    }
}
