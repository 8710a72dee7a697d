//! Flowcharts in Mermaid's language: nodes of all shapes, links of all kinds with labels, chains and `&`. What is only for
//! the eye (styles, directions, boxes around nodes) is passed over.

use std::ops::Range;

use super::{DiagramError, Drawn, Label, MAX_LINKS, MAX_NODES, Sketch, Wire};
use crate::diag::{codes, short};

/// Statements that say nothing of nodes and links.
const LOOKS: &[&str] = &[
    "subgraph",
    "end",
    "direction",
    "classDef",
    "class",
    "style",
    "linkStyle",
    "click",
    "accTitle",
    "accDescr",
    "title",
];

pub(super) fn read(text: &str, sketch: &mut Sketch) -> Result<(), DiagramError> {
    let mut is_chart = false;
    for range in statements(text) {
        let line = text.get(range.clone()).unwrap_or_default();
        let first = line.split(|c: char| c.is_whitespace() || c == ':').next().unwrap_or_default();
        if matches!(first, "graph" | "flowchart" | "flowchart-elk") {
            is_chart = true;
            continue;
        }
        if !is_chart || line.starts_with("%%") || LOOKS.contains(&first) || line.starts_with("---") {
            continue;
        }
        let mut cursor = Cursor { text: line, at: 0 };
        if !statement(&mut cursor, sketch, range.start) {
            let message = format!("{:?} is neither a node nor a link", short(line));
            sketch.note(codes::MALFORMED_DIAGRAM, &range, message);
        }
        if !sketch.has_room(&range) {
            break;
        }
    }
    if !is_chart {
        return Err(DiagramError::NotADiagram(
            "it is no list and does not begin with `graph` or `flowchart`",
        ));
    }
    Ok(())
}

/// Whether a text begins as a flowchart does: behind comments and a title, a word and a direction.
pub(super) fn begins(text: &str) -> bool {
    const DIRECTIONS: &[&str] = &["", "TB", "TD", "BT", "LR", "RL"];
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("%%"));
    let mut first = lines.next();
    if first == Some("---") {
        first = lines.by_ref().skip_while(|line| *line != "---").nth(1);
    }
    let statement = first.and_then(|line| line.split(';').next()).unwrap_or_default();
    let (word, rest) = statement.split_once(char::is_whitespace).unwrap_or((statement, ""));
    matches!(word, "graph" | "flowchart" | "flowchart-elk") && DIRECTIONS.contains(&rest.trim())
}

/// The statements: lines, and what stands between semicolons outside of quotes and brackets.
fn statements(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let (mut start, mut quoted, mut depth) = (0, false, 0_usize);
    let mut push = |start: usize, end: usize| {
        let line = text.get(start..end).unwrap_or_default();
        let lead = line.len() - line.trim_start().len();
        let trimmed = line.trim();
        if !trimmed.is_empty() {
            found.push(start + lead..start + lead + trimmed.len());
        }
    };
    for (at, c) in text.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '[' | '(' | '{' if !quoted => depth += 1,
            ']' | ')' | '}' if !quoted => depth = depth.saturating_sub(1),
            '\n' => {
                push(start, at);
                (start, quoted, depth) = (at + 1, false, 0);
            }
            ';' if !quoted && depth == 0 => {
                push(start, at);
                start = at + 1;
            }
            _ => {}
        }
    }
    push(start, text.len());
    found
}

/// `A & B -->|label| C --> D`. Says whether it was one.
fn statement(cursor: &mut Cursor<'_>, sketch: &mut Sketch, offset: usize) -> bool {
    let Some(mut from) = group(cursor, sketch, offset) else { return false };
    loop {
        cursor.skip_space();
        if cursor.rest().is_empty() {
            return true;
        }
        let start = cursor.at;
        let Some(label) = cursor.link() else { return false };
        let Some(to) = group(cursor, sketch, offset) else { return false };
        let place = offset + start..offset + cursor.at;
        for source in &from {
            for target in &to {
                if sketch.links.len() >= MAX_LINKS {
                    return true;
                }
                let (from, to) = (source.clone(), target.clone());
                sketch.links.push(Wire { from, to, label: label.clone(), place: place.clone() });
            }
        }
        from = to;
    }
}

