//! UTF-16 to UTF-8: Excel's *Unicode Text*, and what `Export-Csv -Encoding Unicode` of PowerShell 5 writes.

use std::io::{self, Cursor, Read};

/// What is decoded at once.
const PIECE_BYTES: u64 = 256 << 10;
/// In the place of what is no character: no UTF-8 either, so its cell is an issue like any other of that kind.
const BROKEN: u8 = 0xff;

/// The same text as UTF-8 where its byte order mark says that it is UTF-16; any other as it is.
pub(super) fn decoded<'a>(mut text: impl Read + Send + 'a) -> io::Result<Box<dyn Read + Send + 'a>> {
    let mut mark = Vec::new();
    text.by_ref().take(2).read_to_end(&mut mark)?;
    let unit = match mark.as_slice() {
        [0xff, 0xfe] => u16::from_le_bytes,
        [0xfe, 0xff] => u16::from_be_bytes,
        _ => return Ok(Box::new(Cursor::new(mark).chain(text))),
    };
    Ok(Box::new(Utf16 { from: text, unit, bytes: Vec::new(), text: Cursor::default() }))
}

struct Utf16<R> {
    from: R,
    /// Two bytes to the unit that they are.
    unit: fn([u8; 2]) -> u16,
    /// The beginning of a character of which the rest is to come.
    bytes: Vec<u8>,
    text: Cursor<Vec<u8>>,
}

impl<R: Read> Utf16<R> {
    /// Decodes the next piece; is there one?
    fn piece(&mut self) -> io::Result<bool> {
        let read = self.from.by_ref().take(PIECE_BYTES).read_to_end(&mut self.bytes)?;
        let (pairs, odd) = self.bytes.as_chunks();
        let mut units: Vec<u16> = pairs.iter().map(|pair| (self.unit)(*pair)).collect();
        let mut rest = odd.to_vec();
        if read > 0 && units.last().is_some_and(|unit| (0xd800..0xdc00).contains(unit)) {
            units.pop(); // the first of two units
            rest = pairs.last().map_or(rest, |first| [first.as_slice(), odd].concat());
        }
        let mut text = Vec::with_capacity(self.bytes.len());
        for character in char::decode_utf16(units) {
            match character {
                Ok(character) => text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
                Err(_) => text.push(BROKEN),
            }
        }
        if read == 0 && !rest.is_empty() {
            rest.clear();
            text.push(BROKEN); // half a unit at the end
        }
        self.bytes = rest;
        self.text = Cursor::new(text);
        Ok(read > 0 || !self.text.get_ref().is_empty())
    }
}

impl<R: Read> Read for Utf16<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.text.read(buffer)?;
            if read > 0 || buffer.is_empty() || !self.piece()? {
                return Ok(read);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(bytes: &[u8]) -> Vec<u8> {
        let mut text = Vec::new();
        decoded(bytes).unwrap().read_to_end(&mut text).unwrap();
        text
    }

    fn utf_16(text: &str, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
        "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(unit).collect()
    }

    #[test]
    fn other_text_stays_what_it_is() {
        for text in [&b""[..], b"a", b"\xff", b"UsageDate,\xff\xfe", b"\xef\xbb\xbfa"] {
            assert_eq!(read(text), text);
        }
    }

    #[test]
    fn what_is_no_character_is_no_text() {
        let lone = [&utf_16("a", u16::to_le_bytes)[..], &[0x00, 0xd8, b'b', 0]].concat();
        assert_eq!(read(&lone), b"a\xffb");
        assert_eq!(read(&lone[..lone.len() - 1]), b"a\xff\xff");
        assert_eq!(read(&[0xff, 0xfe, 0x3d, 0xd8]), b"\xff");
        assert_eq!(read(&[0xff, 0xfe]), b"");
    }

    proptest! {
        /// Wherever a piece ends, in the middle of a character too.
        #[test]
        fn prop_text_comes_back(text in any::<String>(), padding in 0_usize..4, many in any::<bool>()) {
            let padding = if many { usize::try_from(PIECE_BYTES / 2).unwrap() - padding } else { padding };
            let text = format!("{}😀{text}", "x".repeat(padding));
            prop_assert_eq!(read(&utf_16(&text, u16::to_le_bytes)), text.as_bytes());
            prop_assert_eq!(read(&utf_16(&text, u16::to_be_bytes)), text.as_bytes());
        }
    }
}
