//! What runs on vectors: tiles of multiply-adds, matrix products, elementwise mathematics.

#[cfg(feature = "std")]
pub mod blas;
pub(crate) mod frame;
#[cfg(feature = "alloc")]
pub mod gemm;
pub(crate) mod interleave;
pub(crate) mod lanes;
pub mod math;
pub(crate) mod places;
pub(crate) mod planar;
#[cfg(feature = "alloc")]
pub(crate) mod prebuilt;
pub(crate) mod slices;
pub(crate) mod sums;
#[cfg(all(test, feature = "std"))]
pub(crate) mod testing;
pub(crate) mod tile;
pub(crate) mod transpose;
pub mod vectors;
