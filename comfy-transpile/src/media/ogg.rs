//! Ogg: the comment packet of each stream, put together from its pages.
//!
//! A workflow is longer than the 255 segments of a page more often than not. The frontend searches the raw bytes and
//! fails on those files (`scripts/metadata/ogg.ts`); this reads packets by their lacing.

use std::collections::BTreeMap;

use super::{
    bytes::{Broken, Bytes},
    flac,
    found::Found,
    vorbis,
};

/// How comment packets begin, and how much of that is not comments.
const HEADERS: [(&[u8], usize); 3] = [(b"OpusTags", 8), (b"\x03vorbis", 7), (b"\x81theora", 7)];

/// The comments of every codec are in the second packet of its stream.
const COMMENT_PACKET: usize = 1;

#[derive(Default)]
struct Stream {
    /// How many packets have ended.
    packets: usize,
    /// The comment packet as far as it was read.
    comments: Vec<u8>,
    is_flac: bool,
}

pub(super) fn read(file: &[u8], found: &mut Found) -> Result<(), Broken> {
    let mut bytes = Bytes::new(file);
    let mut streams = BTreeMap::<u32, Stream>::new();
    let mut done = 0;
    while !bytes.is_empty() {
        let (serial, sizes, body) = page(&mut bytes)?;
        let stream = streams.entry(serial).or_default();
        let was_open = stream.is_open();
        stream.add(sizes, body, found)?;
        done += usize::from(was_open && !stream.is_open());
        // pages of sound follow, by the thousand
        if done == streams.len() {
            return Ok(());
        }
    }
    Err(Broken("it ends before the comments do"))
}

/// The stream a page belongs to, the sizes of its segments and their bytes.
fn page<'a>(bytes: &mut Bytes<'a>) -> Result<(u32, &'a [u8], &'a [u8]), Broken> {
    if bytes.take(4)? != b"OggS" {
        return Err(Broken("a page does not begin where it should"));
    }
    bytes.take(10)?; // version, flags, position
    let serial = bytes.u32_le()?;
    bytes.take(8)?; // number of the page, check sum
    let segments = bytes.u8()?;
    let sizes = bytes.take(usize::from(segments))?;
    let length = sizes.iter().map(|size| usize::from(*size)).sum();
    Ok((serial, sizes, bytes.take(length)?))
}

impl Stream {
    /// Whether its comments are still to come.
    fn is_open(&self) -> bool {
        self.packets <= COMMENT_PACKET
    }

    fn add(&mut self, sizes: &[u8], body: &[u8], found: &mut Found) -> Result<(), Broken> {
        let mut body = Bytes::new(body);
        for size in sizes {
            let segment = body.take(usize::from(*size))?;
            match self.packets {
                0 => self.is_flac |= segment.starts_with(b"\x7fFLAC"),
                COMMENT_PACKET => self.comments.extend_from_slice(segment),
                _ => return Ok(()),
            }
            // a packet ends with the first segment that is not full
            if *size < 255 {
                if self.packets == COMMENT_PACKET {
                    self.finish(found)?;
                }
                self.packets += 1;
            }
        }
        Ok(())
    }

    fn finish(&mut self, found: &mut Found) -> Result<(), Broken> {
        let packet = std::mem::take(&mut self.comments);
        if self.is_flac && packet.first().is_some_and(|kind| kind & 0x7f == flac::COMMENTS) {
            return vorbis::read(packet.get(4..).unwrap_or_default(), found);
        }
        for (magic, length) in HEADERS {
            if packet.starts_with(magic) {
                return vorbis::read(packet.get(length..).unwrap_or_default(), found);
            }
        }
        Ok(())
    }
}
