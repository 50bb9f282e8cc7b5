//! `Sum`, `Mean`, `Max`, `Min`, `Prod`, `Variance` and `Norm`: one number in place of many, along some axes.
//!
//! | function | `y` | gradient of an element |
//! | --- | --- | --- |
//! | [`sum`], [`mean`] | `Σ x`, `Σ x / n` | `dy`, `dy / n` |
//! | [`max`], [`min`] | the largest, the smallest | `dy` for those that are it, in equal shares, as in TensorFlow |
//! | [`prod`] | `Π x` | `dy` times the other elements |
//! | [`variance`] | `Σ (x - mean)² / n` | `2 · dy · (x - mean) / n` |
//! | [`norm`] | `√(Σ x²)` | `dy · x / y`, 0 where `y` is 0 |
//!
//! Slices hold one sample or several.

use fearless_simd::prelude::*;

use crate::element::Element;
use crate::kernels::places::Places;
use crate::kernels::{frame, lanes, slices};
use crate::shape::MOST_AXES;

/// Along which axes there is one number for many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReduceSizes {
    /// The elements of the input.
    pub input: usize,
    /// The elements of the output.
    pub output: usize,
    /// The elements of the input that lie side by side, and all of which become one number, or none.
    run: usize,
    /// Whether a run becomes one number.
    inner: bool,
    /// How many runs there are along each axis outside of them.
    counts: [usize; MOST_AXES],
    /// How far it is from one to the next in the output: nothing along axes that become one number.
    strides: [usize; MOST_AXES],
}

impl ReduceSizes {
    /// The sizes for an input of at most six axes, and which of them become one number.
    pub const fn new(input: &[usize], reduced: &[bool]) -> Self {
        assert!(input.len() <= MOST_AXES && input.len() == reduced.len(), "at most six axes");
        let (counts, strides) = ([1; MOST_AXES], [0; MOST_AXES]);
        let mut sizes = ReduceSizes { input: 1, output: 1, run: 1, inner: true, counts, strides };
        let (mut axis, mut outer, mut open) = (input.len(), MOST_AXES, true);
        while axis > 0 {
            axis -= 1;
            // An axis of one element is part of any run.
            if sizes.run == 1 && open {
                sizes.inner = reduced[axis];
            }
            open = open && (input[axis] == 1 || reduced[axis] == sizes.inner);
            if open {
                sizes.run *= input[axis];
            } else {
                outer -= 1;
                sizes.counts[outer] = input[axis];
                sizes.strides[outer] = if reduced[axis] { 0 } else { sizes.output };
            }
            sizes.input *= input[axis];
            if !reduced[axis] {
                sizes.output *= input[axis];
            }
        }
        sizes
    }

    /// How many elements become one.
    const fn terms(&self) -> usize {
        // No size is zero, which the compiler cannot know of numbers.
        self.input / if self.output == 0 { 1 } else { self.output }
    }

    /// The elements of the output in a run.
    #[inline(always)]
    const fn width(&self) -> usize {
        if self.inner { 1 } else { self.run }
    }

    /// Where the results of the runs lie, one after another.
    #[inline(always)]
    fn places(&self) -> Places<'_> {
        Places::new(0, &self.counts, &self.strides)
    }
}

/// `y = f(y, x, z)` for each run `x` and what belongs to it in `y` and `z`, which has the shape of `y`.
#[inline(always)]
fn each<T>(sizes: &ReduceSizes, x: &[T], z: &[T], y: &mut [T], mut f: impl FnMut(&mut [T], &[T], &[T])) {
    let samples = x.chunks_exact(sizes.input.max(1)).zip(y.chunks_exact_mut(sizes.output.max(1)));
    for (sample, (x, y)) in samples.enumerate() {
        let z = z.get(sample * sizes.output..).and_then(|z| z.get(..sizes.output)).unwrap_or_default();
        let mut places = sizes.places();
        for x in x.chunks_exact(sizes.run.max(1)) {
            let place = places.next();
            let z = z.get(place..).and_then(|z| z.get(..sizes.width())).unwrap_or_default();
            if let Some(y) = y.get_mut(place..).and_then(|y| y.get_mut(..sizes.width())) {
                f(y, x, z);
            }
        }
    }
}

