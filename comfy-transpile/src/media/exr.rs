//! `OpenEXR`: attributes of type `string` in the header (`SaveImageAdvanced`).

use super::{
    bytes::{Broken, Bytes},
    found::Found,
};

pub(super) const MAGIC: &[u8] = b"\x76\x2f\x31\x01";

const MULTI_PART: u32 = 0x1000;

pub(super) fn read(file: &[u8], found: &mut Found) -> Result<(), Broken> {
    let mut bytes = Bytes::new(file);
    bytes.take(4)?;
    let multi_part = bytes.u32_le()? & MULTI_PART != 0;
    loop {
        let attributes = header(&mut bytes, found)?;
        // one header, or several up to an empty one
        if !multi_part || attributes == 0 {
            return Ok(());
        }
    }
}

/// `name NUL type NUL size value` up to an empty name. Says how many there were.
fn header(bytes: &mut Bytes<'_>, found: &mut Found) -> Result<usize, Broken> {
    for count in 0.. {
        let name = bytes.until_nul()?;
        if name.is_empty() {
            return Ok(count);
        }
        let kind = bytes.until_nul()?;
        let size = bytes.u32_le()?;
        let value = bytes.take_long(u64::from(size))?;
        if kind == b"string"
            && let Ok(name) = std::str::from_utf8(name)
        {
            found.note(name, value);
        }
    }
    Ok(0)
}
