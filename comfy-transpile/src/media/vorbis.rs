//! The list of comments that FLAC and the codecs of Ogg share: `KEY=value` with little-endian lengths.

use super::{
    bytes::{Broken, Bytes},
    found::Found,
};

pub(super) fn read(comments: &[u8], found: &mut Found) -> Result<(), Broken> {
    let mut bytes = Bytes::new(comments);
    let vendor = bytes.u32_le()?;
    bytes.take_long(u64::from(vendor))?;
    let count = bytes.u32_le()?;
    for _ in 0..count {
        let length = bytes.u32_le()?;
        let comment = bytes.take_long(u64::from(length))?;
        let Some(equals) = comment.iter().position(|byte| *byte == b'=') else { continue };
        let (key, value) = comment.split_at(equals);
        if let Ok(key) = std::str::from_utf8(key) {
            found.note(key, value.get(1..).unwrap_or_default());
        }
    }
    Ok(())
}
