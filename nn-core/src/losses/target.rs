//! What can be a target of a sample: numbers and tensors of numbers.

use crate::element::Element;
use crate::tensor::{Tensor1, Tensor2, Tensor3, Tensor4, Tensor5, Tensor6};

/// A number that a target can be made of: an integer, a `bool`, or a float.
pub trait Number: Copy + Send + Sync {
    /// The nearest element.
    fn to_element<T: Element>(self) -> T;
}

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

/// What one sample's target is written from: a number, a tensor of numbers, or for several outputs a tuple of those,
/// written one after another.
///
/// ```
/// use nn_core::Tensor1;
/// use nn_core::losses::Target;
///
/// let mut row = [0.0_f32; 3];
/// Tensor1::from([1_u8, 0, 2]).write(&mut row);
/// assert_eq!(row, [1.0, 0.0, 2.0]);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a target",
    label = "targets are not made of these",
    note = "a target is a number, a tensor of numbers (an array becomes one with `Tensor1(array)`), or for several outputs a tuple of those"
)]
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
tensor_target!(Tensor5, [A, B, C, D, E], self => {
    self.0.as_flattened().as_flattened().as_flattened().as_flattened()
});
tensor_target!(Tensor6, [A, B, C, D, E, F], self => {
    self.0.as_flattened().as_flattened().as_flattened().as_flattened().as_flattened()
});

macro_rules! tuple_target {
    ($($target:ident $index:tt),+) => {
        impl<T: Element, $($target: Target<T>),+> Target<T> for ($($target,)+) {
            const WIDTH: usize = 0 $(+ $target::WIDTH)+;

            fn write(&self, out: &mut [T]) {
                let mut rest = out;
                $(
                    let (part, others) = rest.split_at_mut($target::WIDTH.min(rest.len()));
                    self.$index.write(part);
                    rest = others;
                )+
                debug_assert!(rest.is_empty(), "`out` holds `WIDTH` elements");
            }
        }
    };
}

tuple_target!(A 0, B 1);
tuple_target!(A 0, B 1, C 2);
tuple_target!(A 0, B 1, C 2, D 3);
tuple_target!(A 0, B 1, C 2, D 3, E 4);
tuple_target!(A 0, B 1, C 2, D 3, E 4, F 5);
tuple_target!(A 0, B 1, C 2, D 3, E 4, F 5, G 6);
tuple_target!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);
