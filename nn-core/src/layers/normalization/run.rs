//! Loops over the elements of one run.

use fearless_simd::prelude::*;

use crate::element::Element;
use crate::kernels::lanes;

/// Numbers that belong to the elements of a run: one for each, or one for all.
#[derive(Clone, Copy)]
pub(super) struct Of<'a, S: Simd, T: Element, const OWN: bool> {
    values: &'a [T],
    /// The one for all, in all lanes.
    one: T::Vector<S>,
}

impl<'a, S: Simd, T: Element, const OWN: bool> Of<'a, S, T, OWN> {
    /// The numbers from `first` on; where there are none at all, `absent` in their place.
    #[inline(always)]
    pub(super) fn from(simd: S, values: &'a [T], first: usize, absent: f64) -> Self {
        let one = values.get(first).copied().unwrap_or(T::from_f64(absent));
        Of { values: values.get(first..).unwrap_or(&[]), one: T::Vector::<S>::splat(simd, one) }
    }

    /// Those of `count` elements from `at` on.
    #[inline(always)]
    pub(super) fn at(&self, simd: S, at: usize, count: usize) -> T::Vector<S> {
        if OWN && !self.values.is_empty() { lanes::load_or(simd, self.values, at, count, T::zero()) } else { self.one }
    }
}

/// `f(first element, how many)` for every vector of a run.
#[inline(always)]
pub(super) fn for_vectors<S: Simd, T: Element>(_: S, run: usize, mut f: impl FnMut(usize, usize)) {
    let lanes = T::Vector::<S>::LEN;
    let whole = run - run % lanes;
    for at in (0..whole).step_by(lanes) {
        f(at, lanes);
    }
    if whole < run {
        f(whole, run - whole);
    }
}

/// Adds `term(first element, how many)` over a run to one sum, or to a sum for each element.
#[inline(always)]
pub(super) fn add<S: Simd, T: Element, const OWN: bool>(
    simd: S,
    run: usize,
    sums: &mut [T],
    term: impl Fn(usize, usize) -> T::Vector<S>,
) {
    if OWN {
        return for_vectors::<S, T>(
            simd,
            run,
            #[inline(always)]
            |at, count| {
                let sum = lanes::load_or::<S, T>(simd, sums, at, count, T::zero()) + term(at, count);
                lanes::store_part::<S, T>(sum, sums, at, count);
            },
        );
    }
    let Some(sum) = sums.first_mut() else { return };
    *sum += total::<S, T>(simd, run, term);
}

/// The sum of `term` over the vectors of a run, as [`total`] has it.
#[inline(always)]
pub(super) fn total_of<S: Simd, T: Element>(simd: S, x: &[T], term: impl Fn(T::Vector<S>) -> T::Vector<S>) -> T {
    total::<S, T>(
        simd,
        x.len(),
        #[inline(always)]
        |at, count| term(lanes::load_or::<S, T>(simd, x, at, count, T::zero())),
    )
}

/// The sum of all terms of a run, four vectors at a time.
#[inline(always)]
fn total<S: Simd, T: Element>(simd: S, run: usize, term: impl Fn(usize, usize) -> T::Vector<S>) -> T {
    let lanes = T::Vector::<S>::LEN;
    let mut sums = [lanes::zeros::<S, T>(simd); 4];
    let blocks = run - run % (4 * lanes);
    for at in (0..blocks).step_by(4 * lanes) {
        for (i, sum) in sums.iter_mut().enumerate() {
            *sum += term(at + i * lanes, lanes);
        }
    }
    let whole = run - run % lanes;
    for at in (blocks..whole).step_by(lanes) {
        sums[0] += term(at, lanes);
    }
    if whole < run {
        // The lanes past the end may hold anything.
        sums[1] += lanes::keep::<S, T>(term(whole, run - whole), run - whole);
    }
    ((sums[0] + sums[1]) + (sums[2] + sums[3])).reduce_sum()
}
