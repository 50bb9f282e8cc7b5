//! The wire format of FlatBuffers: tables whose fields are found by numbers.
//!
//! [FlatBuffers' internals](https://flatbuffers.dev/internals/). Nothing here trusts an offset: what leads out of the bytes is an error.

use std::cell::Cell;

use crate::ImportError;

/// The bytes that are read of a file, at most, for each that it has: some files use one array in several places.
const MOST: usize = 8;

pub(super) fn bad(reason: impl Into<String>) -> ImportError {
    ImportError::Format { format: "TFLite", reason: reason.into() }
}

fn cut() -> ImportError {
    bad("it names a place that lies outside of it")
}

/// A table: an object whose fields may be left out.
#[derive(Clone, Copy, Debug)]
pub struct Table<'a> {
    bytes: &'a [u8],
    /// The bytes that may still be read: an offset may lead to the same place again and again.
    left: &'a Cell<usize>,
    at: usize,
    /// Where the places of its fields are.
    fields: &'a [u8],
}

/// The number of so many bytes at a place.
fn take<const N: usize>(bytes: &[u8], at: usize) -> Result<[u8; N], ImportError> {
    let end = at.checked_add(N).ok_or_else(cut)?;
    bytes.get(at..end).and_then(|bytes| bytes.try_into().ok()).ok_or_else(cut)
}

fn offset(bytes: &[u8], at: usize) -> Result<usize, ImportError> {
    let offset = u32::from_le_bytes(take(bytes, at)?) as usize;
    at.checked_add(offset).ok_or_else(cut)
}

impl<'a> Table<'a> {
    /// The table that the bytes begin with; `left` is counted down by what is read.
    pub fn root(bytes: &'a [u8], left: &'a Cell<usize>) -> Result<Self, ImportError> {
        left.set(1024 + MOST * bytes.len());
        Table::at(bytes, left, offset(bytes, 0)?)
    }

    /// So many bytes more are read.
    fn spend(&self, len: usize) -> Result<(), ImportError> {
        let left = self.left.get().checked_sub(len).ok_or_else(|| bad("it names the same places over and over"))?;
        self.left.set(left);
        Ok(())
    }

    fn at(bytes: &'a [u8], left: &'a Cell<usize>, at: usize) -> Result<Self, ImportError> {
        let back = i64::from(i32::from_le_bytes(take(bytes, at)?));
        let start = usize::try_from(at as i64 - back).map_err(|_| cut())?;
        let len = usize::from(u16::from_le_bytes(take(bytes, start)?));
        let fields = start.checked_add(len).and_then(|end| bytes.get(start + 4..end)).unwrap_or_default();
        Ok(Table { bytes, left, at, fields })
    }

    /// Where a field is, if it is there.
    fn field(&self, number: usize) -> Option<usize> {
        let place = self.fields.get(2 * number..2 * number + 2)?;
        let place = usize::from(u16::from_le_bytes([place[0], place[1]]));
        (place > 0).then_some(self.at + place)
    }

    pub fn byte(&self, number: usize, default: i8) -> Result<i8, ImportError> {
        self.field(number).map_or(Ok(default), |at| take::<1>(self.bytes, at).map(|[byte]| byte as i8))
    }

    pub fn int(&self, number: usize, default: i32) -> Result<i32, ImportError> {
        self.field(number).map_or(Ok(default), |at| take(self.bytes, at).map(i32::from_le_bytes))
    }

    pub fn long(&self, number: usize) -> Result<u64, ImportError> {
        self.field(number).map_or(Ok(0), |at| take(self.bytes, at).map(u64::from_le_bytes))
    }

    pub fn float(&self, number: usize, default: f32) -> Result<f32, ImportError> {
        self.field(number).map_or(Ok(default), |at| take(self.bytes, at).map(f32::from_le_bytes))
    }

    pub fn table(&self, number: usize) -> Result<Option<Table<'a>>, ImportError> {
        self.field(number).map(|at| Table::at(self.bytes, self.left, offset(self.bytes, at)?)).transpose()
    }

    /// The elements of a vector, each of so many bytes.
    fn elements(&self, number: usize, size: usize) -> Result<(usize, &'a [u8]), ImportError> {
        let Some(at) = self.field(number) else { return Ok((0, &[])) };
        let start = offset(self.bytes, at)?;
        let count = u32::from_le_bytes(take(self.bytes, start)?) as usize;
        let end = count.checked_mul(size).and_then(|len| len.checked_add(start + 4)).ok_or_else(cut)?;
        let elements = self.bytes.get(start + 4..end).ok_or_else(cut)?;
        self.spend(elements.len())?;
        Ok((start + 4, elements))
    }

    pub fn bytes(&self, number: usize) -> Result<&'a [u8], ImportError> {
        Ok(self.elements(number, 1)?.1)
    }

    /// A part of the whole file.
    pub fn part(&self, start: u64, len: u64) -> Result<&'a [u8], ImportError> {
        let end = start.checked_add(len).and_then(|end| usize::try_from(end).ok()).ok_or_else(cut)?;
        let part = self.bytes.get(start as usize..end).ok_or_else(cut)?;
        self.spend(part.len())?;
        Ok(part)
    }

    pub fn text(&self, number: usize) -> Result<String, ImportError> {
        Ok(String::from_utf8_lossy(self.bytes(number)?).into_owned())
    }

    pub fn ints(&self, number: usize) -> Result<Vec<i64>, ImportError> {
        let ints = self.elements(number, 4)?.1.chunks_exact(4);
        Ok(ints.map(|int| i64::from(i32::from_le_bytes([int[0], int[1], int[2], int[3]]))).collect())
    }

    pub fn floats(&self, number: usize) -> Result<Vec<f64>, ImportError> {
        let floats = self.elements(number, 4)?.1.chunks_exact(4);
        Ok(floats.map(|float| f64::from(f32::from_le_bytes([float[0], float[1], float[2], float[3]]))).collect())
    }

    pub fn longs(&self, number: usize) -> Result<Vec<i64>, ImportError> {
        let longs = self.elements(number, 8)?.1.chunks_exact(8);
        Ok(longs.map(|long| i64::from_le_bytes(long.try_into().unwrap_or_default())).collect())
    }

    pub fn tables(&self, number: usize) -> Result<Vec<Table<'a>>, ImportError> {
        let (start, elements) = self.elements(number, 4)?;
        (0..elements.len() / 4)
            .map(|place| Table::at(self.bytes, self.left, offset(self.bytes, start + 4 * place)?))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A table of one field, a vector of four bytes.
    const FILE: [u8; 28] = [12, 0, 0, 0, 0, 0, 6, 0, 8, 0, 4, 0, 6, 0, 0, 0, 4, 0, 0, 0, 4, 0, 0, 0, 1, 2, 3, 4];

    #[test]
    fn a_place_is_not_read_for_ever() {
        let left = Cell::new(0);
        let table = Table::root(&FILE, &left).expect("a table");
        assert_eq!(table.bytes(0).expect("a vector"), [1, 2, 3, 4]);
        let reads = (0..10_000).take_while(|_| table.bytes(0).is_ok()).count();
        assert_eq!(reads, (1024 + MOST * FILE.len()) / 4 - 1);
    }
}
