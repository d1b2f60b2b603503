//! Bytes to text: UTF-8, and the UTF-16 that `>` of PowerShell writes.

use std::borrow::Cow;

use super::error::EvidenceErrorKind;

/// The text of a file, without its byte order mark.
pub(super) fn decode(content: &[u8]) -> Result<Cow<'_, str>, EvidenceErrorKind> {
    if content.starts_with(b"PK\x03\x04") || content.starts_with(&[0x1f, 0x8b]) {
        return Err(EvidenceErrorKind::Packed);
    }
    let text = match content {
        [0xff, 0xfe, rest @ ..] => utf_16(rest, u16::from_le_bytes)?.into(),
        [0xfe, 0xff, rest @ ..] => utf_16(rest, u16::from_be_bytes)?.into(),
        [0xef, 0xbb, 0xbf, rest @ ..] => Cow::Borrowed(utf_8(rest)?),
        _ => Cow::Borrowed(utf_8(content)?),
    };
    match text.trim_start().bytes().next() {
        None => Err(EvidenceErrorKind::Empty),
        Some(b'<') => Err(EvidenceErrorKind::Html),
        Some(_) => Ok(text),
    }
}

fn utf_8(bytes: &[u8]) -> Result<&str, EvidenceErrorKind> {
    std::str::from_utf8(bytes).map_err(|error| {
        let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
        EvidenceErrorKind::NotText { line: 1 + before.iter().filter(|byte| **byte == b'\n').count() }
    })
}

fn utf_16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, EvidenceErrorKind> {
    let (pairs, odd) = bytes.as_chunks::<2>();
    let mut text = String::with_capacity(pairs.len());
    for read in char::decode_utf16(pairs.iter().map(|pair| unit(*pair))) {
        let line = || 1 + text.matches('\n').count();
        text.push(read.map_err(|_| EvidenceErrorKind::NotText { line: line() })?);
    }
    if odd.is_empty() { Ok(text) } else { Err(EvidenceErrorKind::NotText { line: 1 + text.matches('\n').count() }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings() {
        let utf_16 = |mark: [u8; 2], bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
            mark.into_iter().chain("[ü😀]".encode_utf16().flat_map(bytes)).collect()
        };
        for content in [
            "[ü😀]".as_bytes().to_vec(),
            "\u{feff}[ü😀]".as_bytes().to_vec(),
            utf_16([0xff, 0xfe], u16::to_le_bytes),
            utf_16([0xfe, 0xff], u16::to_be_bytes),
        ] {
            assert_eq!(decode(&content).unwrap(), "[ü😀]");
        }
    }

    #[test]
    fn what_is_no_text() {
        for (content, expected) in [
            (&b""[..], EvidenceErrorKind::Empty),
            (b" \r\n\t", EvidenceErrorKind::Empty),
            (b"\xef\xbb\xbf", EvidenceErrorKind::Empty),
            (b"\xff\xfe", EvidenceErrorKind::Empty),
            (b"PK\x03\x04rest", EvidenceErrorKind::Packed),
            (b"\x1f\x8brest", EvidenceErrorKind::Packed),
            (b" <!DOCTYPE html>", EvidenceErrorKind::Html),
            (b"[\n\"\xff\"]", EvidenceErrorKind::NotText { line: 2 }),
            (b"\xff\xfe[\0\n\0\0\xd8", EvidenceErrorKind::NotText { line: 2 }),
            (b"\xff\xfe[\0\n", EvidenceErrorKind::NotText { line: 1 }),
        ] {
            assert_eq!(decode(content), Err(expected), "{content:?}");
        }
    }
}