/// What some numbers become.
trait Kind<T: Element>: Copy {
    /// Of none.
    const START: fn() -> T;

    /// What counts of an element, beside the number of the second kind that its result has.
    fn map<S: Simd>(self, simd: S, x: T::Vector<S>, z: T::Vector<S>) -> T::Vector<S>;

    /// An element that does not count, beside such a number.
    fn neutral(self, z: T) -> T;

    fn join<S: Simd>(self, a: T::Vector<S>, b: T::Vector<S>) -> T::Vector<S>;
}

/// Joins all elements that belong to a number with what is there.
fn accumulate<S: Simd, T: Element, K: Kind<T>>(simd: S, kind: K, sizes: &ReduceSizes, x: &[T], z: &[T], y: &mut [T]) {
    y.fill(K::START());
    frame::vectorize(
        simd,
        #[inline(always)]
        || {
            let lanes = T::Vector::<S>::LEN;
            each(
                sizes,
                x,
                z,
                y,
                #[inline(always)]
                |y, x, z| {
                    if !sizes.inner {
                        for at in (0..x.len()).step_by(lanes) {
                            let count = lanes.min(x.len() - at);
                            let [x, z, sum] = [x, z, &*y].map(|from| lanes::load_part::<S, T>(simd, from, at, count));
                            lanes::store_part::<S, T>(kind.join::<S>(sum, kind.map(simd, x, z)), y, at, count);
                        }
                        return;
                    }
                    let one = z.first().copied().unwrap_or_default();
                    let (z, start) = (T::Vector::<S>::splat(simd, one), T::Vector::<S>::splat(simd, K::START()));
                    let all = slices::fold(
                        simd,
                        x,
                        kind.neutral(one),
                        start,
                        #[inline(always)]
                        |sum, x| kind.join::<S>(sum, kind.map(simd, x, z)),
                    );
                    for number in all.as_slice() {
                        let [a, b] = [y.first().copied().unwrap_or_default(), *number];
                        let [a, b] = [a, b].map(|x| T::Vector::<S>::splat(simd, x));
                        if let (Some(y), Some(joined)) = (y.first_mut(), kind.join::<S>(a, b).as_slice().first()) {
                            *y = *joined;
                        }
                    }
                },
            );
        },
    );
}

/// `y = f(y)`, element by element.
fn finish<S: Simd, T: Element>(simd: S, y: &mut [T], f: impl Fn(T::Vector<S>) -> T::Vector<S>) {
    slices::map_in_place(simd, y, f);
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident: $start:expr, |$simd:ident, $x:ident, $z:ident| $map:expr, |$one:ident| $neutral:expr,
        |$a:ident, $b:ident| $join:expr;)*) => { $(
        $(#[$doc])*
        #[derive(Clone, Copy)]
        struct $name;

        impl<T: Element> Kind<T> for $name {
            const START: fn() -> T = || $start;

            #[inline(always)]
            fn map<S: Simd>(self, $simd: S, $x: T::Vector<S>, $z: T::Vector<S>) -> T::Vector<S> {
                let _ = ($simd, $z);
                $map
            }

            #[inline(always)]
            fn neutral(self, $one: T) -> T {
                let _ = $one;
                $neutral
            }

            #[inline(always)]
            fn join<S: Simd>(self, $a: T::Vector<S>, $b: T::Vector<S>) -> T::Vector<S> {
                $join
            }
        }
    )* };
}

