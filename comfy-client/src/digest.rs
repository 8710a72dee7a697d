//! Hashes of what may be too long for memory.

use std::io::{self, Read};

use sha2::{Digest as _, Sha256};

use crate::hex::hex;

/// The length of what a reader gives, and its SHA-256 in hexadecimal digits.
pub(crate) fn of_reader(mut reader: impl Read) -> io::Result<(u64, String)> {
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 64 << 10];
    let mut bytes = 0;
    loop {
        match reader.read(&mut buffer) {
            Ok(0) => return Ok((bytes, hex(&hash.finalize()))),
            Ok(length) => {
                hash.update(buffer.get(..length).unwrap_or_default());
                bytes += length as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// The same of what is in memory.
pub(crate) fn of_bytes(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}
