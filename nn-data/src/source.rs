//! Bytes of a file, unpacked where it is packed.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;

use crate::error::{DataError, Named, Result, shown};

/// How every file of gzip begins.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// A file, to be read once from its start; what is packed by gzip is unpacked.
pub(crate) fn open(path: &Path) -> Result<Box<dyn Read>> {
    let unread = |source| DataError::File { action: "read", file: shown(path), source };
    unpacked(BufReader::with_capacity(1 << 16, File::open(path).map_err(unread)?)).map_err(unread)
}

/// The same of bytes.
pub(crate) fn unpacked<'a>(mut bytes: impl BufRead + 'a) -> std::io::Result<Box<dyn Read + 'a>> {
    let packed = bytes.fill_buf()?.starts_with(&GZIP);
    Ok(if packed { Box::new(MultiGzDecoder::new(bytes)) } else { Box::new(bytes) })
}

/// So many bytes, which may be more than there are: memory is taken as they arrive.
pub(crate) fn exactly(from: &mut dyn Read, count: u64, file: Named<'_>, place: &str) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    match from.take(count).read_to_end(&mut bytes) {
        Err(error) => file.unread(place, error),
        Ok(read) if (read as u64) < count => file.wrong(place, format!("{count} bytes"), format!("{read}")),
        Ok(_) => Ok(bytes),
    }
}

/// A few bytes that say what follows.
pub(crate) fn head<const N: usize>(from: &mut dyn Read, file: Named<'_>, place: &str) -> Result<[u8; N]> {
    let mut bytes = [0; N];
    match from.read_exact(&mut bytes) {
        Ok(()) => Ok(bytes),
        Err(error) => file.unread(place, error),
    }
}

/// Nothing may follow.
pub(crate) fn ended(from: &mut dyn Read, file: Named<'_>) -> Result<()> {
    match from.read(&mut [0]) {
        Ok(0) => Ok(()),
        Ok(_) => file.wrong("behind the last element", "the end", "more bytes"),
        Err(error) => file.unread("behind the last element", error),
    }
}

/// The number of elements of a shape, and of their bytes.
pub(crate) fn lens(shape: &[usize], size: usize) -> Option<(usize, u64)> {
    let len = shape.iter().try_fold(1_usize, |len, axis| len.checked_mul(*axis))?;
    Some((len, u64::try_from(len.checked_mul(size)?).ok()?))
}
