//! Binary glTF: `asset.extras` in the JSON chunk, whose members are strings of JSON (`SaveGLB`) or objects.

use super::{
    bytes::{Broken, Bytes},
    found::{Found, decode},
    json::Members,
};

/// Magic, version and length of the file; length and type of the first chunk.
const HEADERS: u64 = 20;

/// How long the file is up to the end of its JSON chunk.
pub(super) fn header_len(start: &[u8]) -> Option<u64> {
    let mut bytes = Bytes::new(start);
    bytes.take(12).ok()?;
    Some(HEADERS + u64::from(bytes.u32_le().ok()?))
}

pub(super) fn read(file: &[u8], found: &mut Found) -> Result<(), Broken> {
    let mut bytes = Bytes::new(file);
    bytes.take(12)?;
    let length = bytes.u32_le()?;
    if bytes.take(4)? != b"JSON" {
        return Err(Broken("the first chunk is not JSON"));
    }
    let text = decode(bytes.take_long(u64::from(length))?);
    let extras = Members::get(&text, "asset").and_then(|asset| Members::get(asset, "extras"));
    found.note_members(extras.unwrap_or_default());
    Ok(())
}
