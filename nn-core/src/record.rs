//! What goes into a network and what comes out of it: one tensor, or a struct of named tensors.

use core::fmt::{self, Display, Formatter};

use bytemuck::{Pod, Zeroable};

use crate::layers::embedding::Id;
use crate::tensor::{Tensor, Tensor1, Tensor2, Tensor3, Tensor4, Tensor5, Tensor6};

/// A type of number by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dtype {
    /// 32-bit IEEE 754.
    F32,
    /// 64-bit IEEE 754.
    F64,
    /// Whole numbers of 32 bits: ids.
    U32,
    /// Whole numbers of 32 bits with a sign: ids, of which no negative one has a row.
    I32,
    /// Bytes.
    U8,
}

/// A number that the parts of a [`Record`] are made of: `f32`, `f64`, `u32`, `i32` or `u8`.
pub trait Item: Pod + Send + Sync {
    /// Its name.
    const DTYPE: Dtype;
}

macro_rules! items {
    ($($item:ty: $dtype:ident),+) => {$(
        impl Item for $item {
            const DTYPE: Dtype = Dtype::$dtype;
        }
    )+};
}

items!(f32: F32, f64: F64, u32: U32, i32: I32, u8: U8);

/// One tensor of a [`Record`], described.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// The name of the field; empty where the record is a tensor.
    pub name: &'static str,
    /// The sizes of the axes, outermost first.
    pub shape: &'static [usize],
    /// The type of an element.
    pub dtype: Dtype,
}

impl Part {
    /// The number of elements.
    pub const fn len(&self) -> usize {
        let (mut len, mut axis) = (1, 0);
        while axis < self.shape.len() {
            len *= self.shape[axis];
            axis += 1;
        }
        len
    }

    /// Whether there is no element.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The size of the last axis: for an output, the numbers that a loss sees as one row.
    pub const fn classes(&self) -> usize {
        match self.shape {
            [.., last] => *last,
            [] => 1,
        }
    }

    /// The rows of [`classes`](Self::classes) elements: one for a vector, one for each step of a sequence.
    pub const fn rows(&self) -> usize {
        match self.classes() {
            0 => 0,
            classes => self.len() / classes,
        }
    }
}

/// The number of elements of all parts.
pub const fn output_len(parts: &[Part]) -> usize {
    part_offset(parts, parts.len())
}

/// Where a part begins if the parts stand one after another, in elements.
pub const fn part_offset(parts: &[Part], index: usize) -> usize {
    let (mut offset, mut part) = (0, 0);
    while part < index && part < parts.len() {
        offset += parts[part].len();
        part += 1;
    }
    offset
}

/// One sample, or what a network makes of it: a tensor, or a struct of named tensors.
///
/// The macro writes the structs: a network with the inputs `headline` and `extra` has a `HeadlineInput` with these fields.
///
/// ```
/// use nn_core::{Record, Tensor2};
///
/// let x = Tensor2::from([[1_u8, 2], [3, 4]]);
/// assert_eq!(x.part(0), [1, 2, 3, 4]);
/// assert_eq!(<Tensor2<2, 2, u8>>::PARTS[0].shape, [2, 2]);
/// ```
pub trait Record: Copy + Zeroable + Send + Sync + 'static {
    /// The types of the parts as a tuple, `(Self,)` for a tensor.
    type Parts;

    /// The parts in order; a tensor is one part without a name.
    const PARTS: &'static [Part];

    /// The bytes of a part in the order of memory; empty if there is no such part.
    fn part(&self, index: usize) -> &[u8];

    /// The bytes of a part, to write to; empty if there is no such part.
    fn part_mut(&mut self, index: usize) -> &mut [u8];

    /// One whose elements are all zero, which never passes through the stack: for large samples.
    ///
    /// ```
    /// use nn_core::{Record, Tensor3};
    ///
    /// let mut picture = Tensor3::<2048, 2048, 3>::boxed();
    /// picture[0][0][0] = 1.0;
    /// ```
    #[cfg(feature = "alloc")]
    fn boxed() -> alloc::boxed::Box<Self> {
        bytemuck::zeroed_box()
    }
}

macro_rules! tensor_record {
    ($name:ident, [$($dim:ident),+]) => {
        impl<$(const $dim: usize,)+ T: Item> Record for $name<$($dim,)+ T> {
            type Parts = (Self,);
            const PARTS: &'static [Part] = &[Part { name: "", shape: <Self as Tensor>::SHAPE, dtype: T::DTYPE }];

            fn part(&self, index: usize) -> &[u8] {
                if index == 0 { bytemuck::bytes_of(self) } else { &[] }
            }

            fn part_mut(&mut self, index: usize) -> &mut [u8] {
                if index == 0 { bytemuck::bytes_of_mut(self) } else { &mut [] }
            }
        }
    };
}

tensor_record!(Tensor1, [A]);
tensor_record!(Tensor2, [A, B]);
tensor_record!(Tensor3, [A, B, C]);
tensor_record!(Tensor4, [A, B, C, D]);
tensor_record!(Tensor5, [A, B, C, D, E]);
tensor_record!(Tensor6, [A, B, C, D, E, F]);

/// An id of a sample that the layer which takes it has no row for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadInput {
    /// The name of the part; empty where the input is a tensor.
    pub part: &'static str,
    /// The place of the id in the part.
    pub index: usize,
    /// The id.
    pub found: i64,
    /// The number of ids that there are.
    pub size: usize,
}

impl Display for BadInput {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { part, index, found, size } = self;
        write!(f, "the id {found} at {index}")?;
        if !part.is_empty() {
            write!(f, " of `{part}`")?;
        }
        match found {
            ..0 => write!(f, " is negative"),
            0.. => write!(f, " is not below {size}"),
        }
    }
}

impl core::error::Error for BadInput {}

/// Refuses ids that are negative or not below `size`.
///
/// # Errors
///
/// The first such id.
pub fn check_ids<I: Id>(part: &'static str, ids: &[I], size: usize) -> Result<(), BadInput> {
    match ids.iter().enumerate().find(|(_, id)| id.index() >= size) {
        None => Ok(()),
        Some((index, id)) => Err(BadInput { part, index, found: id.number(), size }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARTS: [Part; 3] = [
        Part { name: "ids", shape: &[4], dtype: Dtype::U32 },
        Part { name: "steps", shape: &[2, 3, 5], dtype: Dtype::F32 },
        Part { name: "none", shape: &[0], dtype: Dtype::F32 },
    ];

    #[test]
    fn parts_know_their_sizes_and_places() {
        assert_eq!(PARTS.map(|part| (part.len(), part.rows(), part.classes())), [(4, 1, 4), (30, 6, 5), (0, 0, 0)]);
        assert_eq!([0, 1, 2, 3, 9].map(|index| part_offset(&PARTS, index)), [0, 4, 34, 34, 34]);
        assert_eq!(output_len(&PARTS), 34);
        assert!(PARTS[2].is_empty() && !PARTS[0].is_empty());
    }

    #[test]
    fn a_tensor_is_one_part() {
        let mut ids = Tensor1::from([1_u32, 258]);
        ids.part_mut(0)[0] = 7;
        assert_eq!(ids.part(0), bytemuck::bytes_of(&[7_u32, 258]));
        assert!(ids.part(1).is_empty() && ids.part_mut(1).is_empty());
        assert_eq!(<Tensor1<2, u32>>::PARTS, [Part { name: "", shape: &[2], dtype: Dtype::U32 }]);
    }
}
