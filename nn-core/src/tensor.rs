//! Tensors of a size that the compiler knows: one sample, channels last.

#[cfg(feature = "alloc")]
use alloc::vec::Vec;
use core::fmt::{self, Display, Formatter};
use core::ops::{Index, IndexMut};

use bytemuck::{Pod, Zeroable};

/// A tensor of constant shape over plain numbers, stored row by row.
///
/// Implemented by [`Tensor1`] to [`Tensor6`]. `as_flat` sees the elements in memory order:
/// the last axis varies fastest.
pub trait Tensor: Pod + Send + Sync {
    /// The number type of an element.
    type Item: Pod + Send + Sync;

    /// The sizes of the axes, outermost first.
    const SHAPE: &'static [usize];

    /// The number of elements.
    const LEN: usize;

    /// The elements in memory order.
    #[inline(always)]
    fn as_flat(&self) -> &[Self::Item] {
        bytemuck::cast_slice(core::slice::from_ref(self))
    }

    /// The elements in memory order, to write to.
    #[inline(always)]
    fn as_flat_mut(&mut self) -> &mut [Self::Item] {
        bytemuck::cast_slice_mut(core::slice::from_mut(self))
    }

    /// Copies the elements from a slice, in memory order: for a tensor that is too large for the stack
    /// ([`Record::boxed`](crate::Record::boxed)).
    ///
    /// # Errors
    ///
    /// If the slice has more or fewer elements; then the tensor is as it was.
    fn fill_from(&mut self, elements: &[Self::Item]) -> Result<(), BadLength> {
        if elements.len() != Self::LEN {
            return Err(BadLength { shape: Self::SHAPE, expected: Self::LEN, found: elements.len() });
        }
        self.as_flat_mut().copy_from_slice(elements);
        Ok(())
    }

    /// The place of the largest element in memory order, of the first of them if there are several; as in NumPy, NaN counts as
    /// the largest. The class that a network predicts.
    ///
    /// ```
    /// use nn_core::{Tensor, Tensor1};
    /// assert_eq!(Tensor1::from([0.1_f32, 0.7, 0.2]).argmax(), 1);
    /// ```
    fn argmax(&self) -> usize
    where
        Self::Item: PartialOrd,
    {
        let elements = self.as_flat();
        // Not-a-number is what is not equal to itself.
        let is_nan = |at: usize| elements[at].partial_cmp(&elements[at]).is_none();
        let larger = |best: usize, at: usize| !is_nan(best) && (is_nan(at) || elements[at] > elements[best]);
        (1..elements.len()).fold(0, |best, at| if larger(best, at) { at } else { best })
    }
}

/// A slice that has more or fewer elements than the tensor that was to be made of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadLength {
    /// The sizes of the tensor's axes.
    pub shape: &'static [usize],
    /// How many elements it has.
    pub expected: usize,
    /// How many were given.
    pub found: usize,
}

impl Display for BadLength {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { shape, expected, found } = self;
        write!(f, "a tensor of shape {shape:?} has {expected} elements, but {found} were given")
    }
}

impl core::error::Error for BadLength {}