kinds! {
    /// `Σ x`.
    Sum: T::zero(), |simd, x, z| x, |one| T::zero(), |a, b| a + b;
    /// `Σ x²`.
    Squares: T::zero(), |simd, x, z| x * x, |one| T::zero(), |a, b| a + b;
    /// `Σ (x - z)²`.
    Distances: T::zero(), |simd, x, z| (x - z) * (x - z), |one| one, |a, b| a + b;
    /// `Π x`.
    Product: T::one(), |simd, x, z| x, |one| T::one(), |a, b| a * b;
    /// `Π x` of those that are not 0.
    Others: T::one(), |simd, x, z| x.simd_eq(T::zero()).select(T::Vector::<S>::splat(simd, T::one()), x), |one| T::one(), |a, b| a * b;
    /// How many are 0.
    Zeros: T::zero(), |simd, x, z| equal::<S, T>(simd, x, lanes::zeros::<S, T>(simd)), |one| T::one(), |a, b| a + b;
    /// How many are `z`.
    Equal: T::zero(), |simd, x, z| equal::<S, T>(simd, x, z), |one| T::nan(), |a, b| a + b;
    /// The largest.
    Largest: T::neg_infinity(), |simd, x, z| x, |one| T::neg_infinity(), |a, b| lanes::larger::<S, T>(a, b);
    /// The smallest.
    Smallest: T::infinity(), |simd, x, z| x, |one| T::infinity(), |a, b| -lanes::larger::<S, T>(-a, -b);
}

/// 1 where two numbers are equal, else 0.
#[inline(always)]
fn equal<S: Simd, T: Element>(simd: S, a: T::Vector<S>, b: T::Vector<S>) -> T::Vector<S> {
    a.simd_eq(b).select(T::Vector::<S>::splat(simd, T::one()), lanes::zeros::<S, T>(simd))
}

/// The sum.
///
/// ```
/// use nn_core::layers::reduce::{self, ReduceSizes};
/// use nn_core::rt::{dispatch, fearless_simd::Level};
/// const ROWS: ReduceSizes = ReduceSizes::new(&[2, 3], &[false, true]);
/// let mut y = [0.0; 2];
/// dispatch!(Level::baseline(), simd => reduce::sum(simd, &ROWS, &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0_f32], &mut y));
/// assert_eq!(y, [6.0, 15.0]);
/// ```
pub fn sum<S: Simd, T: Element>(simd: S, sizes: &ReduceSizes, x: &[T], y: &mut [T]) {
    accumulate(simd, Sum, sizes, x, &[], y);
}

/// The mean.
pub fn mean<S: Simd, T: Element>(simd: S, sizes: &ReduceSizes, x: &[T], y: &mut [T]) {
    sum(simd, sizes, x, y);
    scale(simd, y, 1.0 / sizes.terms() as f64);
}

fn scale<S: Simd, T: Element>(simd: S, y: &mut [T], factor: f64) {
    finish::<S, T>(simd, y, |y| y * T::from_f64(factor));
}

/// The largest; not a number if one of them is none.
pub fn max<S: Simd, T: Element>(simd: S, sizes: &ReduceSizes, x: &[T], y: &mut [T]) {
    accumulate(simd, Largest, sizes, x, &[], y);
}

/// The smallest; not a number if one of them is none.
pub fn min<S: Simd, T: Element>(simd: S, sizes: &ReduceSizes, x: &[T], y: &mut [T]) {
    accumulate(simd, Smallest, sizes, x, &[], y);
}

/// The product.
pub fn prod<S: Simd, T: Element>(simd: S, sizes: &ReduceSizes, x: &[T], y: &mut [T]) {
    accumulate(simd, Product, sizes, x, &[], y);
}

/// The mean square of what an element is off the mean. `means` is as long as `y`, and gets the means.
pub fn variance<S: Simd, T: Element>(simd: S, sizes: &ReduceSizes, x: &[T], means: &mut [T], y: &mut [T]) {
    mean(simd, sizes, x, means);
    accumulate(simd, Distances, sizes, x, means, y);
    scale(simd, y, 1.0 / sizes.terms() as f64);
}

