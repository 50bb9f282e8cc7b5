//! What goes in.

use crate::description::Kind;
use crate::ops::Ids;

/// An input of one sample: all of its elements, the last axis fastest.
#[derive(Clone, Copy, Debug)]
pub enum Data<'a, T> {
    /// Numbers of the network's type.
    Real(&'a [T]),
    /// Ids.
    U32(&'a [u32]),
    /// Ids, of which no negative one has a row.
    I32(&'a [i32]),
    /// Small ids.
    U8(&'a [u8]),
}

impl<'a, T> Data<'a, T> {
    /// The number of elements.
    pub fn len(&self) -> usize {
        match self {
            Data::Real(x) => x.len(),
            Data::U32(x) => x.len(),
            Data::I32(x) => x.len(),
            Data::U8(x) => x.len(),
        }
    }

    /// Whether there is no element.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(crate) fn kind(&self) -> Kind {
        match self {
            Data::Real(_) => Kind::Real,
            Data::U32(_) => Kind::U32,
            Data::I32(_) => Kind::I32,
            Data::U8(_) => Kind::U8,
        }
    }

    /// Its numbers; none if it has ids.
    pub(crate) fn real(&self) -> &'a [T] {
        match self {
            Data::Real(x) => x,
            Data::U32(_) | Data::I32(_) | Data::U8(_) => &[],
        }
    }

    /// Some of its elements; none where there are not so many.
    pub(crate) fn part(&self, range: std::ops::Range<usize>) -> Self {
        match self {
            Data::Real(x) => Data::Real(x.get(range).unwrap_or_default()),
            Data::U32(x) => Data::U32(x.get(range).unwrap_or_default()),
            Data::I32(x) => Data::I32(x.get(range).unwrap_or_default()),
            Data::U8(x) => Data::U8(x.get(range).unwrap_or_default()),
        }
    }

    pub(crate) fn ids(&self) -> Ids<'a> {
        match self {
            Data::Real(_) => Ids::None,
            Data::U32(x) => Ids::U32(x),
            Data::I32(x) => Ids::I32(x),
            Data::U8(x) => Ids::U8(x),
        }
    }
}

impl<'a, T> From<&'a [T]> for Data<'a, T> {
    fn from(x: &'a [T]) -> Self {
        Data::Real(x)
    }
}
