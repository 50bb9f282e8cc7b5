//! Slices through vectors: whole vectors first, then what is left over.
//!
//! Nothing here can panic: where a length is wrong, which is a mistake of the caller's, elements are left out.

use fearless_simd::{Simd, SimdBase};

use crate::element::Element;
use crate::kernels::lanes;

/// The elements of `x`, of which there are at most as many as lanes; `fill` in the lanes past them.
#[inline(always)]
pub(crate) fn load<S: Simd, T: Element>(simd: S, x: &[T], fill: T) -> T::Vector<S> {
    lanes::load_or(simd, x, 0, x.len(), fill)
}

/// As many lanes as `y` has elements.
#[inline(always)]
pub(crate) fn store<S: Simd, T: Element>(vector: T::Vector<S>, y: &mut [T]) {
    if y.len() == T::Vector::<S>::LEN {
        return vector.store_slice(y);
    }
    if let Some(lanes) = vector.as_slice().get(..y.len()) {
        lanes::copy_few(lanes, y);
    }
}

/// `y = x`, as far as both go.
#[inline(always)]
pub(crate) fn copy<T: Element>(x: &[T], y: &mut [T]) {
    let len = x.len().min(y.len());
    if let (Some(x), Some(y)) = (x.get(..len), y.get_mut(..len)) {
        y.copy_from_slice(x);
    }
}

/// The columns from `from` to `to` of a row; none where it is shorter.
#[inline(always)]
pub(crate) fn part<T>(row: &[T], from: usize, to: usize) -> &[T] {
    row.get(from..to).unwrap_or_default()
}

/// The same, to write to.
#[inline(always)]
pub(crate) fn part_mut<T>(row: &mut [T], from: usize, to: usize) -> &mut [T] {
    row.get_mut(from..to).unwrap_or_default()
}

/// `y = f(x)`, vector by vector.
#[inline(always)]
pub(crate) fn map<S: Simd, T: Element>(simd: S, x: &[T], y: &mut [T], f: impl Fn(T::Vector<S>) -> T::Vector<S>) {
    debug_assert_eq!(x.len(), y.len());
    let lanes = T::Vector::<S>::LEN;
    let (mut xs, mut ys) = (x.chunks_exact(lanes), y.chunks_exact_mut(lanes));
    for (x, y) in (&mut xs).zip(&mut ys) {
        f(T::Vector::<S>::from_slice(simd, x)).store_slice(y);
    }
    let (x, y) = (xs.remainder(), ys.into_remainder());
    if !x.is_empty() {
        store::<S, T>(f(load::<S, T>(simd, x, T::zero())), y);
    }
}

/// `y = f(y)`, vector by vector.
#[inline(always)]
pub(crate) fn map_in_place<S: Simd, T: Element>(simd: S, y: &mut [T], f: impl Fn(T::Vector<S>) -> T::Vector<S>) {
    let mut chunks = y.chunks_exact_mut(T::Vector::<S>::LEN);
    for y in &mut chunks {
        f(T::Vector::<S>::from_slice(simd, y)).store_slice(y);
    }
    let rest = chunks.into_remainder();
    if !rest.is_empty() {
        store::<S, T>(f(load::<S, T>(simd, rest, T::zero())), rest);
    }
}

/// `y = f(x, y)`, vector by vector.
#[inline(always)]
pub(crate) fn zip_in_place<S: Simd, T: Element>(
    simd: S,
    x: &[T],
    y: &mut [T],
    f: impl Fn(T::Vector<S>, T::Vector<S>) -> T::Vector<S>,
) {
    debug_assert_eq!(x.len(), y.len());
    let lanes = T::Vector::<S>::LEN;
    let (mut xs, mut ys) = (x.chunks_exact(lanes), y.chunks_exact_mut(lanes));
    for (x, y) in (&mut xs).zip(&mut ys) {
        f(T::Vector::<S>::from_slice(simd, x), T::Vector::<S>::from_slice(simd, y)).store_slice(y);
    }
    let (x, y) = (xs.remainder(), ys.into_remainder());
    if !x.is_empty() {
        store::<S, T>(f(load::<S, T>(simd, x, T::zero()), load::<S, T>(simd, y, T::zero())), y);
    }
}

/// `z = f(x, y)`, vector by vector.
#[inline(always)]
pub(crate) fn zip<S: Simd, T: Element>(
    simd: S,
    x: &[T],
    y: &[T],
    z: &mut [T],
    f: impl Fn(T::Vector<S>, T::Vector<S>) -> T::Vector<S>,
) {
    debug_assert!(x.len() == y.len() && y.len() == z.len());
    let lanes = T::Vector::<S>::LEN;
    let (mut xs, mut ys, mut zs) = (x.chunks_exact(lanes), y.chunks_exact(lanes), z.chunks_exact_mut(lanes));
    for ((x, y), z) in (&mut xs).zip(&mut ys).zip(&mut zs) {
        f(T::Vector::<S>::from_slice(simd, x), T::Vector::<S>::from_slice(simd, y)).store_slice(z);
    }
    let (x, y, z) = (xs.remainder(), ys.remainder(), zs.into_remainder());
    if !x.is_empty() {
        store::<S, T>(f(load::<S, T>(simd, x, T::zero()), load::<S, T>(simd, y, T::zero())), z);
    }
}

/// `sum = f(sum, x)`, vector by vector, with `fill` in the lanes past the end.
#[inline(always)]
pub(crate) fn fold<S: Simd, T: Element>(
    simd: S,
    x: &[T],
    fill: T,
    mut sum: T::Vector<S>,
    f: impl Fn(T::Vector<S>, T::Vector<S>) -> T::Vector<S>,
) -> T::Vector<S> {
    let mut xs = x.chunks_exact(T::Vector::<S>::LEN);
    for x in &mut xs {
        sum = f(sum, T::Vector::<S>::from_slice(simd, x));
    }
    let rest = xs.remainder().len();
    if rest == 0 { sum } else { f(sum, lanes::load_or(simd, x, x.len() - rest, rest, fill)) }
}

/// `sum = f(sum, x, y)`, vector by vector, with zeros in the lanes past the end.
#[inline(always)]
pub(crate) fn fold_zip<S: Simd, T: Element>(
    simd: S,
    x: &[T],
    y: &[T],
    mut sum: T::Vector<S>,
    f: impl Fn(T::Vector<S>, T::Vector<S>, T::Vector<S>) -> T::Vector<S>,
) -> T::Vector<S> {
    debug_assert_eq!(x.len(), y.len());
    let lanes = T::Vector::<S>::LEN;
    let (mut xs, mut ys) = (x.chunks_exact(lanes), y.chunks_exact(lanes));
    for (x, y) in (&mut xs).zip(&mut ys) {
        sum = f(sum, T::Vector::<S>::from_slice(simd, x), T::Vector::<S>::from_slice(simd, y));
    }
    let (x, y) = (xs.remainder(), ys.remainder());
    if x.is_empty() { sum } else { f(sum, load::<S, T>(simd, x, T::zero()), load::<S, T>(simd, y, T::zero())) }
}
