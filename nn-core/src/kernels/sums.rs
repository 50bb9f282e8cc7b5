//! Sums of many vectors.
//!
//! Added one after another, terms of like sign lose a digit for every tenfold of their number: of 65,536 `f32`, five
//! hundredths of a percent. Here only a few are: then their sum goes to a total in `f64`.

use fearless_simd::prelude::*;

use crate::element::Element;
use crate::kernels::lanes;

/// How many vectors are added up before their sum goes to a total.
pub(crate) const BLOCK: usize = 16;

/// The most lanes that a vector has.
const LANES: usize = 16;

/// The mean of `V` vectors over `count` terms, lane by lane: `term(i)` is the `i`-th.
#[inline(always)]
pub(crate) fn mean<S: Simd, T: Element, const V: usize>(
    simd: S,
    count: usize,
    term: impl Fn(usize) -> [T::Vector<S>; V],
) -> [T::Vector<S>; V] {
    let mut means = if count <= BLOCK {
        block::<S, T, V>(simd, 0, count, &term)
    } else {
        let mut totals = [[0.0_f64; LANES]; V];
        for first in (0..count).step_by(BLOCK) {
            let sums = block::<S, T, V>(simd, first, BLOCK.min(count - first), &term);
            for (totals, sum) in totals.iter_mut().zip(&sums) {
                for (total, lane) in totals.iter_mut().zip(sum.as_slice()) {
                    *total += Element::to_f64(*lane);
                }
            }
        }
        let mut means = [lanes::zeros::<S, T>(simd); V];
        for (mean, totals) in means.iter_mut().zip(&totals) {
            for (lane, total) in mean.as_mut_slice().iter_mut().zip(totals) {
                *lane = T::from_f64(*total / count as f64);
            }
        }
        return means;
    };
    for mean in &mut means {
        *mean /= T::from_f64(count as f64);
    }
    means
}

/// The sum of `count` terms from `first` on, in four sums, so that additions need not wait for one another.
#[inline(always)]
fn block<S: Simd, T: Element, const V: usize>(
    simd: S,
    first: usize,
    count: usize,
    term: &impl Fn(usize) -> [T::Vector<S>; V],
) -> [T::Vector<S>; V] {
    let mut sums = [lanes::zeros::<S, T>(simd); V];
    let whole = count - count % 4;
    for at in (first..first + whole).step_by(4) {
        let [a, b, c, d] = [term(at), term(at + 1), term(at + 2), term(at + 3)];
        for v in 0..V {
            sums[v] += (a[v] + b[v]) + (c[v] + d[v]);
        }
    }
    for at in first + whole..first + count {
        let a = term(at);
        for v in 0..V {
            sums[v] += a[v];
        }
    }
    sums
}

#[cfg(all(test, feature = "std"))]
mod tests {
    use crate::kernels::vectors::dispatch;

    use super::*;
    use crate::kernels::testing::levels;

    /// The means of two vectors of equal numbers.
    #[inline(always)]
    fn of_equals<S: Simd, T: Element>(simd: S, count: usize, [a, b]: [T; 2]) -> [T; 2] {
        let terms = [a, b].map(|x| T::Vector::<S>::splat(simd, x));
        let means = mean::<S, T, 2>(
            simd,
            count,
            #[inline(always)]
            |_| terms,
        );
        [means[0].as_slice()[0], means[1].as_slice()[T::Vector::<S>::LEN - 1]]
    }

    #[test]
    fn the_mean_of_equals_is_what_they_are() {
        for level in levels() {
            for count in [1, 2, 3, 4, 7, 16, 17, 100, 1_000_000] {
                let [a, b] = dispatch!(level, simd => of_equals(simd, count, [0.1_f32, -3.3]));
                assert!((a - 0.1).abs() < 2e-8 && (b + 3.3).abs() < 5e-7, "{count} at {level:?}: {a}, {b}");
                let [a, b] = dispatch!(level, simd => of_equals(simd, count, [f64::INFINITY, f64::NAN]));
                assert!(a == f64::INFINITY && b.is_nan(), "{count} at {level:?}: {a}, {b}");
            }
        }
    }

    #[test]
    fn every_term_counts_once() {
        let x: Vec<f64> = (0..1000).map(|i| f64::from(i * i % 37) - 11.5).collect();
        for count in 1..200 {
            let want = x[..count].iter().sum::<f64>() / count as f64;
            for level in levels() {
                let got = dispatch!(level, simd => first_lane(simd, count, &x));
                assert!((got - want).abs() < 1e-12, "{count} at {level:?}: {got}, not {want}");
            }
        }
    }

    #[inline(always)]
    fn first_lane<S: Simd>(simd: S, count: usize, x: &[f64]) -> f64 {
        let [mean] = mean::<S, f64, 1>(
            simd,
            count,
            #[inline(always)]
            |i| [lanes::load::<S, f64>(simd, x, i)],
        );
        mean.as_slice()[0]
    }
}
