//! What the code that `network!` emits refers to. Not for use by hand.

#[cfg(feature = "alloc")]
pub extern crate alloc;
pub use bytemuck;
// By these names, since a program may have an `Option` of its own.
pub use core::clone::Clone;
pub use core::default::Default;
pub use core::fmt::Debug;
pub use core::marker::Copy;
pub use core::option::Option::{self, None, Some};
pub use fearless_simd;
pub use fearless_simd::Simd;

pub use crate::constraints::{Constraint, Project};
pub use crate::embedded::{Line, embedded};
pub use crate::initializers::Initializer;
use crate::kernels::frame;
pub use crate::kernels::frame::vectorize;
#[cfg(target_arch = "x86_64")]
pub use crate::kernels::vectors::{Few, Vectors};
pub use crate::kernels::vectors::{dispatch, dispatch_each, dispatch_few};
#[cfg(feature = "alloc")]
pub use crate::layers::dropout;
pub use crate::layers::epilogue::Epilogue;
pub use crate::layers::{
    activation, attend, batch_normalization, conv_lstm, conv1d, conv2d, conv3d, dense, global_pool2d, pool2d, pool3d,
    prelu, softmax,
};
pub use crate::layers::{bidirectional, gru, lstm, recurrent, simple_rnn};
pub use crate::layers::{
    carry, cum_sum, custom::own as custom, extend, matmul, reduce, repeat_vector, rescaling, resizing, separable_conv,
    slice, take, up_sampling, weight, zero_padding,
};
pub use crate::layers::{concatenate, cropping, dot, embedding, global_pool1d, masking, masks, merge, permute};
pub use crate::layers::{group_normalization, layer_normalization, multi_head_attention, rms_normalization};
#[cfg(feature = "std")]
pub use crate::layers::{tone, warp};
pub use crate::network::{Network, level};
pub use crate::params::{LayerInfo, Param, mac_count, padding, param_count};
pub use crate::plain::{plain_field, zeroable_field};
#[cfg(feature = "alloc")]
pub use crate::predictions::BadSample;
pub use crate::record::{BadInput, Dtype, Item, Part, Record, check_ids, output_len, part_offset};
pub use crate::regularizers::{Penalty, Regularizer};
pub use crate::shape::{memory, tiles};
pub use crate::stream::{Blocks, Stateful, Stream};
pub use crate::tensor::{Tensor, Tensor1, Tensor2, Tensor3, Tensor4, Tensor5, Tensor6};
#[cfg(feature = "std")]
pub use crate::train::network::Penalized;
#[cfg(feature = "std")]
pub use crate::train::{Activations, OutputActivation, Pass, Shard, Train};
pub use crate::{activations, shape};
pub use crate::{if_alloc, if_std, names, plain, zeroable};

/// Rust's own types, for where a program may have others of these names.
pub mod primitives {
    pub use core::primitive::{bool, f32, f64, i32, str, u8, u32, u64, usize};
}

/// Parts of the workspace that do not overlap.
///
/// The plan places regions by lifetime, so those of one step never overlap; if they did, the step
/// would get empty slices.
#[inline(always)]
pub fn regions<T, const N: usize>(memory: &mut [T], ranges: [core::ops::Range<usize>; N]) -> [&mut [T]; N] {
    memory.get_disjoint_mut(ranges).unwrap_or_else(|_| core::array::from_fn(|_| Default::default()))
}

/// A part of a state.
///
/// The macro lays the parts out in the state's array, so there is one; if there were not, the layer would get an empty slice.
#[inline(always)]
pub fn part<T>(state: &mut [T], range: core::ops::Range<usize>) -> &mut [T] {
    state.get_mut(range).unwrap_or_default()
}

/// The first `len` elements, and the others: `split_at_mut`, which a trait of the user's may have too.
#[inline(always)]
pub fn split<T>(memory: &mut [T], len: usize) -> (&mut [T], &mut [T]) {
    memory.split_at_mut(len)
}

/// The same to read.
#[inline(always)]
pub fn halves<T>(memory: &[T], len: usize) -> (&[T], &[T]) {
    memory.split_at(len)
}

/// Memory on the stack, which starts where a cache line does.
#[derive(Debug)]
#[repr(C, align(64))]
pub struct Memory<T, const LEN: usize>(pub [T; LEN]);

/// Whether the memory of a block of time steps may lie on the stack.
pub const fn block_fits<T>(len: usize) -> bool {
    len * size_of::<T>() <= 128 << 10
}

/// Whole blocks, and what is left over; all of it, where there are none to be.
#[inline(always)]
pub fn blocks<X, const STEPS: usize>(any: bool, xs: &[X]) -> (&[[X; STEPS]], &[X]) {
    if any { xs.as_chunks() } else { (&[], xs) }
}

/// The same to write.
#[inline(always)]
pub fn blocks_mut<X, const STEPS: usize>(any: bool, xs: &mut [X]) -> (&mut [[X; STEPS]], &mut [X]) {
    if any { xs.as_chunks_mut() } else { (&mut [], xs) }
}

/// Time steps one by one, in a function of their own: that of `step`, and of what blocks leave over.
#[inline(never)]
pub fn single_steps<S: Simd, N: Stream>(
    net: &N,
    simd: S,
    xs: &[N::StepInput],
    state: &mut N::State,
    ys: &mut [N::StepOutput],
) {
    vectorize(
        simd,
        #[inline(always)]
        || {
            for (x, y) in xs.iter().zip(ys) {
                net.forward_step(simd, x, state, y);
            }
        },
    );
}

