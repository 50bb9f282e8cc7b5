//! Vectors from and to slices, whole or in part.
//!
//! An index out of range is a mistake of the caller's. These functions then give zeros and store
//! nothing, so that no panic is compiled into inference; where sizes are constants the check goes away.

#[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
use fearless_simd::Avx2;
use fearless_simd::prelude::*;

use crate::element::Element;

/// The vector whose lanes are all zero.
#[inline(always)]
pub(crate) fn zeros<S: Simd, T: Element>(simd: S) -> T::Vector<S> {
    T::Vector::<S>::splat(simd, T::zero())
}

/// Vectors half as wide, where `count` elements would leave half of a long vector empty: their loads straddle fewer
/// cache lines, and twice as many of them can be computed with in a cycle.
#[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
#[inline(always)]
pub(crate) fn narrower<S: Simd, T: Element>(simd: S, count: usize) -> Option<Avx2> {
    let long = size_of::<T::Vector<S>>() == 64 && 2 * count <= T::Vector::<S>::LEN;
    if long { simd.level().as_avx2() } else { None }
}

/// The vector that starts at `at`.
#[inline(always)]
pub(crate) fn load<S: Simd, T: Element>(simd: S, from: &[T], at: usize) -> T::Vector<S> {
    match from.get(at..at + T::Vector::<S>::LEN) {
        Some(lanes) => T::Vector::<S>::from_slice(simd, lanes),
        None => zeros::<S, T>(simd),
    }
}

/// The element at `at` in all lanes.
#[inline(always)]
pub(crate) fn splat<S: Simd, T: Element>(simd: S, from: &[T], at: usize) -> T::Vector<S> {
    T::Vector::<S>::splat(simd, from.get(at).copied().unwrap_or(T::zero()))
}

/// The first `count` lanes from `at` on, zeros in the rest: for ends that are seldom met, in little code.
#[inline(always)]
pub(crate) fn load_part<S: Simd, T: Element>(simd: S, from: &[T], at: usize, count: usize) -> T::Vector<S> {
    if count >= T::Vector::<S>::LEN {
        return load(simd, from, at);
    }
    let mut vector = zeros::<S, T>(simd);
    if let (Some(from), Some(lanes)) = (from.get(at..at + count), vector.as_mut_slice().get_mut(..count)) {
        copy_few(from, lanes);
    }
    vector
}

/// The first `count` lanes from `at` on, `fill` in the rest: for rows, each of which has an end.
///
/// A load of what [`load_part`] has just stored in pieces waits for all of them; this does not.
#[inline(always)]
pub(crate) fn load_or<S: Simd, T: Element>(simd: S, from: &[T], at: usize, count: usize, fill: T) -> T::Vector<S> {
    if count >= T::Vector::<S>::LEN {
        return load(simd, from, at);
    }
    let mut vector = T::Vector::<S>::splat(simd, fill);
    // One load, wherever the slice has as many elements as a vector: those that do not belong here are left out.
    if let Some(longer) = from.get(at..at + T::Vector::<S>::LEN) {
        return below::<S, T>(simd, count).select(T::Vector::<S>::from_slice(simd, longer), vector);
    }
    for (lane, element) in from.get(at..at + count).unwrap_or_default().iter().enumerate() {
        let only: <T::Vector<S> as SimdBase<S>>::Mask = SimdMask::from_bitmask(simd, 1_u64.wrapping_shl(lane as u32));
        vector = only.select(T::Vector::<S>::splat(simd, *element), vector);
    }
    vector
}

/// The first `count` lanes, zeros in the rest.
#[inline(always)]
pub(crate) fn keep<S: Simd, T: Element>(vector: T::Vector<S>, count: usize) -> T::Vector<S> {
    let simd = vector.token();
    if count >= T::Vector::<S>::LEN { vector } else { below::<S, T>(simd, count).select(vector, zeros::<S, T>(simd)) }
}

/// The first `count` lanes, fewer than all.
#[inline(always)]
fn below<S: Simd, T: Element>(simd: S, count: usize) -> <T::Vector<S> as SimdBase<S>>::Mask {
    SimdMask::from_bitmask(simd, !u64::MAX.wrapping_shl(count as u32))
}

