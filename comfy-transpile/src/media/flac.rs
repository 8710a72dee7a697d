//! FLAC: the metadata block of type 4.

use super::{
    bytes::{Broken, Bytes},
    found::Found,
    id3, vorbis,
};

pub(super) const COMMENTS: u8 = 4;

pub(super) fn read(file: &[u8], found: &mut Found) -> Result<(), Broken> {
    let mut bytes = Bytes::new(file);
    if id3::is_tagged(file) {
        id3::read(file, found)?;
        bytes.take(id3::tag_len(file))?;
    }
    bytes.take(4)?; // fLaC
    loop {
        let kind = bytes.u8()?;
        let length = bytes.uint_be(3)?;
        let block = bytes.take_long(length)?;
        if kind & 0x7f == COMMENTS {
            vorbis::read(block, found)?;
        }
        if kind & 0x80 != 0 {
            return Ok(());
        }
    }
}