/// The elements of tensors that lie one after another.
#[inline(always)]
pub fn flat<X: bytemuck::Pod, T: bytemuck::Pod>(xs: &[X]) -> &[T] {
    bytemuck::try_cast_slice(xs).unwrap_or_default()
}

/// The same to write.
#[inline(always)]
pub fn flat_mut<X: bytemuck::Pod, T: bytemuck::Pod>(xs: &mut [X]) -> &mut [T] {
    bytemuck::try_cast_slice_mut(xs).unwrap_or_default()
}

/// Copies, as far as both go.
#[inline(always)]
pub fn put<T: Copy>(from: &[T], to: &mut [T]) {
    for (from, to) in from.iter().zip(to) {
        *to = *from;
    }
}

/// What lies elsewhere and is needed here: `y = x`.
#[inline(always)]
pub fn copy<T: crate::Element>(x: &[T], y: &mut [T]) {
    crate::kernels::slices::copy(x, y);
}

/// The same number everywhere.
#[inline(always)]
pub fn fill<T: crate::Element>(y: &mut [T], number: f64) {
    y.fill(T::from_f64(number));
}

/// `to[place] = from[at]`: a region that a sample keeps.
#[inline(always)]
pub fn carry<T: crate::Element>(from: &[T], at: core::ops::Range<usize>, to: &mut [T], place: core::ops::Range<usize>) {
    if let (Some(from), Some(to)) = (from.get(at), to.get_mut(place)) {
        copy(from, to);
    }
}

/// What each of `samples` samples keeps, `len` elements; one where there is nothing, so that there is a row for each.
#[cfg(feature = "alloc")]
pub fn kept<T: crate::Element>(
    memory: &mut alloc::vec::Vec<T>,
    samples: usize,
    len: usize,
) -> core::slice::ChunksExactMut<'_, T> {
    let [kept] = spare(memory, samples, [len.max(1)]);
    kept.chunks_exact_mut(len.max(1))
}

/// Copies one input of a sample, in bytes, to its place in a shard's buffer.
pub fn load<T: Item>(buffer: &mut [T], sample: usize, x: &[u8]) {
    let x: &[T] = bytemuck::try_cast_slice(x).unwrap_or_default();
    if let Some(place) = buffer.chunks_exact_mut(x.len().max(1)).nth(sample) {
        place.copy_from_slice(x);
    }
}

/// A gradient that nobody adds to.
#[inline(always)]
pub fn clear<T: crate::Element>(gradient: &mut [T]) {
    gradient.fill(T::zero());
}

/// Adds a gradient to another: `to += from`.
#[inline(always)]
pub fn add<S: Simd, T: crate::Element>(simd: S, from: &[T], to: &mut [T]) {
    frame::apart(
        simd,
        #[inline(always)]
        || merge::add_in_place(simd, to, from),
    );
}

/// Parts of a shard's spare memory that do not overlap, of these lengths. The memory grows as needed; what is in it is
/// whatever was there.
#[cfg(feature = "alloc")]
pub fn spare<T: crate::Element, const N: usize>(
    memory: &mut alloc::vec::Vec<T>,
    samples: usize,
    lens: [usize; N],
) -> [&mut [T]; N] {
    let lens = lens.map(|len| samples * len);
    let total = lens.iter().sum();
    if memory.len() < total {
        memory.resize(total, T::zero());
    }
    let mut rest = &mut memory[..];
    lens.map(|len| {
        let (part, others) = core::mem::take(&mut rest).split_at_mut(len);
        rest = others;
        part
    })
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
    message = "a network without a name is initialised, which takes the feature `std` of `nnc`",
    label = "give the network a name: `network! {{ struct Net = Input<…> => …; }}`"
)]
pub trait Initialised {
    /// Never called.
    fn initialised() -> Self;
}

/// Frees names for variables: where a program has a constant of such a name, `let` would compare with it. Of functions,
/// which hide the constants, `let` takes no notice.
#[macro_export]
#[doc(hidden)]
macro_rules! names {
    ($($name:ident)*) => { $(fn $name() {})* };
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

/// Keeps items where the crate has the feature `alloc`.
#[cfg(feature = "alloc")]
#[macro_export]
#[doc(hidden)]
macro_rules! if_alloc {
    ($($items:tt)*) => { $($items)* };
}

/// Drops items where the crate has no `alloc`.
#[cfg(not(feature = "alloc"))]
#[macro_export]
#[doc(hidden)]
macro_rules! if_alloc {
    ($($items:tt)*) => {};
}

#[cfg(all(test, feature = "std"))]
mod tests {
    use super::*;

    #[test]
    fn spare_memory_grows_and_its_parts_do_not_overlap() {
        let mut memory: Vec<f32> = Vec::new();
        let [a, b, none] = spare(&mut memory, 1, [3, 2, 0]);
        a.fill(1.0);
        b.fill(2.0);
        assert!(none.is_empty());
        add(fearless_simd::Fallback::new(), &[0.5, 1.5], b);
        assert_eq!(memory, [1.0, 1.0, 1.0, 2.5, 3.5]);
        let [one] = spare(&mut memory, 2, [1]);
        assert_eq!((one.len(), memory.len()), (2, 5));
    }
}