/// Stores the whole vector at `at`.
#[inline(always)]
pub(crate) fn store<S: Simd, T: Element>(vector: T::Vector<S>, to: &mut [T], at: usize) {
    if let Some(to) = to.get_mut(at..at + T::Vector::<S>::LEN) {
        vector.store_slice(to);
    }
}

/// Stores the first `count` lanes at `at`.
#[inline(always)]
pub(crate) fn store_part<S: Simd, T: Element>(vector: T::Vector<S>, to: &mut [T], at: usize, count: usize) {
    if count >= T::Vector::<S>::LEN {
        return store::<S, T>(vector, to, at);
    }
    if let (Some(to), Some(lanes)) = (to.get_mut(at..at + count), vector.as_slice().get(..count)) {
        copy_few(lanes, to);
    }
}

/// `to = from`, for slices of the same length, less than 16: in pieces whose sizes the compiler knows, since a call would
/// cost more than the copy and everything that is in registers.
#[inline(always)]
pub(crate) fn copy_few<T: Element>(from: &[T], to: &mut [T]) {
    copy_piece::<T, 8>(from, to);
    copy_piece::<T, 4>(from, to);
    copy_piece::<T, 2>(from, to);
    copy_piece::<T, 1>(from, to);
}

/// The piece of `N` elements, a power of two, if the length has one; before it lie the larger pieces.
#[inline(always)]
fn copy_piece<T: Element, const N: usize>(from: &[T], to: &mut [T]) {
    let at = from.len() & !(2 * N - 1);
    if from.len() & N == 0 {
        return;
    }
    if let (Some(from), Some(to)) = (from.get(at..at + N), to.get_mut(at..at + N)) {
        to.copy_from_slice(from);
    }
}

/// The larger of two; where one of them is not a number, neither is the result. (The vector's own `max` may drop it.)
#[inline(always)]
pub(crate) fn larger<S: Simd, T: Element>(a: T::Vector<S>, b: T::Vector<S>) -> T::Vector<S> {
    #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
    if !a.token().level().is_fallback() {
        // `maxps` gives its second operand where one is not a number. So of both orders one has what is not a number, which
        // the bits of the other cannot undo; and where both are numbers, both orders have the same bits, but for the sign of 0.
        // Three instructions that every core runs in one cycle: a comparison and a selection need as many and take longer.
        let bits: <T::Vector<S> as SimdFloat<S>>::Bits = a.max(b).bitcast();
        let swapped: <T::Vector<S> as SimdFloat<S>>::Bits = b.max(a).bitcast();
        return (bits | swapped).bitcast();
    }
    #[cfg(target_arch = "aarch64")]
    if !a.token().level().is_fallback() {
        // `fmax` keeps what is not a number, on either side.
        return a.max(b);
    }
    (b.simd_le(a) | a.is_nan()).select(a, b)
}

#[cfg(all(test, feature = "std"))]
mod tests {
    use crate::kernels::vectors::dispatch;

    use super::*;
    use crate::kernels::testing::levels;

    #[inline(always)]
    fn one<S: Simd, T: Element>(simd: S, a: T, b: T) -> T {
        larger::<S, T>(T::Vector::<S>::splat(simd, a), T::Vector::<S>::splat(simd, b)).as_slice()[0]
    }

    fn check<T: Element>() {
        let (infinity, nan) = (T::infinity(), T::nan());
        let numbers = [-infinity, -T::one(), T::zero(), T::min_positive_value(), T::one(), T::max_value(), infinity];
        for level in levels() {
            for (i, &a) in numbers.iter().enumerate() {
                for (j, &b) in numbers.iter().enumerate() {
                    assert!(dispatch!(level, simd => one(simd, a, b)) == numbers[i.max(j)], "{level:?}: {a}, {b}");
                }
                for nan in [nan, -nan] {
                    assert!(dispatch!(level, simd => one(simd, a, nan)).is_nan(), "{level:?}: {a}, {nan}");
                    assert!(dispatch!(level, simd => one(simd, nan, a)).is_nan(), "{level:?}: {nan}, {a}");
                    assert!(dispatch!(level, simd => one(simd, nan, nan)).is_nan(), "{level:?}: {nan} twice");
                }
            }
            assert!(dispatch!(level, simd => one(simd, T::zero(), -T::zero())) == T::zero(), "{level:?}: two zeros");
        }
    }

    #[test]
    fn the_larger_one_or_what_is_not_a_number() {
        check::<f32>();
        check::<f64>();
    }
}
