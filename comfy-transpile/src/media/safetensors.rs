//! Safetensors, also as `.latent`: `__metadata__` in the JSON header, whose members are strings of JSON.

use super::{
    bytes::{Broken, Bytes},
    found::{Found, decode},
    json::Members,
};

/// The limit that the safetensors library has for headers, in bytes.
const MAX_HEADER: u64 = 100_000_000;

/// A plausible length, then an object. No text begins like that: its length would be 8 letters.
pub(super) fn is_file(file: &[u8]) -> bool {
    header_len(file).is_some() && file.get(8) == Some(&b'{')
}

/// How long the file is up to the end of its header.
pub(super) fn header_len(start: &[u8]) -> Option<u64> {
    let length = Bytes::new(start).u64_le().ok()?;
    (start.get(8) == Some(&b'{') && (2..=MAX_HEADER).contains(&length)).then(|| 8 + length)
}

pub(super) fn read(file: &[u8], found: &mut Found) -> Result<(), Broken> {
    let mut bytes = Bytes::new(file);
    let length = bytes.u64_le()?;
    let text = decode(bytes.take_long(length)?);
    found.note_members(Members::get(&text, "__metadata__").unwrap_or_default());
    Ok(())
}
