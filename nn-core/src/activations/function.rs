//! An activation from functions of single numbers.

use fearless_simd::{Simd, SimdBase};

use super::{Activation, Keeps};
use crate::element::Element;

/// A function of one number, with its derivative, called for each element.
///
/// Both are functions of the input. They may also be called with 0, and the results dropped, where a vector is not
/// full. For speed implement [`Activation`] on a type of yours instead.
///
/// ```
/// use nn_core::activations::Function;
/// use nn_core::rt::fearless_simd::Level;
/// use nn_core::rt::dispatch;
///
/// const CUBE: Function<f32> = Function { function: |x| x * x * x, derivative: |x| 3.0 * x * x };
///
/// let mut y = [1.0, 2.0, 3.0];
/// dispatch!(Level::baseline(), simd => nn_core::layers::activation::in_place(simd, &mut y, CUBE));
/// assert_eq!(y, [1.0, 8.0, 27.0]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Function<T> {
    /// `f(x)`.
    pub function: fn(T) -> T,
    /// `f'(x)`.
    pub derivative: fn(T) -> T,
}

impl<T: Element> Activation<T> for Function<T> {
    const KEEPS: Keeps = Keeps::Input;

    #[inline(always)]
    fn apply<S: Simd>(self, _: S, mut x: T::Vector<S>) -> T::Vector<S> {
        for lane in x.as_mut_slice() {
            *lane = (self.function)(*lane);
        }
        x
    }

    #[inline(always)]
    fn derivative<S: Simd>(self, _: S, mut x: T::Vector<S>, dy: T::Vector<S>) -> T::Vector<S> {
        for lane in x.as_mut_slice() {
            *lane = (self.derivative)(*lane);
        }
        x * dy
    }
}
