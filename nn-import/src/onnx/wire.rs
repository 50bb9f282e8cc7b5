//! The wire format of protocol buffers: numbered fields, as far as ONNX uses them.

use crate::ImportError;

/// What a field holds.
#[derive(Clone, Copy, Debug)]
pub enum Field<'a> {
    Varint(u64),
    Fixed32([u8; 4]),
    Fixed64([u8; 8]),
    Bytes(&'a [u8]),
}

/// The fields of a message, one after another.
pub struct Fields<'a> {
    rest: &'a [u8],
}

pub fn bad(reason: impl Into<String>) -> ImportError {
    ImportError::Format { format: "ONNX", reason: reason.into() }
}

impl<'a> Fields<'a> {
    pub fn of(message: &'a [u8]) -> Self {
        Fields { rest: message }
    }

    fn field(&mut self) -> Result<(u64, Field<'a>), ImportError> {
        let key = varint(&mut self.rest)?;
        let field = match key & 7 {
            0 => Field::Varint(varint(&mut self.rest)?),
            1 => Field::Fixed64(fixed(&mut self.rest)?),
            2 => {
                let len = varint(&mut self.rest)?;
                Field::Bytes(take(&mut self.rest, usize::try_from(len).unwrap_or(usize::MAX))?)
            }
            5 => Field::Fixed32(fixed(&mut self.rest)?),
            kind => return Err(bad(format!("a field of kind {kind}, which there is not"))),
        };
        Ok((key >> 3, field))
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Result<(u64, Field<'a>), ImportError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let field = self.field();
        if field.is_err() {
            self.rest = &[];
        }
        Some(field)
    }
}

fn take<'a>(rest: &mut &'a [u8], len: usize) -> Result<&'a [u8], ImportError> {
    let (taken, behind) = rest.split_at_checked(len).ok_or_else(|| bad("a field is longer than what it is in"))?;
    *rest = behind;
    Ok(taken)
}

fn fixed<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], ImportError> {
    let (taken, behind) = rest.split_first_chunk::<N>().ok_or_else(|| bad("it ends within a number"))?;
    *rest = behind;
    Ok(*taken)
}

fn varint(rest: &mut &[u8]) -> Result<u64, ImportError> {
    let mut value = 0_u64;
    for shift in (0..64).step_by(7) {
        let [byte] = fixed(rest)?;
        value |= u64::from(byte & 127) << shift;
        if byte < 128 {
            return Ok(value);
        }
    }
    Err(bad("a number of more than 64 bits"))
}

impl<'a> Field<'a> {
    pub fn bytes(self) -> Result<&'a [u8], ImportError> {
        match self {
            Field::Bytes(bytes) => Ok(bytes),
            _ => Err(bad("a number where bytes are wanted")),
        }
    }

    pub fn text(self) -> Result<String, ImportError> {
        let text = std::str::from_utf8(self.bytes()?).map_err(|_| bad("a name that is no text"))?;
        Ok(text.to_owned())
    }

    pub fn int(self) -> Result<i64, ImportError> {
        match self {
            Field::Varint(value) => Ok(value as i64),
            _ => Err(bad("something else where a whole number is wanted")),
        }
    }

    pub fn float(self) -> Result<f32, ImportError> {
        match self {
            Field::Fixed32(bytes) => Ok(f32::from_le_bytes(bytes)),
            _ => Err(bad("something else where a float is wanted")),
        }
    }

    /// One whole number, or a run of them.
    pub fn ints(self, into: &mut Vec<i64>) -> Result<(), ImportError> {
        let Field::Bytes(mut rest) = self else {
            into.push(self.int()?);
            return Ok(());
        };
        while !rest.is_empty() {
            into.push(varint(&mut rest)? as i64);
        }
        Ok(())
    }

    /// One float, or a run of them.
    pub fn floats(self, into: &mut Vec<f64>) -> Result<(), ImportError> {
        let Field::Bytes(bytes) = self else {
            into.push(f64::from(self.float()?));
            return Ok(());
        };
        let (all, rest) = bytes.as_chunks::<4>();
        into.extend(all.iter().map(|bytes| f64::from(f32::from_le_bytes(*bytes))));
        whole(rest)
    }

    /// One float of 64 bits, or a run of them.
    pub fn doubles(self, into: &mut Vec<f64>) -> Result<(), ImportError> {
        let bytes = match self {
            Field::Fixed64(bytes) => {
                into.push(f64::from_le_bytes(bytes));
                return Ok(());
            }
            _ => self.bytes()?,
        };
        let (all, rest) = bytes.as_chunks::<8>();
        into.extend(all.iter().map(|bytes| f64::from_le_bytes(*bytes)));
        whole(rest)
    }
}

fn whole(rest: &[u8]) -> Result<(), ImportError> {
    if rest.is_empty() { Ok(()) } else { Err(bad("it ends within a number")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_in_order() {
        let fields: Result<Vec<_>, _> = Fields::of(&[0x08, 0x96, 0x01, 0x12, 0x02, b'h', b'i']).collect();
        let fields = fields.expect("two fields");
        assert_eq!(fields[0].0, 1);
        assert_eq!(fields[0].1.int().expect("a number"), 150);
        assert_eq!(fields[1].1.text().expect("text"), "hi");
    }

    #[test]
    fn lengths_are_checked() {
        for bytes in [&[0x12, 0x7f, 1][..], &[0x08], &[0x0d, 1, 2], &[0x0b], &[0xff; 12]] {
            assert!(Fields::of(bytes).any(|field| field.is_err()), "{bytes:?}");
        }
    }
}
