//! Boxes of ISO base media files, and the metadata of MP4, MOV and M4A.
//!
//! `SaveVideo` writes `moov/udta/meta` with a table of `keys` and values in `ilst` (`FFmpeg`'s `use_metadata_tags`).
//! Read as well: `udta` and `meta` at other levels, iTunes' own keys (`©cmt`, `----`) and `QuickTime`'s texts in
//! `udta`, where savers without that option leave their comment.

use super::{
    bytes::{Broken, Bytes, find},
    found::{Found, decode},
};

const COMMENT: [u8; 4] = *b"\xa9cmt";

/// A box: its type and content.
#[derive(Clone, Copy)]
pub(super) struct IsoBox<'a> {
    pub(super) kind: [u8; 4],
    pub(super) content: &'a [u8],
}

/// The boxes in a range of a file, up to the first that is cut off. That one is an error.
pub(super) struct Boxes<'a> {
    bytes: Bytes<'a>,
    failed: bool,
}

impl<'a> Boxes<'a> {
    pub(super) fn new(range: &'a [u8]) -> Self {
        Self { bytes: Bytes::new(range), failed: false }
    }

    fn read(&mut self) -> Result<IsoBox<'a>, Broken> {
        let size = self.bytes.u32_be()?;
        let kind = self.bytes.array()?;
        let rest = match size {
            // up to the end of the file
            0 => Some(self.bytes.rest().len() as u64),
            1 => self.bytes.u64_be()?.checked_sub(16),
            _ => u64::from(size).checked_sub(8),
        };
        let rest = rest.ok_or(Broken("a box is shorter than its own header"))?;
        Ok(IsoBox { kind, content: self.bytes.take_long(rest)? })
    }
}

impl<'a> Iterator for Boxes<'a> {
    type Item = Result<IsoBox<'a>, Broken>;

    fn next(&mut self) -> Option<Self::Item> {
        // fewer bytes than a header are padding: QuickTime ends `udta` with 32 zero bits
        if self.failed || self.bytes.rest().len() < 8 {
            return None;
        }
        let next = self.read();
        self.failed = next.is_err();
        Some(next)
    }
}

/// The content of the first box of a type.
pub(super) fn first(range: &[u8], kind: [u8; 4]) -> Result<Option<&[u8]>, Broken> {
    for next in Boxes::new(range) {
        let next = next?;
        if next.kind == kind {
            return Ok(Some(next.content));
        }
    }
    Ok(None)
}

/// The boxes inside of a `meta` box, which has four bytes of version and flags in ISO files and none in `QuickTime`'s.
pub(super) fn inside_meta(meta: &[u8]) -> &[u8] {
    let is_bare = meta.get(4..8) == Some(b"hdlr");
    if is_bare { meta } else { meta.get(4..).unwrap_or_default() }
}

/// MP4 and its relatives, also those older than the `ftyp` box.
pub(super) fn is_file(file: &[u8]) -> bool {
    const FIRST: [&[u8]; 6] = [b"ftyp", b"moov", b"udta", b"wide", b"mdat", b"skip"];
    file.get(4..8).is_some_and(|kind| FIRST.contains(&kind)) && file.first().is_some_and(|size| *size < 0x20)
}

pub(super) fn read(file: &[u8], found: &mut Found) -> Result<(), Broken> {
    for next in Boxes::new(file) {
        let next = next?;
        match &next.kind {
            b"moov" => movie(next.content, found)?,
            b"udta" => user_data(next.content, found)?,
            b"meta" => metadata(next.content, found)?,
            _ => {}
        }
    }
    Ok(())
}

fn movie(movie: &[u8], found: &mut Found) -> Result<(), Broken> {
    for next in Boxes::new(movie) {
        let next = next?;
        match &next.kind {
            b"udta" => user_data(next.content, found)?,
            b"meta" => metadata(next.content, found)?,
            _ => {}
        }
    }
    Ok(())
}

fn user_data(data: &[u8], found: &mut Found) -> Result<(), Broken> {
    for next in Boxes::new(data) {
        let next = next?;
        match next.kind {
            kind if &kind == b"meta" => metadata(next.content, found)?,
            // QuickTime's form: u16 length, u16 language, text
            COMMENT => found.note_both(&decode(next.content.get(4..).unwrap_or_default())),
            _ => {}
        }
    }
    Ok(())
}

fn metadata(meta: &[u8], found: &mut Found) -> Result<(), Broken> {
    let boxes = inside_meta(meta);
    let keys = first(boxes, *b"keys")?.map(keys).transpose()?.unwrap_or_default();
    let Some(items) = first(boxes, *b"ilst")? else { return Ok(()) };
    for item in Boxes::new(items) {
        let item = item?;
        match &item.kind {
            &COMMENT => note_item("comment", item.content, found)?,
            b"----" => free_form(item.content, found)?,
            index => {
                // numbered from 1
                let index = usize::try_from(u32::from_be_bytes(*index)).unwrap_or(0).checked_sub(1);
                if let Some(key) = index.and_then(|index| keys.get(index)) {
                    note_item(key, item.content, found)?;
                }
            }
        }
    }
    Ok(())
}

/// The names in a `keys` box.
fn keys(content: &[u8]) -> Result<Vec<&str>, Broken> {
    let mut bytes = Bytes::new(content);
    bytes.take(4)?; // version and flags
    let count = bytes.u32_be()?;
    let mut keys = Vec::new();
    // each is a box of its own, whose type is the namespace
    for next in Boxes::new(bytes.rest()).take(usize::try_from(count).unwrap_or(usize::MAX)) {
        let name = next?.content;
        keys.push(std::str::from_utf8(name).unwrap_or_default());
    }
    Ok(keys)
}

/// `data` boxes: u32 type, u32 locale, value.
fn note_item(key: &str, item: &[u8], found: &mut Found) -> Result<(), Broken> {
    let Some(data) = first(item, *b"data")? else { return Ok(()) };
    let value = data.get(8..).unwrap_or_default();
    // older files have bytes of another header before the object, which the frontend skips, too
    let start = if value.starts_with(b"\"") { 0 } else { find(value, b"{").unwrap_or(0) };
    found.note(key, value.get(start..).unwrap_or_default());
    Ok(())
}

/// iTunes' keys of other programs: boxes `mean` (who), `name` and `data`.
fn free_form(item: &[u8], found: &mut Found) -> Result<(), Broken> {
    let name = first(item, *b"name")?.and_then(|name| name.get(4..));
    match name.map(std::str::from_utf8) {
        Some(Ok(name)) => note_item(name, item, found),
        _ => Ok(()),
    }
}
