//! Kernels that are compiled in this crate, once for each type of elements and each kind of vectors.
//!
//! A function that is generic over its vectors is compiled anew in every program that uses it, with the optimization of that
//! program. What takes its sizes as numbers need not be: it is called through this trait, behind which nothing is generic.

use alloc::vec::Vec;

use fearless_simd::{Level, dispatch};

use super::gemm::{self, Left};

/// `f32` and `f64`: the types that there are kernels for.
pub trait Prebuilt: Sized {
    /// [`gemm::multiply`] on these vectors.
    #[doc(hidden)]
    fn multiply(level: Level, sizes: [usize; 3], a: Left<'_, Self>, b: &[Self], c: &mut [Self]);

    /// [`gemm::multiply_transposed`] on these vectors.
    #[doc(hidden)]
    fn multiply_transposed(
        level: Level,
        sizes: [usize; 3],
        a: &[Self],
        b: &[Self],
        c: &mut [Self],
        scratch: &mut Vec<Self>,
    );
}

macro_rules! prebuilt {
    ($($element:ty)*) => { $(
        impl Prebuilt for $element {
            #[inline(never)]
            fn multiply(level: Level, sizes: [usize; 3], a: Left<'_, Self>, b: &[Self], c: &mut [Self]) {
                dispatch!(level, simd => gemm::multiply_on(simd, sizes, a, b, c));
            }

            #[inline(never)]
            fn multiply_transposed(
                level: Level,
                sizes: [usize; 3],
                a: &[Self],
                b: &[Self],
                c: &mut [Self],
                scratch: &mut Vec<Self>,
            ) {
                dispatch!(level, simd => gemm::multiply_transposed_on(simd, sizes, a, b, c, scratch));
            }
        }
    )* };
}

prebuilt!(f32 f64);