/// The root of the sum of squares.
pub fn norm<S: Simd, T: Element>(simd: S, sizes: &ReduceSizes, x: &[T], y: &mut [T]) {
    accumulate(simd, Squares, sizes, x, &[], y);
    finish::<S, T>(simd, y, |y| y.sqrt());
}

/// `dx = f(x, a, b)` for each element, beside two numbers of its result; overwrites `dx`.
#[inline(always)]
fn spread<S: Simd, T: Element>(
    simd: S,
    sizes: &ReduceSizes,
    x: &[T],
    [a, b]: [&[T]; 2],
    dx: &mut [T],
    f: impl Fn(T::Vector<S>, T::Vector<S>, T::Vector<S>) -> T::Vector<S> + Copy,
) {
    let (lanes, width) = (T::Vector::<S>::LEN, sizes.width());
    let samples = a.chunks_exact(sizes.output.max(1)).zip(b.chunks_exact(sizes.output.max(1)));
    for (sample, ((a, b), dx)) in samples.zip(dx.chunks_exact_mut(sizes.input.max(1))).enumerate() {
        let x = x.get(sample * sizes.input..).and_then(|x| x.get(..sizes.input)).unwrap_or_default();
        let mut places = sizes.places();
        for (run, dx) in dx.chunks_exact_mut(sizes.run.max(1)).enumerate() {
            let (place, x) = (places.next(), x.get(run * sizes.run..).unwrap_or_default());
            let [a, b] = [a, b].map(|from| from.get(place..).and_then(|from| from.get(..width)).unwrap_or_default());
            for at in (0..dx.len()).step_by(lanes) {
                let count = lanes.min(dx.len() - at);
                let [a, b] = [a, b].map(
                    #[inline(always)]
                    |from| match sizes.inner {
                        true => lanes::splat::<S, T>(simd, from, 0),
                        false => lanes::load_part::<S, T>(simd, from, at, count),
                    },
                );
                let gradient = f(lanes::load_part::<S, T>(simd, x, at, count), a, b);
                lanes::store_part::<S, T>(gradient, dx, at, count);
            }
        }
    }
}

/// `spread` with the vectors of the machine.
fn backward<S: Simd, T: Element>(
    simd: S,
    sizes: &ReduceSizes,
    x: &[T],
    numbers: [&[T]; 2],
    dx: &mut [T],
    f: impl Fn(T::Vector<S>, T::Vector<S>, T::Vector<S>) -> T::Vector<S> + Copy,
) {
    frame::vectorize(
        simd,
        #[inline(always)]
        || spread(simd, sizes, x, numbers, dx, f),
    );
}

/// The gradient of [`sum`].
pub fn backward_sum<S: Simd, T: Element>(simd: S, sizes: &ReduceSizes, dy: &[T], dx: &mut [T]) {
    backward(
        simd,
        sizes,
        &[],
        [dy, dy],
        dx,
        #[inline(always)]
        |_, dy, _| dy,
    );
}

/// The gradient of [`mean`].
pub fn backward_mean<S: Simd, T: Element>(simd: S, sizes: &ReduceSizes, dy: &[T], dx: &mut [T]) {
    let share = T::from_f64(1.0 / sizes.terms() as f64);
    backward(
        simd,
        sizes,
        &[],
        [dy, dy],
        dx,
        #[inline(always)]
        |_, dy, _| dy * share,
    );
}

/// The gradient of [`max`] and [`min`], from what went in and came out; `shares` is as long as `y`.
pub fn backward_extreme<S: Simd, T: Element>(
    simd: S,
    sizes: &ReduceSizes,
    [x, y]: [&[T]; 2],
    dy: &[T],
    shares: &mut [T],
    dx: &mut [T],
) {
    accumulate(simd, Equal, sizes, x, y, shares);
    for (share, dy) in shares.iter_mut().zip(dy) {
        *share = *dy / share.max(T::one());
    }
    backward(
        simd,
        sizes,
        x,
        [y, shares],
        dx,
        #[inline(always)]
        |x, y, share| x.simd_eq(y).select(share, lanes::zeros::<S, T>(simd)),
    );
}

