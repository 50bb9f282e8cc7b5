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

/// How many vectors of a run are added up before their sum goes to a total.
const BLOCK: usize = 64;

/// The sum of all terms of a run.
#[inline(always)]
fn total<S: Simd, T: Element>(simd: S, run: usize, term: impl Fn(usize, usize) -> T::Vector<S>) -> T {
    let block = BLOCK * T::Vector::<S>::LEN;
    if run <= block {
        return part(simd, 0, run, &term);
    }
    let mut total = 0.0;
    for from in (0..run).step_by(block) {
        total += part::<S, T>(simd, from, run.min(from + block), &term).to_f64();
    }
    T::from_f64(total)
}

/// The sum of the terms from `from` to `to`, four vectors at a time.
#[inline(always)]
fn part<S: Simd, T: Element>(simd: S, from: usize, to: usize, term: &impl Fn(usize, usize) -> T::Vector<S>) -> T {
    let lanes = T::Vector::<S>::LEN;
    let mut sums = [lanes::zeros::<S, T>(simd); 4];
    let (blocks, whole) = (to - (to - from) % (4 * lanes), to - (to - from) % lanes);
    for at in (from..blocks).step_by(4 * lanes) {
        for (i, sum) in sums.iter_mut().enumerate() {
            *sum += term(at + i * lanes, lanes);
        }
    }
    for at in (blocks..whole).step_by(lanes) {
        sums[0] += term(at, lanes);
    }
    if whole < to {
        // The lanes past the end may hold anything.
        sums[1] += lanes::keep::<S, T>(term(whole, to - whole), to - whole);
    }
    ((sums[0] + sums[1]) + (sums[2] + sums[3])).reduce_sum()
}
