//! SVG: an object with both documents in `<metadata>` (`SaveSVGNode`).

use super::{
    bytes::Broken,
    found::{Found, decode},
};

/// `<svg` has to come within so many bytes: there may be a declaration, a document type and comments before it.
const MAX_PROLOG: usize = 16 << 10;

const OPEN: &str = "<![CDATA[";
const CLOSE: &str = "]]>";

pub(super) fn is_file(file: &[u8]) -> bool {
    let start = file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file);
    let start = start.trim_ascii_start();
    let prolog = start.get(..MAX_PROLOG).unwrap_or(start);
    start.starts_with(b"<") && prolog.windows(4).any(|tag| tag == b"<svg")
}

pub(super) fn read(file: &[u8], found: &mut Found) -> Result<(), Broken> {
    let text = decode(file);
    let mut rest = text.as_ref();
    while let Some((_, after)) = rest.split_once("<metadata") {
        let (_, content) = after.split_once('>').ok_or(Broken("the element metadata is cut off"))?;
        let (content, after) = element(content)?;
        match content.trim().strip_prefix(OPEN) {
            Some(object) => found.note_members(object.trim()),
            // what is left of it when an editor has saved the file
            None => found.note_members(&unescape(content.trim())),
        }
        rest = after;
    }
    Ok(())
}

/// The content up to the closing tag, and what is behind it. ComfyUI does not split a `]]>` inside of the JSON, so
/// that only one right before the closing tag ends the section (as `scripts/metadata/svg.ts` has it).
fn element(text: &str) -> Result<(&str, &str), Broken> {
    let is_section = text.trim_start().starts_with(OPEN);
    for (at, end) in text.match_indices("</metadata") {
        let (content, after) = text.split_at(at);
        if !is_section {
            return Ok((content, after));
        }
        if let Some(content) = content.trim_end().strip_suffix(CLOSE) {
            return Ok((content, after.strip_prefix(end).unwrap_or(after)));
        }
    }
    Err(Broken("the element metadata is cut off"))
}

fn unescape(text: &str) -> String {
    let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&#34;", "\"")];
    let text = entities.iter().fold(text.to_owned(), |text, (entity, c)| text.replace(entity, c));
    text.replace("&amp;", "&")
}
