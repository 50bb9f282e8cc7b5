//! IDX files, as those of MNIST and its kin: `train-images-idx3-ubyte`, also packed (`.gz`).
//!
//! Source: Y. LeCun, C. Cortes, C. J. C. Burges, [The MNIST database](http://yann.lecun.com/exdb/mnist/).

use std::io::Read;
use std::path::Path;

use crate::error::{Named, Result, shown};
use crate::numbers::{Numbers, Values};
use crate::source::{ended, exactly, head, lens, open, unpacked};

/// Reads an array: bytes stay bytes, integers and floats what they are.
///
/// # Errors
///
/// If the file cannot be read, is no such file, is cut short, or longer than it says.
pub fn read(path: impl AsRef<Path>) -> Result<Numbers> {
    let path = path.as_ref();
    parse(&mut *open(path)?, Named(&shown(path)))
}

/// The same of bytes.
///
/// ```
/// // Bytes (8), one axis (1) of three elements.
/// let labels = nn_data::idx::from_bytes(&[0, 0, 8, 1, 0, 0, 0, 3, 7, 2, 1])?;
/// assert_eq!(labels.labels::<u8>()?, [7, 2, 1]);
/// # Ok::<(), nn_data::DataError>(())
/// ```
///
/// # Errors
///
/// As [`read`].
pub fn from_bytes(bytes: &[u8]) -> Result<Numbers> {
    match unpacked(bytes) {
        Ok(mut bytes) => parse(&mut *bytes, Named("bytes")),
        Err(error) => Named("bytes").unread("the start", error),
    }
}

fn parse(from: &mut dyn Read, file: Named<'_>) -> Result<Numbers> {
    let [zero, nought, kind, axes]: [u8; 4] = head(from, file, "the magic number")?;
    let size = match kind {
        0x08 | 0x09 => Some(1),
        0x0b => Some(2),
        0x0c | 0x0d => Some(4),
        0x0e => Some(8),
        _ => None,
    };
    let (Some(size), [0, 0]) = (size, [zero, nought]) else {
        let found = format!("{zero:02x} {nought:02x} {kind:02x}");
        return file.wrong("the magic number", "two zeros and a type from 08 to 0e", found);
    };
    let mut shape = Vec::new();
    for axis in 0..axes {
        let size = u32::from_be_bytes(head(from, file, &format!("the size of axis {axis}"))?);
        shape.push(size as usize);
    }
    let Some((_, bytes)) = lens(&shape, size) else {
        return file.wrong("the sizes", "as many elements as memory can hold", format!("{shape:?}"));
    };
    let bytes = exactly(from, bytes, file, "the elements")?;
    ended(from, file)?;
    macro_rules! elements {
        ($type:ty, $kind:ident) => {
            Values::$kind(bytes.as_chunks().0.iter().map(|bytes| <$type>::from_be_bytes(*bytes)).collect())
        };
    }
    let values = match kind {
        0x09 => elements!(i8, I8),
        0x0b => elements!(i16, I16),
        0x0c => elements!(i32, I32),
        0x0d => elements!(f32, F32),
        0x0e => elements!(f64, F64),
        _ => Values::U8(bytes),
    };
    Ok(Numbers::of(shape, values))
}
