//! Zip archives of one file, as price lists come.

use std::io::{self, Read};

use flate2::bufread::DeflateDecoder;
use rawzip::{CompressionMethod, ZipArchive, ZipFileHeaderRecord, ZipSliceArchive};

use super::ReadErrorKind;
use super::compressed::allow;
use super::detect::io_kind;
#[cfg(feature = "xlsx")]
use super::held::MAX_HELD_BYTES;

/// An archive is held in memory, since its directory stands at its end; no larger one is.
const MAX_ARCHIVE_BYTES: u64 = 256 << 20;

/// An archive in memory.
pub(super) struct Zip(ZipSliceArchive<Vec<u8>>);

impl Zip {
    /// Takes all of the archive.
    pub(super) fn hold(reader: impl Read) -> Result<Self, ReadErrorKind> {
        let mut bytes = Vec::new();
        reader.take(MAX_ARCHIVE_BYTES + 1).read_to_end(&mut bytes).map_err(|error| io_kind(&error))?;
        if bytes.len() as u64 > MAX_ARCHIVE_BYTES {
            return Err(not_readable("is larger than 256 MiB"));
        }
        ZipArchive::from_slice(bytes).map(Self).map_err(|error| broken(&error))
    }

    /// Is it a workbook?
    #[cfg(feature = "xlsx")]
    pub(super) fn is_workbook(&self) -> bool {
        let mut entries = self.0.entries();
        while let Ok(Some(entry)) = entries.next_entry() {
            if entry.file_path().as_ref() == b"xl/workbook.xml" {
                return true;
            }
        }
        false
    }

    /// The archive as it was, once all that is in it has been unpacked and found to be in proportion: what reads it next has no
    /// limits of its own.
    #[cfg(feature = "xlsx")]
    pub(super) fn checked(self) -> Result<Vec<u8>, ReadErrorKind> {
        let (mut entries, mut bytes) = (self.0.entries(), 0);
        while let Some(entry) = entries.next_entry().map_err(|error| broken(&error))? {
            let mut text = self.text(&entry)?.take(MAX_HELD_BYTES + 1);
            bytes += io::copy(&mut text, &mut io::sink()).map_err(|error| io_kind(&error))?;
            if bytes > MAX_HELD_BYTES {
                return Err(ReadErrorKind::TooLargeToHold);
            }
        }
        Ok(self.0.into_inner())
    }

    /// The text of the only file in it. Folders and what macOS adds of its own are passed over.
    pub(super) fn only_file(&self) -> Result<Box<dyn Read + Send + '_>, ReadErrorKind> {
        let (mut entries, mut only, mut files) = (self.0.entries(), None, 0_u64);
        while let Some(entry) = entries.next_entry().map_err(|error| broken(&error))? {
            if !entry.is_dir() && !entry.file_path().as_ref().starts_with(b"__MACOSX/") {
                files += 1;
                only = Some(entry);
            }
        }
        let entry = only.filter(|_| files == 1).ok_or(ReadErrorKind::ZipOfSeveral { files })?;
        self.text(&entry)
    }

    /// The text of a file in it.
    fn text(&self, entry: &ZipFileHeaderRecord<'_>) -> Result<Box<dyn Read + Send + '_>, ReadErrorKind> {
        if entry.flags().is_encrypted() {
            return Err(not_readable("is encrypted"));
        }
        let method = entry.compression_method();
        let packed = self.0.get_entry(entry.wayfinder()).map_err(|error| broken(&error))?;
        let data = packed.data();
        let unpacked: Box<dyn Read + Send + '_> = match method {
            CompressionMethod::STORE => Box::new(packed.verifying_reader(data)),
            CompressionMethod::DEFLATE => Box::new(packed.verifying_reader(DeflateDecoder::new(data))),
            _ => return Err(not_readable("is not packed with deflate")),
        };
        Ok(Box::new(Limited { unpacked, packed_bytes: data.len() as u64, bytes: 0 }))
    }
}

fn not_readable(found: &str) -> ReadErrorKind {
    ReadErrorKind::ZipNotReadable { found: found.to_owned() }
}

fn broken(error: &rawzip::Error) -> ReadErrorKind {
    not_readable(&format!("is broken ({error})"))
}

/// A text that may not be out of proportion to what it is packed in.
struct Limited<'a> {
    unpacked: Box<dyn Read + Send + 'a>,
    packed_bytes: u64,
    bytes: u64,
}

impl Read for Limited<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.unpacked.read(buffer)?;
        self.bytes += read as u64;
        allow(self.bytes, self.packed_bytes)?;
        Ok(read)
    }
}