/// One node or several with `&` between; each is noted when it has a text, or is new.
fn group(cursor: &mut Cursor<'_>, sketch: &mut Sketch, offset: usize) -> Option<Vec<String>> {
    let mut names = Vec::new();
    loop {
        cursor.skip_space();
        let start = cursor.at;
        let name = cursor.name()?;
        if sketch.nodes.len() >= MAX_NODES {
            return None;
        }
        let shape = cursor.shape();
        let place = offset + start..offset + cursor.at;
        let known = sketch.nodes.entry(name.clone()).or_insert_with(|| Drawn {
            words: vec![name.clone()],
            place: place.clone(),
            ..Drawn::default()
        });
        if let Some(shape) = shape {
            *known = Drawn { place, ..drawn(&name, &shape) };
        }
        names.push(name);
        cursor.skip_space();
        if !cursor.take("&") {
            return Some(names);
        }
    }
}

/// What the text in a node says: the class is on one of its lines.
fn drawn(name: &str, shape: &Shape) -> Drawn {
    const MOST: usize = 8;
    let text = plain(&shape.label);
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).take(MOST).collect();
    let mut words: Vec<String> = Vec::new();
    for line in lines.iter().rev() {
        words.push((*line).to_owned());
        if let Some((before, _)) = line.split_once(':') {
            words.push(before.trim().to_owned());
        }
    }
    words.push(name.to_owned());
    let title = lines.first().filter(|_| lines.len() > 1).map(|line| (*line).to_owned());
    Drawn { words, title, keeps_id: true, note: shape.note.then(|| text.clone()), place: 0..0 }
}

/// Text without quotes, entities and marks for line ends.
fn plain(text: &str) -> String {
    let text = text.trim().trim_matches('"').trim_matches('`').trim();
    let mut made = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['<', '#', '&', '\\']) {
        made.push_str(&rest[..at]);
        rest = &rest[at..];
        let known = [
            ("<br/>", "\n"),
            ("<br />", "\n"),
            ("<br>", "\n"),
            ("\\n", "\n"),
            ("#quot;", "\""),
            ("#lt;", "<"),
            ("#gt;", ">"),
            ("#amp;", "&"),
            ("#35;", "#"),
            ("#96;", "`"),
            ("&quot;", "\""),
            ("&lt;", "<"),
            ("&gt;", ">"),
            ("&amp;", "&"),
        ];
        let found = known.iter().find(|(mark, _)| rest.starts_with(mark));
        let length = found.map_or(1, |(mark, _)| mark.len());
        made.push_str(found.map_or_else(|| &rest[..1], |(_, text)| text));
        rest = &rest[length..];
    }
    made.push_str(rest);
    made
}

/// What is written on a link: `LATENT`, `samples`, or both with an arrow or colon between.
fn label(text: &str) -> Label {
    let text = plain(text);
    let parts = ["→", "->", "=>", ":"].iter().find_map(|mark| text.split_once(mark));
    match parts.map(|(output, input)| (output.trim(), input.trim())) {
        Some((output, input)) if !output.is_empty() && !input.is_empty() => {
            Label::Both(output.to_owned(), input.to_owned())
        }
        Some((one, other)) if !one.is_empty() || !other.is_empty() => {
            Label::One(if one.is_empty() { other } else { one }.to_owned())
        }
        None if !text.trim().is_empty() => Label::One(text.trim().to_owned()),
        _ => Label::Nothing,
    }
}

/// The box of a node.
struct Shape {
    label: String,
    /// A flag, which is how notes are drawn.
    note: bool,
}

