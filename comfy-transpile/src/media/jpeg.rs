//! JPEG: EXIF in APP1 and comments. ComfyUI writes no JPEG; savers of custom nodes put the same fields into EXIF
//! that `SaveAnimatedWEBP` does, or an object into `UserComment`.

use super::{
    bytes::{Broken, Bytes},
    found::{Found, decode},
    tiff,
};

const COMMENT: u8 = 0xfe;
const APP1: u8 = 0xe1;
const START_OF_SCAN: u8 = 0xda;
const END: u8 = 0xd9;

pub(super) fn read(file: &[u8], found: &mut Found) -> Result<(), Broken> {
    let mut bytes = Bytes::new(file);
    bytes.take(2)?;
    loop {
        match next_marker(&mut bytes)? {
            // what follows the first scan is image data; nobody puts text there
            START_OF_SCAN | END => return Ok(()),
            0x01 | 0xd0..=0xd8 => {} // markers without a length
            marker => {
                let length = bytes.u16_be()?;
                let rest = length.checked_sub(2).ok_or(Broken("a segment is shorter than its own length"))?;
                segment(marker, bytes.take(usize::from(rest))?, found)?;
            }
        }
    }
}

/// The next marker, behind any number of fill bytes.
fn next_marker(bytes: &mut Bytes<'_>) -> Result<u8, Broken> {
    if bytes.u8()? != 0xff {
        return Err(Broken("there is no marker where a segment should begin"));
    }
    loop {
        match bytes.u8()? {
            0xff => {}
            marker => return Ok(marker),
        }
    }
}

fn segment(marker: u8, content: &[u8], found: &mut Found) -> Result<(), Broken> {
    match marker {
        APP1 if content.starts_with(tiff::PREFIX) => tiff::read(content, found)?,
        COMMENT => found.note_both(&decode(content)),
        _ => {}
    }
    Ok(())
}
