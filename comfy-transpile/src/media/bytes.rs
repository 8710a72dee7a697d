//! The bounded reader under all containers: takes bytes and numbers off the front of a slice, or says that the
//! file is too short. Knows no format.

/// What is wrong with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Broken(pub(super) &'static str);

const CUT_OFF: Broken = Broken("it ends in the middle of a field, or a length is wrong");

/// The bytes of a file that are still to be read.
#[derive(Clone, Copy)]
pub(super) struct Bytes<'a> {
    rest: &'a [u8],
}

impl<'a> Bytes<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(super) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    pub(super) fn take(&mut self, count: usize) -> Result<&'a [u8], Broken> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or(CUT_OFF)?;
        self.rest = rest;
        Ok(taken)
    }

    /// [`Bytes::take`] for a length from the file, of any width.
    pub(super) fn take_long(&mut self, count: u64) -> Result<&'a [u8], Broken> {
        self.take(usize::try_from(count).map_err(|_| CUT_OFF)?)
    }

    /// The bytes before the next NUL, which is read too.
    pub(super) fn until_nul(&mut self) -> Result<&'a [u8], Broken> {
        let end = self.rest.iter().position(|byte| *byte == 0).ok_or(CUT_OFF)?;
        let taken = self.take(end)?;
        self.take(1)?;
        Ok(taken)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], Broken> {
        let (taken, rest) = self.rest.split_first_chunk::<N>().ok_or(CUT_OFF)?;
        self.rest = rest;
        Ok(*taken)
    }

    pub(super) fn u8(&mut self) -> Result<u8, Broken> {
        self.array::<1>().map(|[byte]| byte)
    }

    pub(super) fn u16_be(&mut self) -> Result<u16, Broken> {
        self.array().map(u16::from_be_bytes)
    }

    pub(super) fn u32_be(&mut self) -> Result<u32, Broken> {
        self.array().map(u32::from_be_bytes)
    }

    pub(super) fn u32_le(&mut self) -> Result<u32, Broken> {
        self.array().map(u32::from_le_bytes)
    }

    pub(super) fn u64_be(&mut self) -> Result<u64, Broken> {
        self.array().map(u64::from_be_bytes)
    }

    pub(super) fn u64_le(&mut self) -> Result<u64, Broken> {
        self.array().map(u64::from_le_bytes)
    }

    /// A big-endian number of 0 to 8 bytes.
    pub(super) fn uint_be(&mut self, width: usize) -> Result<u64, Broken> {
        if width > 8 {
            return Err(Broken("a number is wider than 64 bits"));
        }
        Ok(self.take(width)?.iter().fold(0, |number, byte| (number << 8) | u64::from(*byte)))
    }
}

/// The first place of `needle` in `haystack`.
pub(super) fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_read_beyond_the_end() {
        let mut bytes = Bytes::new(b"ab\0cd");
        assert_eq!(bytes.until_nul(), Ok(b"ab".as_slice()));
        assert_eq!(bytes.u16_be(), Ok(0x6364));
        assert_eq!(bytes.u8(), Err(CUT_OFF));
        assert_eq!(bytes.take_long(u64::MAX), Err(CUT_OFF));
        assert_eq!(bytes.until_nul(), Err(CUT_OFF));
        assert_eq!(bytes.take(0), Ok(b"".as_slice()));
    }

    #[test]
    fn numbers_have_at_most_eight_bytes() {
        assert_eq!(Bytes::new(&[1, 2, 3]).uint_be(3), Ok(0x0001_0203));
        assert_eq!(Bytes::new(&[0xff; 8]).uint_be(8), Ok(u64::MAX));
        assert!(Bytes::new(&[0xff; 9]).uint_be(9).is_err());
    }
}
