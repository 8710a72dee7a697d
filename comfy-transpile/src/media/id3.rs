//! MP3: `TXXX` frames of an `ID3v2` tag, versions 2.2 to 2.4 (`FFmpeg` writes 2.4).

use std::borrow::Cow;

use super::{
    bytes::{Broken, Bytes, find},
    found::{Found, decode},
};

const HEADER: usize = 10;
const UNSYNCHRONISED: u8 = 0x80;
const EXTENDED_HEADER: u8 = 0x40;
const FOOTER: u8 = 0x10;
/// Flags of a frame of 2.4: a length stands before its content, and the content is unsynchronised.
const FRAME_UNSYNCHRONISED: u8 = 0x02;
const FRAME_LENGTH: u8 = 0x01;
/// Compressed or encrypted, by version. No saver of workflows does that.
const FRAME_PACKED_4: u8 = 0x0c;
const FRAME_PACKED_3: u8 = 0xc0;

pub(super) fn is_tagged(file: &[u8]) -> bool {
    file.starts_with(b"ID3") && file.len() >= HEADER
}

/// Layer III without a tag.
pub(super) fn is_mpeg_audio(file: &[u8]) -> bool {
    matches!(file, [0xff, 0xfa | 0xfb | 0xf2 | 0xf3 | 0xe2 | 0xe3, ..])
}

/// Some programs put a tag before a FLAC file.
pub(super) fn is_before_flac(file: &[u8]) -> bool {
    file.get(tag_len(file)..).is_some_and(|rest| rest.starts_with(b"fLaC"))
}

/// Length of the tag in bytes, header and footer included.
pub(super) fn tag_len(file: &[u8]) -> usize {
    let mut bytes = Bytes::new(file.get(5..).unwrap_or_default());
    let Ok(flags) = bytes.u8() else { return 0 };
    let Ok(size) = syncsafe(&mut bytes) else { return 0 };
    HEADER + size + if flags & FOOTER != 0 { HEADER } else { 0 }
}

pub(super) fn read(file: &[u8], found: &mut Found) -> Result<(), Broken> {
    if !is_tagged(file) {
        return Ok(());
    }
    let mut bytes = Bytes::new(file);
    bytes.take(3)?;
    let [version, _, flags] = bytes.array()?;
    let size = syncsafe(&mut bytes)?;
    let tag = bytes.take(size)?;
    // up to 2.3 the whole tag is unsynchronised, later every frame by itself
    let whole = version < 4 && flags & UNSYNCHRONISED != 0;
    let tag = if whole { Cow::Owned(synchronise(tag)) } else { Cow::Borrowed(tag) };
    let mut tag = Bytes::new(&tag);
    if flags & EXTENDED_HEADER != 0 && version > 2 {
        skip_extended_header(version, &mut tag)?;
    }
    match version {
        2 => frames_of_2(&mut tag, found),
        3 | 4 => frames(version, &mut tag, found),
        _ => Err(Broken("unknown version of the ID3 tag")),
    }
}

/// 28 bits in four bytes.
fn syncsafe(bytes: &mut Bytes<'_>) -> Result<usize, Broken> {
    Ok(bytes.take(4)?.iter().fold(0, |size, byte| (size << 7) | usize::from(byte & 0x7f)))
}

/// Takes out the NULs that stand behind every 0xff.
fn synchronise(bytes: &[u8]) -> Vec<u8> {
    let mut previous = 0;
    let mut kept = Vec::with_capacity(bytes.len());
    for byte in bytes {
        if !(previous == 0xff && *byte == 0) {
            kept.push(*byte);
        }
        previous = *byte;
    }
    kept
}

fn skip_extended_header(version: u8, tag: &mut Bytes<'_>) -> Result<(), Broken> {
    // its length counts itself in 2.4, but not in 2.3
    let rest = if version == 4 { syncsafe(tag)?.saturating_sub(4) } else { plain_size(tag)? };
    tag.take(rest)?;
    Ok(())
}

fn plain_size(bytes: &mut Bytes<'_>) -> Result<usize, Broken> {
    usize::try_from(bytes.u32_be()?).map_err(|_| Broken("a frame is larger than memory"))
}

