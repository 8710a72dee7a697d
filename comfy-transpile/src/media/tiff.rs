//! EXIF, that is TIFF without an image: texts of the first directory, and `UserComment` of the EXIF directory.
//!
//! `SaveAnimatedWEBP` misuses Model (0x0110) for `prompt:{…}`, Make (0x010f) for `workflow:{…}` and the tags below
//! for whatever else the client sent, so that the tag says nothing: every text is split at its first colon.

use super::{
    bytes::{Broken, Bytes, find},
    found::{Found, decode},
};

/// What stands before TIFF in JPEG always, in WebP sometimes (Pillow writes it).
pub(super) const PREFIX: &[u8] = b"Exif\0\0";

const EXIF_DIRECTORY: u16 = 0x8769;
const USER_COMMENT: u16 = 0x9286;

const OVERLAP: Broken = Broken("EXIF values overlap");

const BYTE: u16 = 1;
const ASCII: u16 = 2;
const UNDEFINED: u16 = 7;

/// An item of AVIF or HEIF: the TIFF begins somewhere near the front of it.
pub(super) fn read_item(item: &[u8], found: &mut Found) -> Result<(), Broken> {
    let start = find(item, b"II*\0").into_iter().chain(find(item, b"MM\0*")).min();
    let start = start.ok_or(Broken("the EXIF item has no TIFF header"))?;
    read(item.get(start..).unwrap_or_default(), found)
}

pub(super) fn read(exif: &[u8], found: &mut Found) -> Result<(), Broken> {
    let tiff = Tiff::new(exif.strip_prefix(PREFIX).unwrap_or(exif))?;
    let first = tiff.u32(4)?;
    let mut exif_directory = None;
    // thousands of entries may claim the same bytes; those of honest files do not overlap
    let mut budget = tiff.bytes.len();
    for entry in tiff.directory(first)? {
        let entry = entry?;
        if entry.tag == EXIF_DIRECTORY {
            exif_directory = Some(entry.word);
        } else if entry.kind == ASCII || entry.kind == BYTE {
            let text = tiff.value(&entry)?;
            budget = budget.checked_sub(text.len()).ok_or(OVERLAP)?;
            found.note_field(text);
            found.note_both(&decode(text));
        }
    }
    let Some(at) = exif_directory else { return Ok(()) };
    for entry in tiff.directory(at)? {
        let entry = entry?;
        if entry.tag == USER_COMMENT && (entry.kind == UNDEFINED || entry.kind == ASCII) {
            let comment = tiff.value(&entry)?;
            budget = budget.checked_sub(comment.len()).ok_or(OVERLAP)?;
            found.note_both(&tiff.user_comment(comment));
        }
    }
    Ok(())
}

struct Tiff<'a> {
    bytes: &'a [u8],
    big_endian: bool,
}

struct Entry {
    tag: u16,
    kind: u16,
    count: u32,
    /// The value, when it is one number of 32 bits, or where it begins.
    word: u32,
    /// Where `word` is.
    at: usize,
}

impl<'a> Tiff<'a> {
    fn new(bytes: &'a [u8]) -> Result<Self, Broken> {
        let big_endian = match bytes.get(..4) {
            Some(b"MM\0*") => true,
            Some(b"II*\0") => false,
            _ => return Err(Broken("the EXIF data has no TIFF header")),
        };
        Ok(Self { bytes, big_endian })
    }

    fn at(&self, at: usize) -> Bytes<'a> {
        Bytes::new(self.bytes.get(at..).unwrap_or_default())
    }

    fn u16(&self, at: usize) -> Result<u16, Broken> {
        let bytes = self.at(at).array()?;
        Ok(if self.big_endian { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) })
    }

    fn u32(&self, at: usize) -> Result<u32, Broken> {
        let bytes = self.at(at).array()?;
        Ok(if self.big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) })
    }

    /// The entries of the directory at an offset. Only this one: the chain of directories is not followed.
    fn directory(&self, at: u32) -> Result<impl Iterator<Item = Result<Entry, Broken>>, Broken> {
        let at = usize::try_from(at).map_err(|_| Broken("an EXIF directory lies outside of the file"))?;
        let count = usize::from(self.u16(at)?);
        Ok((0..count).map(move |index| self.entry(at.saturating_add(2 + index * 12))))
    }

    fn entry(&self, at: usize) -> Result<Entry, Broken> {
        let word_at = at.saturating_add(8);
        let (tag, kind) = (self.u16(at)?, self.u16(at.saturating_add(2))?);
        let (count, word) = (self.u32(at.saturating_add(4))?, self.u32(word_at)?);
        Ok(Entry { tag, kind, count, word, at: word_at })
    }

    /// The value of an entry whose units are bytes: in the entry itself up to four, elsewhere above.
    fn value(&self, entry: &Entry) -> Result<&'a [u8], Broken> {
        let at = if entry.count <= 4 { entry.at } else { usize::try_from(entry.word).unwrap_or(usize::MAX) };
        self.at(at).take_long(u64::from(entry.count))
    }

    /// A text behind eight bytes that name its encoding.
    fn user_comment(&self, value: &[u8]) -> String {
        match value.split_at_checked(8) {
            Some((b"UNICODE\0", text)) => self.utf16(text),
            Some((b"ASCII\0\0\0" | b"\0\0\0\0\0\0\0\0", text)) => decode(text).into_owned(),
            _ => decode(value).into_owned(),
        }
    }

    /// UTF-16 in the order of the file, as the standard says, or in the other one, as many programs write it: an
    /// ASCII character at the front tells.
    fn utf16(&self, text: &[u8]) -> String {
        let big_endian = match text {
            [0xfe, 0xff, ..] | [0, _, ..] => true,
            [0xff, 0xfe, ..] | [_, 0, ..] => false,
            _ => self.big_endian,
        };
        let (pairs, _) = text.as_chunks::<2>();
        let unit =
            |pair: &[u8; 2]| if big_endian { u16::from_be_bytes(*pair) } else { u16::from_le_bytes(*pair) };
        char::decode_utf16(pairs.iter().map(unit)).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::Container;

    /// A directory with one entry that points to itself as the EXIF directory.
    #[test]
    fn directories_that_point_to_themselves_end() {
        let mut tiff = b"MM\0*\0\0\0\x08\0\x01\x87\x69\0\x04\0\0\0\x01\0\0\0\x08\0\0\0\0".to_vec();
        assert_eq!(read(&tiff, &mut Found::default()), Ok(()));
        tiff.truncate(20);
        assert!(read(&tiff, &mut Found::default()).is_err());
    }

    #[test]
    fn user_comments_in_three_encodings() {
        let object = r#"{"workflow": {"nodes": []}}"#;
        let big: Vec<u8> = object.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let little: Vec<u8> = object.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let comments = [(b"ASCII\0\0\0", object.as_bytes()), (b"UNICODE\0", &big), (b"UNICODE\0", &little)];
        for (charset, text) in comments {
            let mut tiff = b"II*\0\x08\0\0\0\x01\0\x69\x87\x04\0\x01\0\0\0\x1a\0\0\0\0\0\0\0".to_vec();
            tiff.extend(b"\x01\0\x86\x92\x07\0");
            tiff.extend(u32::try_from(8 + text.len()).expect("short").to_le_bytes());
            tiff.extend(b"\x2c\0\0\0\0\0\0\0");
            tiff.extend(charset.iter().chain(text));
            let mut found = Found::default();
            assert_eq!(read(&tiff, &mut found), Ok(()));
            assert_eq!(found.into_embedded(Container::Jpeg).workflow.as_deref(), Some(r#"{"nodes": []}"#));
        }
    }
}
