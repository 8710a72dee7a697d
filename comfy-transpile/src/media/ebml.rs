//! Matroska and `WebM`: `SimpleTag` elements. `FFmpeg` writes their names in capitals.
//!
//! The tree is read as a flat list: elements that contain what is wanted are entered by going on behind their header,
//! all others are skipped by their size. That needs no stack and finds tags before and behind the clusters (the
//! frontend looks at the first 2 MiB only, `scripts/metadata/ebml.ts`).

use super::{
    bytes::{Broken, Bytes},
    found::Found,
};

pub(super) const MAGIC: &[u8] = b"\x1a\x45\xdf\xa3";

const SEGMENT: u64 = 0x1853_8067;
const CLUSTER: u64 = 0x1f43_b675;
const TAGS: u64 = 0x1254_c367;
const TAG: u64 = 0x7373;
const SIMPLE_TAG: u64 = 0x67c8;
const TAG_NAME: u64 = 0x45a3;
const TAG_STRING: u64 = 0x4487;
/// `TagBinary`; some writers put long texts there.
const TAG_BINARY: u64 = 0x4485;

pub(super) fn read(file: &[u8], found: &mut Found) -> Result<(), Broken> {
    let mut bytes = Bytes::new(file);
    let (mut name, mut value) = (None, None);
    while !bytes.is_empty() {
        let id = id(&mut bytes)?;
        let size = size(&mut bytes)?;
        match (id, size) {
            (SIMPLE_TAG, _) => (name, value) = (None, None),
            // live recordings do not know how long their clusters will be; what is in them has sizes
            (SEGMENT | TAGS | TAG, _) | (CLUSTER, None) => {}
            (_, None) => return Err(Broken("an element has no size")),
            (TAG_NAME, Some(size)) => name = std::str::from_utf8(bytes.take_long(size)?).ok(),
            (TAG_STRING | TAG_BINARY, Some(size)) => value = Some(bytes.take_long(size)?),
            (_, Some(size)) => {
                bytes.take_long(size)?;
            }
        }
        if let (Some(key), Some(text)) = (name, value) {
            found.note(key.trim_end_matches('\0'), text);
            (name, value) = (None, None);
        }
    }
    Ok(())
}

/// An element's id, with the bits that say how long it is.
fn id(bytes: &mut Bytes<'_>) -> Result<u64, Broken> {
    let width = width(bytes)?;
    if width > 4 {
        return Err(Broken("there is no element where one should begin"));
    }
    bytes.uint_be(width)
}

/// An element's size in bytes; `None` is unknown.
fn size(bytes: &mut Bytes<'_>) -> Result<Option<u64>, Broken> {
    let width = width(bytes)?;
    let mask = (1_u64 << (7 * width)) - 1;
    let size = bytes.uint_be(width)? & mask;
    Ok((size != mask).then_some(size))
}

/// How many bytes the number has that comes next: 1 to 8.
fn width(bytes: &Bytes<'_>) -> Result<usize, Broken> {
    match bytes.rest().first() {
        Some(first) if *first != 0 => Ok(first.leading_zeros() as usize + 1),
        _ => Err(Broken("there is no element where one should begin")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::Container;

    /// Tags behind a cluster of unknown size, with the value before the name, as no order is laid down.
    #[test]
    fn tags_behind_a_live_recording() {
        let tag = b"\x67\xc8\x95\x44\x87\x89{\"1\": {}}\x45\xa3\x86PROMPT";
        let mut file = MAGIC.to_vec();
        file.extend(
            b"\x80\x18\x53\x80\x67\xff\x1f\x43\xb6\x75\xff\xa3\x82ab\x12\x54\xc3\x67\x9b\x73\x73\x98",
        );
        file.extend(tag);
        let mut found = Found::default();
        assert_eq!(read(&file, &mut found), Ok(()));
        assert_eq!(found.into_embedded(Container::Matroska).prompt.as_deref(), Some("{\"1\": {}}"));
    }
}
