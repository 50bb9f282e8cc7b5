//! What the code that `network!` emits refers to. Not for use by hand.

#[cfg(feature = "alloc")]
pub extern crate alloc;
pub use bytemuck;
// By these names, since a program may have an `Option` of its own.
pub use core::option::Option::{self, Some};
pub use fearless_simd;
pub use fearless_simd::Simd;

pub use crate::constraints::Constraint;
pub use crate::if_std;
pub use crate::initializers::Initializer;
#[cfg(feature = "alloc")]
pub use crate::layers::dropout;
pub use crate::layers::epilogue::Epilogue;
pub use crate::layers::{activation, batch_normalization, conv2d, dense, global_pool2d, pool2d, prelu, softmax};
pub use crate::layers::{group_normalization, layer_normalization, multi_head_attention, rms_normalization};
pub use crate::network::Network;
pub use crate::params::{LayerInfo, Param, mac_count, param_count};
pub use crate::regularizers::Regularizer;
pub use crate::shape::memory;
pub use crate::tensor::{Tensor, Tensor1, Tensor2, Tensor3, Tensor4};
#[cfg(feature = "std")]
pub use crate::train::{Activations, OutputActivation, Pass, Shard, Train};
pub use crate::{activations, shape};

/// Parts of the workspace that do not overlap.
///
/// The plan places regions by lifetime, so those of one step never overlap; if they did, the step
/// would get empty slices.
#[inline(always)]
pub fn regions<T, const N: usize>(memory: &mut [T], ranges: [core::ops::Range<usize>; N]) -> [&mut [T]; N] {
    memory.get_disjoint_mut(ranges).unwrap_or_else(|_| core::array::from_fn(|_| Default::default()))
}

/// A network with random weights, the same in every run: what the expression form of the macro evaluates to.
#[cfg(feature = "std")]
pub fn initialised<N: Network>() -> alloc::boxed::Box<N> {
    N::new(&mut crate::rng(0))
}

/// The same without `std`, where nothing can be initialised: an error that says so, instead of one about names.
#[cfg(not(feature = "std"))]
pub fn initialised<N: Initialised>() -> N {
    N::initialised()
}

/// Of no network: see [`initialised`].
#[cfg(not(feature = "std"))]
#[diagnostic::on_unimplemented(
    message = "a network without a name is initialised, which takes the feature `std` of `nn`",
    label = "give the network a name: `network! {{ struct Net = Input<…> => …; }}`"
)]
pub trait Initialised {
    /// Never called.
    fn initialised() -> Self;
}

/// Keeps items where the crate has the feature `std`: the macro cannot see its features.
#[cfg(feature = "std")]
#[macro_export]
#[doc(hidden)]
macro_rules! if_std {
    ($($items:item)*) => { $($items)* };
}

/// Drops items where the crate has no `std`.
#[cfg(not(feature = "std"))]
#[macro_export]
#[doc(hidden)]
macro_rules! if_std {
    ($($items:item)*) => {};
}
