//! PNG: text chunks, the private chunk `comf` of `SaveAnimatedPNG`, and EXIF.
//!
//! Chunks are read to the end of the file, not to the first IDAT: `comf` follows the image. Check sums are not
//! looked at, as in the frontend (`scripts/metadata/png.ts`).

use std::borrow::Cow;

use miniz_oxide::inflate::decompress_to_vec_zlib_with_limit;

use super::{
    bytes::{Broken, Bytes},
    found::{Found, decode},
    tiff,
};

pub(super) const MAGIC: &[u8] = b"\x89PNG\r\n\x1a\n";

/// All compressed texts of a file together may grow to this size in memory.
const MAX_TEXT: usize = 64 << 20;

pub(super) fn read(file: &[u8], found: &mut Found) -> Result<(), Broken> {
    let mut bytes = Bytes::new(file);
    bytes.take(MAGIC.len())?;
    let mut budget = MAX_TEXT;
    loop {
        let length = bytes.u32_be()?;
        let kind = bytes.array::<4>()?;
        let content = bytes.take_long(u64::from(length))?;
        bytes.take(4)?; // CRC
        match &kind {
            b"tEXt" | b"comf" => plain(content, found)?,
            b"zTXt" => compressed(content, &mut budget, found)?,
            b"iTXt" => international(content, &mut budget, found)?,
            // a picture's own EXIF, where no saver of workflows writes; damage there is not of interest
            b"eXIf" => tiff::read(content, found).unwrap_or_default(),
            b"IEND" => return Ok(()),
            _ => {}
        }
    }
}

/// `keyword NUL text`
fn plain(content: &[u8], found: &mut Found) -> Result<(), Broken> {
    let mut bytes = Bytes::new(content);
    let keyword = bytes.until_nul()?;
    note(keyword, bytes.rest(), found);
    Ok(())
}

/// `keyword NUL method text`
fn compressed(content: &[u8], budget: &mut usize, found: &mut Found) -> Result<(), Broken> {
    let mut bytes = Bytes::new(content);
    let keyword = bytes.until_nul()?;
    let method = bytes.u8()?;
    if Found::wants(&decode(keyword)) {
        note(keyword, &inflate(method, bytes.rest(), budget)?, found);
    }
    Ok(())
}

/// `keyword NUL flag method language NUL translated keyword NUL text`
fn international(content: &[u8], budget: &mut usize, found: &mut Found) -> Result<(), Broken> {
    let mut bytes = Bytes::new(content);
    let keyword = bytes.until_nul()?;
    let [flag, method] = bytes.array()?;
    bytes.until_nul()?;
    bytes.until_nul()?;
    if !Found::wants(&decode(keyword)) {
        return Ok(());
    }
    let text = match flag {
        0 => Cow::Borrowed(bytes.rest()),
        _ => Cow::Owned(inflate(method, bytes.rest(), budget)?),
    };
    note(keyword, &text, found);
    Ok(())
}

fn inflate(method: u8, bytes: &[u8], budget: &mut usize) -> Result<Vec<u8>, Broken> {
    if method != 0 {
        return Err(Broken("unknown compression of a text"));
    }
    let text = decompress_to_vec_zlib_with_limit(bytes, *budget)
        .map_err(|_| Broken("a compressed text is damaged or longer than 64 MiB"))?;
    *budget = budget.saturating_sub(text.len());
    Ok(text)
}

fn note(keyword: &[u8], text: &[u8], found: &mut Found) {
    if let Ok(keyword) = std::str::from_utf8(keyword) {
        found.note(keyword, text);
    }
}
