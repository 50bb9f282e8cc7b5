//! What a network computes in: `f32` or `f64`.

use core::fmt::{Debug, Display};
use core::iter::Sum;
use core::ops::{AddAssign, MulAssign, SubAssign};

use fearless_simd::{Simd, SimdFloat, SimdFloatElement};
use num_traits::Float;

use crate::kernels::math::Coefficients;
#[cfg(feature = "alloc")]
use crate::kernels::prebuilt::Prebuilt;
pub use crate::record::Dtype;
use crate::record::Item;
#[cfg(feature = "std")]
use crate::{optimizers::Optimized, train::Driven};

/// The element type of weights and activations: [`f32`] or [`f64`].
///
/// Kernels and layers are generic over it, so that gradients can be checked in `f64`.
pub trait Element:
    Float
    + SimdFloatElement
    + Coefficients
    + Item
    + Debug
    + Display
    + Default
    + AddAssign
    + SubAssign
    + MulAssign
    + Sum
    + Kernels
    + 'static
{
    /// The vector of the machine's width.
    type Vector<S: Simd>: SimdFloat<S, Element = Self>;

    /// The root of the least normal number: what is smaller can have a product with its like that is denormal.
    const NEGLIGIBLE: Self;

    /// The nearest value of this type.
    fn from_f64(value: f64) -> Self;

    /// This value, exactly.
    fn to_f64(self) -> f64;
}

/// The kernels, the driver of training and the optimizers that are compiled in this crate.
#[cfg(feature = "std")]
pub trait Kernels: Prebuilt + Driven + Optimized {}
#[cfg(feature = "std")]
impl<T: Prebuilt + Driven + Optimized> Kernels for T {}

/// The kernels that are compiled in this crate.
#[cfg(all(feature = "alloc", not(feature = "std")))]
pub trait Kernels: Prebuilt {}
#[cfg(all(feature = "alloc", not(feature = "std")))]
impl<T: Prebuilt> Kernels for T {}

/// Without memory to allocate there is no training, and nothing else is compiled here.
#[cfg(not(feature = "alloc"))]
pub trait Kernels {}
#[cfg(not(feature = "alloc"))]
impl<T> Kernels for T {}

impl Element for f32 {
    type Vector<S: Simd> = S::f32s;

    // 2^-63
    const NEGLIGIBLE: Self = f32::from_bits(64 << 23);

    #[inline(always)]
    fn from_f64(value: f64) -> Self {
        value as f32
    }

    #[inline(always)]
    fn to_f64(self) -> f64 {
        f64::from(self)
    }
}

impl Element for f64 {
    type Vector<S: Simd> = S::f64s;

    // 2^-511
    const NEGLIGIBLE: Self = f64::from_bits(512 << 52);

    #[inline(always)]
    fn from_f64(value: f64) -> Self {
        value
    }

    #[inline(always)]
    fn to_f64(self) -> f64 {
        self
    }
}