/// The gradient of [`prod`], from what went in; `numbers` is twice as long as `y`.
pub fn backward_prod<S: Simd, T: Element>(
    simd: S,
    sizes: &ReduceSizes,
    x: &[T],
    dy: &[T],
    numbers: &mut [T],
    dx: &mut [T],
) {
    let Some((of_all, of_zero)) = numbers.split_at_mut_checked(dy.len()) else { return };
    accumulate(simd, Others, sizes, x, &[], of_all);
    accumulate(simd, Zeros, sizes, x, &[], of_zero);
    // Times the others: all but itself if none is 0; if one is, only its own gradient is not 0.
    for ((of_all, of_zero), dy) in of_all.iter_mut().zip(&mut *of_zero).zip(dy) {
        let (others, zeros) = (*of_all * *dy, *of_zero);
        *of_all = if zeros == T::zero() { others } else { T::zero() };
        *of_zero = if zeros == T::one() { others } else { T::zero() };
    }
    backward(
        simd,
        sizes,
        x,
        [of_all, of_zero],
        dx,
        #[inline(always)]
        |x, of_all, of_zero| x.simd_eq(T::zero()).select(of_zero, of_all / x),
    );
}

/// The gradient of [`variance`], from what went in and the means.
pub fn backward_variance<S: Simd, T: Element>(
    simd: S,
    sizes: &ReduceSizes,
    [x, means]: [&[T]; 2],
    dy: &[T],
    dx: &mut [T],
) {
    let share = T::from_f64(2.0 / sizes.terms() as f64);
    backward(
        simd,
        sizes,
        x,
        [means, dy],
        dx,
        #[inline(always)]
        |x, mean, dy| (x - mean) * (dy * share),
    );
}

/// The gradient of [`norm`], from what went in and came out.
pub fn backward_norm<S: Simd, T: Element>(simd: S, sizes: &ReduceSizes, [x, y]: [&[T]; 2], dy: &[T], dx: &mut [T]) {
    backward(
        simd,
        sizes,
        x,
        [y, dy],
        dx,
        #[inline(always)]
        |x, y, dy| y.simd_gt(T::zero()).select(dy * x / y, lanes::zeros::<S, T>(simd)),
    );
}

/// The place of the largest along the middle of `[outer, n, inner]`, as a number; the first of several.
pub fn arg_max<T: Element>([outer, n, inner]: [usize; 3], x: &[T], y: &mut [T]) {
    let (len, inner) = ((n * inner).max(1), inner.max(1));
    debug_assert!(x.len().is_multiple_of((outer * len).max(1)), "whole samples");
    for (x, y) in x.chunks_exact(len).zip(y.chunks_exact_mut(inner)) {
        for (column, y) in y.iter_mut().enumerate() {
            let mut best = (T::zero(), T::neg_infinity());
            let mut place = T::zero();
            for (row, x) in x.iter().skip(column).step_by(inner).enumerate() {
                if row == 0 || *x > best.1 {
                    best = (place, *x);
                }
                place += T::one();
            }
            *y = best.0;
        }
    }
}

#[cfg(all(test, feature = "std"))]
mod tests {
    use fearless_simd::Level;

    use super::*;
    use crate::kernels::testing::{levels, random};
    use crate::kernels::vectors::dispatch;

    /// The place in the output of each element of the input.
    fn places(input: &[usize], reduced: &[bool]) -> Vec<usize> {
        let place = |element: usize| {
            let (mut rest, mut place, mut stride) = (element, 0, 1);
            for (size, reduced) in input.iter().zip(reduced).rev() {
                if !reduced {
                    place += rest % size * stride;
                    stride *= size;
                }
                rest /= size;
            }
            place
        };
        (0..input.iter().product()).map(place).collect()
    }