struct Cursor<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Cursor<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn skip_space(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    fn take(&mut self, mark: &str) -> bool {
        let is_there = self.rest().starts_with(mark);
        if is_there {
            self.at += mark.len();
        }
        is_there
    }

    /// Up to a mark, which is passed over too.
    fn until(&mut self, mark: &str) -> Option<&'t str> {
        let rest = self.rest();
        let end = rest.find(mark)?;
        self.at += end + mark.len();
        rest.get(..end)
    }

    /// What the chart calls a node.
    fn name(&mut self) -> Option<String> {
        let rest = self.rest();
        let ends = |(at, c): (usize, char)| {
            let here = rest.get(at..).unwrap_or_default();
            c.is_whitespace()
                || "[](){}<>|&\"".contains(c)
                || ["--", "-.", "==", "~~", ":::", "@{"].iter().any(|mark| here.starts_with(mark))
        };
        let length = rest.char_indices().find(|found| ends(*found)).map_or(rest.len(), |(at, _)| at);
        self.at += length;
        rest.get(..length).filter(|name| !name.is_empty()).map(str::to_owned)
    }

    /// The box behind a name, and the styles behind that.
    fn shape(&mut self) -> Option<Shape> {
        let shape = self.box_of_text();
        while self.take(":::") {
            self.name();
        }
        shape
    }

    fn box_of_text(&mut self) -> Option<Shape> {
        if self.take("@{") {
            let inside = self.until("}")?;
            let (_, label) = inside.split_once("label:")?;
            let label = label.trim();
            let end = label.strip_prefix('"').and_then(|rest| rest.find('"')).map(|end| end + 2);
            let end = end.or_else(|| label.find(',')).unwrap_or(label.len());
            return Some(Shape { label: label.get(..end)?.to_owned(), note: false });
        }
        let open = self.rest().chars().next()?;
        let close = match open {
            '[' | '>' => ']',
            '(' => ')',
            '{' => '}',
            _ => return None,
        };
        let outer = self.rest();
        let inner = outer.trim_start_matches(['[', '(', '{', '>', '/', '\\']);
        self.at += outer.len() - inner.len();
        let label = if self.take("\"") {
            let text = self.until("\"")?;
            self.until(&close.to_string())?;
            text
        } else {
            self.until(&close.to_string())?
        };
        let more = self.rest();
        self.at += more.len() - more.trim_start_matches([']', ')', '}', '/', '\\']).len();
        let label = label.trim_end_matches([']', ')', '}', '/', '\\']);
        Some(Shape { label: label.to_owned(), note: open == '>' })
    }

    /// A link with its label.
    fn link(&mut self) -> Option<Label> {
        self.take("<");
        let run = self.run();
        if run < 2 {
            return None;
        }
        let has_head = self.head();
        let mut text = None;
        if !has_head && run == 2 {
            // text in the middle: `-- LATENT -->`
            let rest = self.rest();
            let end = ["--", "==", ".-"].iter().filter_map(|mark| rest.find(mark)).min()?;
            text = rest.get(..end);
            self.at += end;
            self.run();
            self.head();
        }
        self.skip_space();
        if self.take("|") {
            text = Some(if self.take("\"") {
                let text = self.until("\"")?;
                self.until("|")?;
                text
            } else {
                self.until("|")?
            });
        }
        Some(text.map_or(Label::Nothing, label))
    }

    /// Passes over the line of a link; says how long it is.
    fn run(&mut self) -> usize {
        let rest = self.rest();
        let length = rest.len() - rest.trim_start_matches(['-', '=', '.', '~']).len();
        self.at += length;
        length
    }

    /// Passes over the end of a link: an arrow, a circle or a cross.
    fn head(&mut self) -> bool {
        if self.take(">") {
            return true;
        }
        let mut rest = self.rest().chars();
        let is_mark = matches!(rest.next(), Some('o' | 'x'));
        let is_end = is_mark && rest.next().is_none_or(|c| c.is_whitespace() || c == '|');
        self.at += usize::from(is_end);
        is_end
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn links(text: &str) -> Vec<String> {
        let mut sketch = Sketch::default();
        read(text, &mut sketch).expect("a chart");
        assert!(sketch.found.is_empty(), "{:?}", sketch.found);
        let word = |name: &str| sketch.nodes.get(name).map_or("", |node| &*node.words[0]);
        sketch
            .links
            .iter()
            .map(|link| format!("{} {:?} {}", word(&link.from), link.label, word(&link.to)))
            .collect()
    }

    #[test]
    fn the_forms_of_links_and_nodes_are_read() {
        let one = |label: &str| format!("KSampler One({label:?}) VAEDecode");
        for (line, expected) in [
            ("A[KSampler] -->|LATENT| B[VAEDecode]", one("LATENT")),
            ("A(KSampler) -- LATENT --> B{{VAEDecode}}", one("LATENT")),
            ("A([KSampler]) ==LATENT==> B[(VAEDecode)]", one("LATENT")),
            ("A[\"KSampler\"] -.LATENT.-> B[[\"VAEDecode\"]]:::x", one("LATENT")),
            ("A@{ shape: rect, label: \"KSampler\" } --o|\"LATENT\"| B>VAEDecode]", one("LATENT")),
            ("KSampler-->VAEDecode", "KSampler Nothing VAEDecode".to_owned()),
            ("KSampler --- VAEDecode", "KSampler Nothing VAEDecode".to_owned()),
            (
                "A[KSampler] -->|\"LATENT → samples\"| B[VAEDecode]",
                "KSampler Both(\"LATENT\", \"samples\") VAEDecode".to_owned(),
            ),
        ] {
            assert_eq!(links(&format!("graph LR\n{line}")), [expected], "{line}");
        }
        let chained =
            links("flowchart TD; A & B --> C --> D; %% comment\nstyle A fill:#f9f; subgraph X; end");
        assert_eq!(chained, ["A Nothing C", "B Nothing C", "C Nothing D"]);
    }
}
