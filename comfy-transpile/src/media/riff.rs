//! WebP: the `EXIF` chunk of a RIFF file.

use super::{
    bytes::{Broken, Bytes},
    found::Found,
    tiff,
};

pub(super) fn read(file: &[u8], found: &mut Found) -> Result<(), Broken> {
    let mut bytes = Bytes::new(file);
    bytes.take(12)?; // RIFF, the size of the file (not needed), WEBP
    while !bytes.is_empty() {
        let kind = bytes.array::<4>()?;
        let length = bytes.u32_le()?;
        let content = bytes.take_long(u64::from(length))?;
        if &kind == b"EXIF" {
            tiff::read(content, found)?;
        }
        if length % 2 == 1 && !bytes.is_empty() {
            bytes.take(1)?;
        }
    }
    Ok(())
}
