//! AVIF and HEIF: the item of type `Exif` that the box `meta` declares (`iinf`) and places (`iloc`).

use std::borrow::Cow;

use super::{
    bytes::{Broken, Bytes},
    found::Found,
    isobmff::{Boxes, first, inside_meta},
    tiff,
};

/// Brands of still images and their sequences.
const BRANDS: [&[u8]; 9] = [b"avif", b"avis", b"heic", b"heix", b"hevc", b"hevx", b"heim", b"mif1", b"msf1"];

/// Whether one of the brands in the `ftyp` box is an image's. Looks at the major brand only when it is a movie's.
pub(super) fn is_brand(file: &[u8]) -> bool {
    file.get(8..12).is_some_and(|brand| BRANDS.contains(&brand))
}

pub(super) fn read(file: &[u8], found: &mut Found) -> Result<(), Broken> {
    let Some(meta) = first(file, *b"meta")? else { return Err(Broken("there is no box `meta`")) };
    let boxes = inside_meta(meta);
    let Some(items) = first(boxes, *b"iinf")? else { return Ok(()) };
    let Some(id) = exif_item(items)? else { return Ok(()) };
    let places = first(boxes, *b"iloc")?.ok_or(Broken("there is no box `iloc`"))?;
    let data = first(boxes, *b"idat")?.unwrap_or_default();
    let item = Locations::new(places)?.item(id, file, data)?;
    tiff::read_item(&item, found)
}

/// The id of the first item of type `Exif`.
fn exif_item(items: &[u8]) -> Result<Option<u32>, Broken> {
    let mut bytes = Bytes::new(items);
    let [version, ..] = bytes.array::<4>()?;
    bytes.take(if version == 0 { 2 } else { 4 })?; // how many; the boxes say it, too
    for entry in Boxes::new(bytes.rest()) {
        let entry = entry?;
        if &entry.kind != b"infe" {
            continue;
        }
        let mut info = Bytes::new(entry.content);
        let [version, ..] = info.array::<4>()?;
        if version < 2 {
            continue; // has no item type
        }
        let id = if version == 2 { u32::from(info.u16_be()?) } else { info.u32_be()? };
        info.take(2)?; // protection
        if info.take(4)? == b"Exif" {
            return Ok(Some(id));
        }
    }
    Ok(None)
}

/// An `iloc` box: where the items are. Its numbers have the widths that its first bytes give.
struct Locations<'a> {
    bytes: Bytes<'a>,
    version: u8,
    offset_width: usize,
    length_width: usize,
    base_width: usize,
    index_width: usize,
    count: u32,
}

impl<'a> Locations<'a> {
    fn new(places: &'a [u8]) -> Result<Self, Broken> {
        let mut bytes = Bytes::new(places);
        let [version, ..] = bytes.array::<4>()?;
        let [sizes, more] = bytes.array()?;
        let widths = [sizes >> 4, sizes & 15, more >> 4, if version == 0 { 0 } else { more & 15 }];
        let [offset_width, length_width, base_width, index_width] = widths.map(usize::from);
        let count = if version < 2 { u32::from(bytes.u16_be()?) } else { bytes.u32_be()? };
        Ok(Self { bytes, version, offset_width, length_width, base_width, index_width, count })
    }

    /// The bytes of an item: one extent as a rule, else all of them in a row.
    fn item(mut self, wanted: u32, file: &'a [u8], data: &'a [u8]) -> Result<Cow<'a, [u8]>, Broken> {
        for _ in 0..self.count {
            let id = if self.version < 2 { u32::from(self.bytes.u16_be()?) } else { self.bytes.u32_be()? };
            let method = if self.version == 0 { 0 } else { self.bytes.u16_be()? & 15 };
            self.bytes.take(2)?; // data reference
            let base = self.bytes.uint_be(self.base_width)?;
            let extents = self.bytes.u16_be()?;
            let source = match method {
                0 => file,
                1 => data,
                _ if id == wanted => return Err(Broken("the EXIF item is made of other items")),
                _ => file,
            };
            if id != wanted {
                // in one step: extents without any width would be 65,535 steps for no bytes at all
                let width = self.index_width + self.offset_width + self.length_width;
                self.bytes.take(usize::from(extents) * width)?;
                continue;
            }
            let mut content = Cow::Borrowed([].as_slice());
            for _ in 0..extents {
                let (offset, length) = self.extent()?;
                let extent = slice(source, base.saturating_add(offset), length)?;
                append(&mut content, extent, file.len())?;
            }
            return Ok(content);
        }
        Err(Broken("the EXIF item is nowhere in the file"))
    }

    fn extent(&mut self) -> Result<(u64, u64), Broken> {
        self.bytes.uint_be(self.index_width)?;
        Ok((self.bytes.uint_be(self.offset_width)?, self.bytes.uint_be(self.length_width)?))
    }
}

fn slice(source: &[u8], offset: u64, length: u64) -> Result<&[u8], Broken> {
    let mut bytes = Bytes::new(source);
    bytes.take_long(offset)?;
    // no length is all the rest
    if length == 0 { Ok(bytes.rest()) } else { bytes.take_long(length) }
}

/// Puts an extent behind the others. The same bytes may be extents a thousand times, so that the sum is limited.
fn append<'a>(content: &mut Cow<'a, [u8]>, extent: &'a [u8], limit: usize) -> Result<(), Broken> {
    if content.is_empty() {
        *content = Cow::Borrowed(extent);
    } else if content.len().saturating_add(extent.len()) > limit {
        return Err(Broken("the EXIF item is larger than the file"));
    } else {
        content.to_mut().extend_from_slice(extent);
    }
    Ok(())
}