macro_rules! tensor {
    ($(#[$doc:meta])* $name:ident, $array:ty, $row:ty, [$($dim:ident),+]) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq)]
        #[repr(transparent)]
        pub struct $name<$(const $dim: usize,)+ T = f32>(pub $array);

        impl<$(const $dim: usize,)+ T: Pod + Send + Sync> Tensor for $name<$($dim,)+ T> {
            type Item = T;
            const SHAPE: &'static [usize] = &[$($dim),+];
            const LEN: usize = 1 $(* $dim)+;
        }

        impl<$(const $dim: usize,)+ T: Zeroable> $name<$($dim,)+ T> {
            /// The tensor whose elements are all zero.
            pub fn zeros() -> Self {
                Zeroable::zeroed()
            }
        }

        impl<$(const $dim: usize,)+ T: Zeroable> Default for $name<$($dim,)+ T> {
            fn default() -> Self {
                Self::zeros()
            }
        }

        impl<$(const $dim: usize,)+ T> From<$array> for $name<$($dim,)+ T> {
            fn from(elements: $array) -> Self {
                Self(elements)
            }
        }

        impl<$(const $dim: usize,)+ T: Pod + Send + Sync> TryFrom<&[T]> for $name<$($dim,)+ T> {
            type Error = BadLength;

            fn try_from(elements: &[T]) -> Result<Self, BadLength> {
                let mut tensor = Self::zeroed();
                tensor.fill_from(elements)?;
                Ok(tensor)
            }
        }

        #[cfg(feature = "alloc")]
        impl<$(const $dim: usize,)+ T: Pod + Send + Sync> TryFrom<Vec<T>> for $name<$($dim,)+ T> {
            type Error = BadLength;

            fn try_from(elements: Vec<T>) -> Result<Self, BadLength> {
                Self::try_from(&elements[..])
            }
        }

        #[cfg(feature = "alloc")]
        impl<$(const $dim: usize,)+ T: Pod + Send + Sync> TryFrom<&Vec<T>> for $name<$($dim,)+ T> {
            type Error = BadLength;

            fn try_from(elements: &Vec<T>) -> Result<Self, BadLength> {
                Self::try_from(&elements[..])
            }
        }

        impl<$(const $dim: usize,)+ T> Index<usize> for $name<$($dim,)+ T> {
            type Output = $row;
            fn index(&self, index: usize) -> &$row {
                &self.0[index]
            }
        }

        impl<$(const $dim: usize,)+ T> IndexMut<usize> for $name<$($dim,)+ T> {
            fn index_mut(&mut self, index: usize) -> &mut $row {
                &mut self.0[index]
            }
        }
    };
}

tensor! {
    /// A vector of `N` elements.
    ///
    /// ```
    /// use nn_core::Tensor1;
    ///
    /// let x = Tensor1::from([1.0_f32, 2.0, 3.0]);
    /// assert_eq!(x[1], 2.0);
    /// assert_eq!(Tensor1::try_from(vec![1.0, 2.0, 3.0]), Ok(x));
    /// let error = Tensor1::<4>::try_from(&[1.0, 2.0, 3.0][..]).unwrap_err();
    /// assert_eq!(error.to_string(), "a tensor of shape [4] has 4 elements, but 3 were given");
    /// ```
    Tensor1, [T; N], T, [N]
}
tensor! {
    /// A sequence of `R` steps with `C` features each.
    ///
    /// ```
    /// let x = nn_core::Tensor2::from([[1.0_f32, 2.0], [3.0, 4.0]]);
    /// assert_eq!(x[1][0], 3.0);
    /// ```
    Tensor2, [[T; C]; R], [T; C], [R, C]
}
tensor! {
    /// An image of height `H`, width `W` and `C` channels, channels last.
    ///
    /// ```
    /// let mut x = nn_core::Tensor3::<28, 28, 1>::zeros();
    /// x[14][14][0] = 1.0;
    /// ```
    Tensor3, [[[T; C]; W]; H], [[T; C]; W], [H, W, C]
}
tensor! {
    /// A volume of depth `D`, height `H`, width `W` and `C` channels, channels last.
    ///
    /// ```
    /// let x = nn_core::Tensor4::<2, 3, 4, 1>::zeros();
    /// assert_eq!(x[1][2][3][0], 0.0);
    /// ```
    Tensor4, [[[[T; C]; W]; H]; D], [[[T; C]; W]; H], [D, H, W, C]
}
tensor! {
    /// A sequence of `R` volumes of depth `D`, height `H`, width `W` and `C` channels, channels last.
    ///
    /// ```
    /// let x = nn_core::Tensor5::<5, 2, 3, 4, 1>::zeros();
    /// assert_eq!(x[4][1][2][3][0], 0.0);
    /// ```
    Tensor5, [[[[[T; C]; W]; H]; D]; R], [[[[T; C]; W]; H]; D], [R, D, H, W, C]
}
tensor! {
    /// `B` sequences of `R` volumes of depth `D`, height `H`, width `W` and `C` channels, channels last.
    ///
    /// ```
    /// let x = nn_core::Tensor6::<6, 5, 2, 3, 4, 1>::zeros();
    /// assert_eq!(x[5][4][1][2][3][0], 0.0);
    /// ```
    Tensor6, [[[[[[T; C]; W]; H]; D]; R]; B], [[[[[T; C]; W]; H]; D]; R], [B, R, D, H, W, C]
}
