//! Frames of a `WebSocket`.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt};

use super::broken;

/// Frames beyond this are refused.
const MOST: u64 = 1 << 30;

/// What kind of frame it is.
pub(crate) const TEXT: u8 = 1;
pub(crate) const BINARY: u8 = 2;

/// A frame: its kind, its payload without the mask, and its bytes as they were on the wire.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    pub(crate) opcode: u8,
    pub(crate) last: bool,
    pub(crate) payload: Vec<u8>,
    pub(crate) raw: Vec<u8>,
}

impl Frame {
    /// The next frame; nothing if the connection ended before it.
    pub(crate) async fn read(wire: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<Self>> {
        let mut raw = vec![0; 2];
        if wire.read(raw.get_mut(..1).unwrap_or_default()).await? == 0 {
            return Ok(None);
        }
        wire.read_exact(raw.get_mut(1..).unwrap_or_default()).await?;
        let [first, second] = raw.as_slice() else { return Ok(None) };
        let (opcode, last) = (first & 15, first & 128 != 0);
        let (masked, short) = (second & 128 != 0, second & 127);
        let length = match short {
            126 => more(wire, &mut raw, 2).await?,
            127 => more(wire, &mut raw, 8).await?,
            short => vec![short],
        };
        let length = length.iter().fold(0_u64, |length, byte| length << 8 | u64::from(*byte));
        if length > MOST {
            return Err(broken("a frame that is too large"));
        }
        let mask = if masked { more(wire, &mut raw, 4).await? } else { vec![0; 4] };
        let length = usize::try_from(length).map_err(|_| broken("a frame that is too large"))?;
        let payload = more(wire, &mut raw, length).await?;
        let payload = payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask).collect();
        Ok(Some(Self { opcode, last, payload, raw }))
    }

    /// A frame of a server.
    pub(crate) fn made(opcode: u8, payload: &[u8]) -> Vec<u8> {
        let mut bytes = vec![128 | opcode];
        match (u8::try_from(payload.len()), u16::try_from(payload.len())) {
            (Ok(length @ ..=125), _) => bytes.push(length),
            (_, Ok(length)) => {
                bytes.push(126);
                bytes.extend(length.to_be_bytes());
            }
            _ => {
                bytes.push(127);
                bytes.extend(u64::try_from(payload.len()).unwrap_or_default().to_be_bytes());
            }
        }
        bytes.extend(payload);
        bytes
    }
}

async fn more(wire: &mut (impl AsyncRead + Unpin), raw: &mut Vec<u8>, count: usize) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; count];
    wire.read_exact(&mut bytes).await?;
    raw.extend(&bytes);
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::{Frame, TEXT};

    #[tokio::test]
    async fn frames_of_all_lengths_come_back() {
        for length in [0, 1, 125, 126, 65_535, 65_536] {
            let payload = vec![7; length];
            let bytes = Frame::made(TEXT, &payload);
            let frame = Frame::read(&mut bytes.as_slice()).await.expect("a frame").expect("a frame");
            assert_eq!((frame.opcode, frame.last, frame.payload), (TEXT, true, payload));
            assert_eq!(frame.raw, bytes);
        }
    }

    #[tokio::test]
    async fn masks_are_taken_off() {
        let bytes = [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58];
        let frame = Frame::read(&mut bytes.as_slice()).await.expect("a frame").expect("a frame");
        assert_eq!(frame.payload, b"Hello");
        assert!(Frame::read(&mut bytes[..5].as_ref()).await.is_err());
    }
}
