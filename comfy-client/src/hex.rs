//! Bytes in hexadecimal, as hashes are written.

/// Two lower-case digits for each byte.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;

    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // writing into a text cannot fail
        let _ = write!(text, "{byte:02x}");
        text
    })
}