    #[derive(Clone, Copy, Debug)]
    enum Of {
        Sum,
        Mean,
        Max,
        Min,
        Prod,
        Variance,
        Norm,
    }

    const ALL: [Of; 7] = [Of::Sum, Of::Mean, Of::Max, Of::Min, Of::Prod, Of::Variance, Of::Norm];

    fn naive(of: Of, x: &[f64]) -> f64 {
        let (sum, n) = (x.iter().sum::<f64>(), x.len() as f64);
        match of {
            Of::Sum => sum,
            Of::Mean => sum / n,
            Of::Max => x.iter().copied().fold(f64::NEG_INFINITY, f64::max),
            Of::Min => x.iter().copied().fold(f64::INFINITY, f64::min),
            Of::Prod => x.iter().product(),
            Of::Variance => x.iter().map(|x| (x - sum / n).powi(2)).sum::<f64>() / n,
            Of::Norm => x.iter().map(|x| x * x).sum::<f64>().sqrt(),
        }
    }

    /// `y` and `dx`.
    fn run<T: Element>(level: Level, of: Of, sizes: &ReduceSizes, x: &[f64], dy: &[f64]) -> [Vec<f64>; 2] {
        let narrow = |x: &[f64]| x.iter().map(|x| T::from_f64(*x)).collect::<Vec<T>>();
        let (x, dy) = (narrow(x), narrow(dy));
        let (mut y, mut dx) = (vec![T::nan(); dy.len()], vec![T::nan(); x.len()]);
        let mut saved = vec![T::nan(); 2 * dy.len()];
        let half = dy.len();
        dispatch!(level, simd => match of {
            Of::Sum => {
                sum(simd, sizes, &x, &mut y);
                backward_sum(simd, sizes, &dy, &mut dx);
            }
            Of::Mean => {
                mean(simd, sizes, &x, &mut y);
                backward_mean(simd, sizes, &dy, &mut dx);
            }
            Of::Max => {
                max(simd, sizes, &x, &mut y);
                backward_extreme(simd, sizes, [&x, &y], &dy, &mut saved[..half], &mut dx);
            }
            Of::Min => {
                min(simd, sizes, &x, &mut y);
                backward_extreme(simd, sizes, [&x, &y], &dy, &mut saved[..half], &mut dx);
            }
            Of::Prod => {
                prod(simd, sizes, &x, &mut y);
                backward_prod(simd, sizes, &x, &dy, &mut saved, &mut dx);
            }
            Of::Variance => {
                variance(simd, sizes, &x, &mut saved[..half], &mut y);
                backward_variance(simd, sizes, [&x, &saved[..half]], &dy, &mut dx);
            }
            Of::Norm => {
                norm(simd, sizes, &x, &mut y);
                backward_norm(simd, sizes, [&x, &y], &dy, &mut dx);
            }
        });
        [y, dx].map(|x| x.iter().map(|x| Element::to_f64(*x)).collect())
    }

