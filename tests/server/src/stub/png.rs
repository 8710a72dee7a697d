//! Pictures of one colour as PNG files, and the size of those that are uploaded.

use serde_json::Value;

/// What a simulated node knows of its pictures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Picture {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) batch: u32,
    pub(crate) rgb: [u8; 3],
}

/// Two small pictures of other kinds, for previews.
pub(crate) const JPEG: &[u8] = include_bytes!("../../data/preview.jpg");
pub(crate) const WEBP: &[u8] = include_bytes!("../../data/preview.webp");

/// A PNG file with text chunks as `SaveImage` writes them.
pub(crate) fn encode(picture: &Picture, texts: &[(String, String)]) -> Vec<u8> {
    let mut out = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut header = Vec::new();
    header.extend(picture.width.to_be_bytes());
    header.extend(picture.height.to_be_bytes());
    header.extend([8, 2, 0, 0, 0]);
    chunk(&mut out, *b"IHDR", &header);
    for (key, text) in texts {
        let mut body = key.clone().into_bytes();
        body.push(0);
        body.extend(text.as_bytes());
        chunk(&mut out, *b"tEXt", &body);
    }
    let width = usize::try_from(picture.width).unwrap_or_default();
    let mut row = vec![0];
    row.extend(picture.rgb.iter().cycle().take(width * 3));
    let rows = row.repeat(usize::try_from(picture.height).unwrap_or_default());
    chunk(&mut out, *b"IDAT", &miniz_oxide::deflate::compress_to_vec_zlib(&rows, 6));
    chunk(&mut out, *b"IEND", &[]);
    out
}

/// The size that the header of a PNG file says.
pub(crate) fn size(file: &[u8]) -> Option<(u32, u32)> {
    let header = file.strip_prefix(b"\x89PNG\r\n\x1a\n")?.get(8..16)?;
    let number = |at: usize| Some(u32::from_be_bytes(header.get(at..at + 4)?.try_into().ok()?));
    Some((number(0)?, number(4)?))
}

/// The texts of `SaveImage`: the prompt, and everything in `extra_pnginfo`. As `json.dumps` writes them.
pub(crate) fn texts(prompt: &Value, extra: Option<&Value>) -> Vec<(String, String)> {
    let mut texts = vec![("prompt".to_owned(), super::python::dumps(prompt))];
    if let Some(Value::Object(extra)) = extra {
        texts.extend(extra.iter().map(|(key, value)| (key.clone(), super::python::dumps(value))));
    }
    texts
}

fn chunk(out: &mut Vec<u8>, kind: [u8; 4], body: &[u8]) {
    out.extend(u32::try_from(body.len()).unwrap_or(u32::MAX).to_be_bytes());
    let start = out.len();
    out.extend(kind);
    out.extend(body);
    let sum = crc(out.get(start..).unwrap_or_default());
    out.extend(sum.to_be_bytes());
}

/// The bytes in the form of gzip.
pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = vec![0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255];
    out.extend(miniz_oxide::deflate::compress_to_vec(bytes, 6));
    out.extend(crc(bytes).to_le_bytes());
    // the length, by its lowest 32 bits
    out.extend(bytes.len().to_le_bytes().iter().take(4));
    out
}

/// The checksum of PNG and gzip, bit by bit: files here are small.
fn crc(bytes: &[u8]) -> u32 {
    let mut sum = u32::MAX;
    for byte in bytes {
        sum ^= u32::from(*byte);
        for _ in 0..8 {
            sum = if sum & 1 == 1 { sum >> 1 ^ 0xEDB8_8320 } else { sum >> 1 };
        }
    }
    !sum
}

#[cfg(test)]
mod tests {
    use super::{Picture, crc, encode, size};

    #[test]
    fn a_picture_has_its_size() {
        let file = encode(&Picture { width: 30, height: 20, batch: 1, rgb: [1, 2, 3] }, &[]);
        assert_eq!(size(&file), Some((30, 20)));
        assert_eq!(crc(b"IEND"), 0xAE42_6082);
    }
}
