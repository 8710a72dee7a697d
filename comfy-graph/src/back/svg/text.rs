//! Texts of the picture: escaped, measured, cut and broken into lines.

use std::fmt::Write as _;

use crate::back::layout::text_width;

/// The size of a font, in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Size(pub(super) f64);

impl Size {
    pub(super) fn width(self, text: &str) -> f64 {
        text_width(text, self.0)
    }
}

/// The text in one line, cut to the width; `None` if nothing of it fits.
pub(super) fn fit(text: &str, size: Size, width: f64) -> Option<String> {
    let line: String = one_line(text);
    if line.is_empty() {
        return None;
    }
    if size.width(&line) <= width {
        return Some(line);
    }
    let room = width - size.width("…");
    let kept = longest(&line, size, room);
    (kept > 0 || room >= 0.0).then(|| format!("{}…", line.get(..kept).unwrap_or_default().trim_end()))
}

/// The start of a text as long as a picture could ever show, without line breaks and control characters.
fn one_line(text: &str) -> String {
    const LONGEST: usize = 1_000;
    text.chars()
        .take(LONGEST)
        .map(|c| if is_plain(c) { c } else { ' ' })
        .collect::<String>()
        .trim()
        .to_owned()
}

/// Whether a character may stand in XML, and does not break or turn the line.
fn is_plain(c: char) -> bool {
    let turns = matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    !c.is_control() && !turns && !matches!(c, '\u{fffe}' | '\u{ffff}')
}

/// The number of bytes of the longest start that fits.
fn longest(text: &str, size: Size, width: f64) -> usize {
    let mut used = 0.0;
    for (at, c) in text.char_indices() {
        used += size.width(c.encode_utf8(&mut [0; 4]));
        if used > width {
            return at;
        }
    }
    text.len()
}

/// The text in at most so many lines of this width, broken between words where there are any.
pub(super) fn wrap(text: &str, size: Size, width: f64, most: usize) -> Vec<String> {
    const LONGEST: usize = 20_000;
    let mut lines = Vec::new();
    let start: String = text.chars().take(LONGEST).collect();
    for line in start.lines() {
        let line: String = line.chars().map(|c| if is_plain(c) { c } else { ' ' }).collect();
        let mut rest = line.trim_end();
        loop {
            let end = longest(rest, size, width);
            if end >= rest.len() {
                lines.push(rest.to_owned());
                break;
            }
            if end == 0 {
                // not even one character fits
                return lines;
            }
            let head = rest.get(..end).unwrap_or_default();
            let end = head.rfind(' ').filter(|at| *at > 0).unwrap_or(end);
            lines.push(rest.get(..end).unwrap_or_default().to_owned());
            rest = rest.get(end..).unwrap_or_default().trim_start();
            if lines.len() > most {
                break;
            }
        }
        if lines.len() > most {
            break;
        }
    }
    if lines.len() > most {
        lines.truncate(most);
        if let Some(last) = lines.last_mut() {
            *last = fit(&format!("{last} …"), size, width).unwrap_or_default();
        }
    }
    lines
}

/// A text at a place; `class` may be several. The text is fitted already.
pub(super) fn write_text(out: &mut String, class: &str, x: f64, y: f64, size: Size, text: &str) {
    let (x, y, size) = (number(x), number(y), number(size.0));
    let text = escape(text);
    // writing to a String cannot fail
    let _ = writeln!(out, r#"<text class="{class}" x="{x}" y="{y}" font-size="{size}">{text}</text>"#);
}

/// Text as XML has it.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' => escaped.push('\n'),
            c if is_plain(c) => escaped.push(c),
            _ => escaped.push(' '),
        }
    }
    escaped
}

/// A number with one decimal at most.
pub(super) fn number(value: f64) -> String {
    let text = format!("{value:.1}");
    match text.strip_suffix(".0") {
        Some("-0") => "0".to_owned(),
        Some(whole) => whole.to_owned(),
        None => text,
    }
}
