//! What can be a target of a sample: numbers and tensors of numbers.

use crate::element::Element;
use crate::tensor::{Tensor1, Tensor2, Tensor3, Tensor4};

/// A number that a target can be made of: an integer, a `bool`, or a float.
pub trait Number: Copy + Send + Sync {
    /// The nearest element.
    fn to_element<T: Element>(self) -> T;
}

/// A number that can be the index of a class: an integer or a `bool`.
pub trait ClassIndex: Number {}

macro_rules! numbers {
    ($($number:ty),+; $self:ident => $value:expr) => {$(
        impl Number for $number {
            #[inline]
            fn to_element<T: Element>($self) -> T {
                T::from_f64($value)
            }
        }

        impl<T: Element> Target<T> for $number {
            const WIDTH: usize = 1;

            #[inline]
            fn write(&self, out: &mut [T]) {
                write_all(&[*self], out);
            }
        }
    )+};
}

numbers!(u8, u16, u32, u64, usize, i8, i16, i32, i64, isize; self => self as f64);
numbers!(bool; self => f64::from(u8::from(self)));
numbers!(f32; self => f64::from(self));
numbers!(f64; self => self);

macro_rules! class_indices {
    ($($number:ty),+) => {$(impl ClassIndex for $number {})+};
}

class_indices!(u8, u16, u32, u64, usize, i8, i16, i32, i64, isize, bool);

/// What one sample's target is written from: a number, or a tensor of numbers.
///
/// ```
/// use nn_core::Tensor1;
/// use nn_core::losses::Target;
///
/// let mut row = [0.0_f32; 3];
/// Tensor1::from([1_u8, 0, 2]).write(&mut row);
/// assert_eq!(row, [1.0, 0.0, 2.0]);
/// ```
pub trait Target<T>: Copy + Send + Sync {
    /// The number of elements that a target has.
    const WIDTH: usize;

    /// Writes the elements into `out`, which holds [`WIDTH`](Self::WIDTH).
    fn write(&self, out: &mut [T]);
}

fn write_all<N: Number, T: Element>(numbers: &[N], out: &mut [T]) {
    for (out, number) in out.iter_mut().zip(numbers) {
        *out = number.to_element();
    }
}

macro_rules! tensor_target {
    ($name:ident, [$($dim:ident),+], $self:ident => $flat:expr) => {
        impl<$(const $dim: usize,)+ N: Number, T: Element> Target<T> for $name<$($dim,)+ N> {
            const WIDTH: usize = 1 $(* $dim)+;

            #[inline]
            fn write(&$self, out: &mut [T]) {
                write_all($flat, out);
            }
        }
    };
}

tensor_target!(Tensor1, [A], self => &self.0);
tensor_target!(Tensor2, [A, B], self => self.0.as_flattened());
tensor_target!(Tensor3, [A, B, C], self => self.0.as_flattened().as_flattened());
tensor_target!(Tensor4, [A, B, C, D], self => self.0.as_flattened().as_flattened().as_flattened());
