//! A convolution as the kernels of training see it.

use core::marker::PhantomData;

use fearless_simd::prelude::*;

use super::super::plan::Planned;
use super::super::{Border, Conv2DShape, Conv2DSizes, Plain};
use super::input::Reverse;
use super::packed::{self, Packed};
use super::{samples, weights};
use crate::element::Element;
use crate::geometry::Geometry;

/// A type that says all in constants, or plans that are made while the program runs.
pub(crate) trait Layer<T: Element>: Geometry<Conv2DSizes> {
    /// The layer itself.
    type Whole: Planned<T>;
    /// The layer with some pixels in a vector.
    type Packed<S: Simd>: Planned<T>;
    /// What gives the gradient of the input.
    type Reverse: Planned<T>;

    fn whole(self) -> Self::Whole;
    fn packed<S: Simd>(self) -> Self::Packed<S>;
    fn reverse(self) -> Self::Reverse;

    /// Zeros around the input.
    fn border(self) -> Border;

    /// Height, width, channels of the output.
    fn output(self) -> [usize; 3];

    /// How many pixels a vector has in the forward pass.
    fn pixels<S: Simd>(self) -> usize;

    /// How the gradient of the weights is summed up.
    fn weights<S: Simd>(self) -> weights::Plan;

    /// How the gradient of the input is summed up for several samples at a time.
    fn samples<S: Simd>(self) -> samples::Plan;

    /// Calls a kernel: inline where it is the only one, apart where it is one of many.
    fn call<S: Simd, R>(self, simd: S, kernel: impl FnOnce() -> R) -> R;
}

impl<L: Conv2DShape, T: Element> Layer<T> for L {
    type Whole = (L, Plain);
    type Packed<S: Simd> = (Packed<S, L, T>, Plain);
    type Reverse = (Reverse<L>, Plain);

    #[inline(always)]
    fn whole(self) -> Self::Whole {
        (self, Plain)
    }

    #[inline(always)]
    fn packed<S: Simd>(self) -> Self::Packed<S> {
        (Packed::NEW, Plain)
    }

    #[inline(always)]
    fn reverse(self) -> Self::Reverse {
        (Reverse(PhantomData), Plain)
    }

    #[inline(always)]
    fn border(self) -> Border {
        L::BORDER
    }

    #[inline(always)]
    fn output(self) -> [usize; 3] {
        L::OUTPUT
    }

    #[inline(always)]
    fn pixels<S: Simd>(self) -> usize {
        packed::Known::<S, L, T>::PIXELS
    }

    #[inline(always)]
    fn weights<S: Simd>(self) -> weights::Plan {
        const { known(weights::Known::<S, L, T>::PLAN) }
    }

    #[inline(always)]
    fn samples<S: Simd>(self) -> samples::Plan {
        const { known(samples::Known::<S, L, T>::PLAN) }
    }

    #[inline(always)]
    fn call<S: Simd, R>(self, _simd: S, kernel: impl FnOnce() -> R) -> R {
        kernel()
    }
}

/// The plan of a layer whose sizes are constants.
const fn known<P: Copy>(plan: Option<P>) -> P {
    match plan {
        Some(plan) => plan,
        None => panic!("the sizes are constants, so is the plan"),
    }
}

/// Which kinds of the forward pass need not be compiled.
pub(super) struct Arms<S, L, T>(PhantomData<(S, L, T)>);

impl<S: Simd, L: Layer<T>, T: Element> Arms<S, L, T> {
    const PIXELS: Option<usize> = match L::KNOWN {
        Some(layer) => Some(packed::best::<S, T>(&layer)),
        None => None,
    };

    pub(super) const fn never_packed() -> bool {
        matches!(Self::PIXELS, Some(1))
    }

    pub(super) const fn always_packed() -> bool {
        matches!(Self::PIXELS, Some(2..))
    }
}