fn frames(version: u8, tag: &mut Bytes<'_>, found: &mut Found) -> Result<(), Broken> {
    // padding begins with a NUL
    while tag.rest().first().is_some_and(|byte| *byte != 0) {
        let id = tag.array::<4>()?;
        let size = if version == 4 { syncsafe(tag)? } else { plain_size(tag)? };
        let [_, flags] = tag.array()?;
        let mut content = Bytes::new(tag.take(size)?);
        let packed = if version == 4 { FRAME_PACKED_4 } else { FRAME_PACKED_3 };
        if &id != b"TXXX" || flags & packed != 0 {
            continue;
        }
        if version == 4 && flags & FRAME_LENGTH != 0 {
            content.take(4)?;
        }
        if version == 4 && flags & FRAME_UNSYNCHRONISED != 0 {
            user_text(&synchronise(content.rest()), found)?;
        } else {
            user_text(content.rest(), found)?;
        }
    }
    Ok(())
}

/// Version 2.2 has names and sizes of three bytes and no flags.
fn frames_of_2(tag: &mut Bytes<'_>, found: &mut Found) -> Result<(), Broken> {
    while tag.rest().first().is_some_and(|byte| *byte != 0) {
        let id = tag.array::<3>()?;
        let size = tag.uint_be(3)?;
        let content = tag.take_long(size)?;
        if &id == b"TXX" {
            user_text(content, found)?;
        }
    }
    Ok(())
}

/// `encoding key NUL value`
fn user_text(content: &[u8], found: &mut Found) -> Result<(), Broken> {
    let mut bytes = Bytes::new(content);
    let encoding = bytes.u8()?;
    let text = match encoding {
        1 | 2 => Cow::Owned(utf16(bytes.rest())),
        0 | 3 => decode(bytes.rest()),
        _ => return Err(Broken("unknown encoding of a text frame")),
    };
    let end = find(text.as_bytes(), b"\0").ok_or(Broken("a text frame has a key but no value"))?;
    let (key, value) = text.split_at(end);
    found.note(key, value.trim_start_matches(['\0', '\u{feff}']).as_bytes());
    Ok(())
}

/// UTF-16, big-endian unless a byte order mark says otherwise. Key and value have a mark each.
fn utf16(bytes: &[u8]) -> String {
    let (pairs, _) = bytes.as_chunks::<2>();
    let mut little_endian = false;
    let units = pairs.iter().map(|pair| {
        little_endian |= *pair == [0xff, 0xfe];
        if little_endian { u16::from_le_bytes(*pair) } else { u16::from_be_bytes(*pair) }
    });
    let text =
        char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect::<String>();
    text.trim_start_matches('\u{feff}').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::Container;

    fn embedded(version: u8, flags: u8, frames: &[u8]) -> Option<String> {
        let mut file = vec![b'I', b'D', b'3', version, 0, flags, 0, 0];
        file.extend([
            u8::try_from(frames.len() >> 7).expect("short"),
            u8::try_from(frames.len() & 0x7f).expect("7 bits"),
        ]);
        file.extend(frames);
        let mut found = Found::default();
        assert_eq!(read(&file, &mut found), Ok(()));
        found.into_embedded(Container::Mp3).prompt
    }

    #[test]
    fn versions_2_and_3_and_utf16_in_a_synchronised_tag() {
        assert_eq!(embedded(2, 0, b"TXX\0\0\x10\0prompt\0{\"1\":0}\0\0\0").as_deref(), Some("{\"1\":0}"));
        assert_eq!(
            embedded(3, 0, b"TXXX\0\0\0\x10\0\0\x03prompt\0{\"1\":0}\0").as_deref(),
            Some("{\"1\":0}")
        );
        let mut frame = b"TXXX\0\0\0\x23\0\0\x01".to_vec();
        for text in ["\u{feff}prompt\0", "\u{feff}{\"1\":0}"] {
            frame.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
        }
        let size = u8::try_from(frame.len() - 10).expect("short");
        frame[7] = size;
        assert_eq!(embedded(3, 0, &frame).as_deref(), Some("{\"1\":0}"));
        // the same, unsynchronised: a NUL behind every 0xff; the frame's size counts what is left without them
        let unsynchronised: Vec<u8> =
            frame.iter().flat_map(|byte| [Some(*byte), (*byte == 0xff).then_some(0)]).flatten().collect();
        assert_eq!(embedded(3, UNSYNCHRONISED, &unsynchronised).as_deref(), Some("{\"1\":0}"));
    }
}