    fn check(input: &[usize], reduced: &[bool]) {
        let sizes = ReduceSizes::new(input, reduced);
        let places = places(input, reduced);
        let mut x = random::<f64>(3, 2 * sizes.input);
        x.iter_mut().for_each(|x| *x += x.signum() * 0.5);
        let dy = random::<f64>(4, 2 * sizes.output);
        let group = |x: &[f64], at: usize| -> Vec<f64> {
            let (sample, place) = (at / sizes.output, at % sizes.output);
            let own = x[sample * sizes.input..][..sizes.input].iter().zip(&places);
            own.filter(|(_, other)| **other == place).map(|(x, _)| *x).collect()
        };
        for of in ALL {
            let all = |x: &[f64]| -> Vec<f64> { (0..dy.len()).map(|at| naive(of, &group(x, at))).collect() };
            let loss = |x: &[f64]| all(x).iter().zip(&dy).map(|(y, dy)| y * dy).sum::<f64>();
            let slope = |at: usize| {
                let moved = |by: f64| {
                    let mut x = x.clone();
                    x[at] += by;
                    loss(&x)
                };
                (moved(1e-6) - moved(-1e-6)) / 2e-6
            };
            let (want, slopes): (Vec<f64>, Vec<f64>) = (all(&x), (0..x.len()).map(slope).collect());
            for level in levels() {
                for (results, tolerance) in
                    [(run::<f32>(level, of, &sizes, &x, &dy), 3e-5), (run::<f64>(level, of, &sizes, &x, &dy), 1e-7)]
                {
                    for (got, want) in results.iter().zip([&want, &slopes]) {
                        for (at, (got, want)) in got.iter().zip(want).enumerate() {
                            let close = (got - want).abs() <= tolerance * (1.0 + want.abs());
                            assert!(close, "{of:?} of {input:?} along {reduced:?}, {at}: {got}, not {want}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn all_kinds_along_all_axes() {
        check(&[1], &[true]);
        check(&[19], &[true]);
        check(&[3], &[false]);
        check(&[4, 19], &[false, true]);
        check(&[4, 19], &[true, false]);
        check(&[3, 5], &[true, true]);
        check(&[3, 1, 5], &[true, false, true]);
        check(&[2, 3, 4], &[true, false, true]);
        check(&[2, 3, 4], &[false, true, false]);
        check(&[2, 2, 3, 2], &[false, true, true, false]);
        check(&[2, 1, 2, 3, 2, 1], &[true, true, false, true, false, true]);
    }

    #[test]
    fn several_largest_share_the_gradient() {
        let sizes = ReduceSizes::new(&[4], &[true]);
        let x = [2.0, 1.0, 2.0, 0.0];
        assert_eq!(run::<f32>(Level::new(), Of::Max, &sizes, &x, &[3.0]), [vec![2.0], vec![1.5, 0.0, 1.5, 0.0]]);
    }

    #[test]
    fn products_with_zeros() {
        let sizes = ReduceSizes::new(&[3, 3], &[false, true]);
        let x = [2.0, 3.0, 5.0, 2.0, 0.0, 5.0, 0.0, 0.0, 5.0];
        let [y, dx] = run::<f64>(Level::new(), Of::Prod, &sizes, &x, &[1.0; 3]);
        assert_eq!(y, [30.0, 0.0, 0.0]);
        assert_eq!(dx, [15.0, 10.0, 6.0, 0.0, 10.0, 0.0, 0.0, 0.0, 0.0]);
    }

    #[test]
    fn what_is_not_a_number_stays_so() {
        let sizes = ReduceSizes::new(&[20], &[true]);
        let mut x = [1.0; 20];
        for at in [0, 7, 19] {
            x[at] = f64::NAN;
            for of in [Of::Max, Of::Min, Of::Sum] {
                assert!(run::<f32>(Level::new(), of, &sizes, &x, &[1.0])[0][0].is_nan(), "{of:?}, {at}");
            }
            x[at] = 1.0;
        }
    }

    #[test]
    fn a_norm_of_zero_has_no_gradient() {
        let sizes = ReduceSizes::new(&[3], &[true]);
        assert_eq!(run::<f64>(Level::new(), Of::Norm, &sizes, &[0.0; 3], &[2.0]), [vec![0.0], vec![0.0; 3]]);
    }

    #[test]
    fn the_first_of_several_largest() {
        let mut y = [0.0; 2];
        arg_max([1, 3, 2], &[1.0, 5.0, 4.0, 5.0, 4.0, -1.0], &mut y);
        assert_eq!(y, [1.0, 0.0]);
    }
}
