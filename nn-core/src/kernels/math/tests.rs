//! Errors in ulp against the standard library in `f64`, over all exponents, at every SIMD level.

use fearless_simd::{Level, Simd, dispatch};

use super::{cos, erf, exp, exp_below, expm1, ln, log1p, normal_cdf, sigmoid, sin, softplus, tanh};
use crate::element::Element;
use crate::kernels::slices::map;
use crate::kernels::testing::every_level;

macro_rules! function {
    ($apply:ident = $function:ident) => {
        fn $apply<T: Element>(level: Level, x: &[T], y: &mut [T]) {
            #[inline(always)]
            fn run<S: Simd, T: Element>(simd: S, x: &[T], y: &mut [T]) {
                map(
                    simd,
                    x,
                    y,
                    #[inline(always)]
                    |x| $function::<S, T>(simd, x),
                );
            }
            dispatch!(level, simd => run(simd, x, y))
        }
    };
}

function!(apply_exp = exp);
function!(apply_exp_below = exp_below);
function!(apply_expm1 = expm1);
function!(apply_ln = ln);
function!(apply_log1p = log1p);
function!(apply_tanh = tanh);
function!(apply_sigmoid = sigmoid);
function!(apply_softplus = softplus);
function!(apply_erf = erf);
function!(apply_normal_cdf = normal_cdf);
function!(apply_sin = sin);
function!(apply_cos = cos);

fn sigmoid_of(x: f64) -> f64 {
    if x < 0.0 { x.exp() / (1.0 + x.exp()) } else { 1.0 / (1.0 + (-x).exp()) }
}

fn exp_below_of(x: f64) -> f64 {
    if x > 0.0 { 1.0 } else { x.exp() }
}

fn normal_cdf_of(x: f64) -> f64 {
    0.5 * libm::erfc(-x * core::f64::consts::FRAC_1_SQRT_2)
}

fn softplus_of(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}

/// A function on slices at a level.
type Apply<T> = fn(Level, &[T], &mut [T]);

/// Name, what is tested, what is right, the largest error in ulp for f32 and for f64. The latter is a distance from
/// the standard library's result, which has an error of its own.
type Row<T> = (&'static str, Apply<T>, fn(f64) -> f64, [f64; 2]);

fn rows<T: Element>() -> [Row<T>; 9] {
    [
        ("exp", apply_exp, f64::exp, [0.8, 1.0]),
        ("exp_below", apply_exp_below, exp_below_of, [1.3, 2.0]),
        ("expm1", apply_expm1, f64::exp_m1, [1.7, 2.0]),
        ("ln", apply_ln, f64::ln, [0.9, 1.0]),
        ("log1p", apply_log1p, f64::ln_1p, [0.9, 1.0]),
        ("tanh", apply_tanh, f64::tanh, [2.0, 3.0]),
        ("sigmoid", apply_sigmoid, sigmoid_of, [2.0, 3.0]),
        ("softplus", apply_softplus, softplus_of, [1.5, 3.0]),
        ("erf", apply_erf, libm::erf, [2.0, 3.0]),
    ]
}

/// The distance between neighbours at `x`.
fn ulp32(x: f64) -> f64 {
    let x = (x.abs() as f32).min(f32::MAX);
    let below = if x == f32::MAX { f32::from_bits(x.to_bits() - 1) } else { x };
    f64::from(f32::from_bits(below.to_bits() + 1)) - f64::from(below)
}

/// The distance between neighbours at `x`.
fn ulp64(x: f64) -> f64 {
    let x = x.abs().min(f64::MAX);
    let below = if x == f64::MAX { f64::from_bits(x.to_bits() - 1) } else { x };
    f64::from_bits(below.to_bits() + 1) - below
}

/// The error of `got` in ulp; infinite where one of them is not a number, or infinite, and the other not.
fn error(got: f64, want: f64, largest: f64, ulp: fn(f64) -> f64) -> f64 {
    let want = if want > largest { f64::INFINITY } else { want };
    if got == want || (got.is_nan() && want.is_nan()) {
        return 0.0;
    }
    if got.is_finite() && want.is_finite() { (got - want).abs() / ulp(want) } else { f64::INFINITY }
}

/// The worst of `y` as `(x, error)`.
fn worst<T: Element>(x: &[T], y: &[T], reference: fn(f64) -> f64, largest: f64, ulp: fn(f64) -> f64) -> (T, f64) {
    let mut worst = (T::zero(), 0.0);
    for (&x, &y) in x.iter().zip(y) {
        let error = error(y.to_f64(), reference(x.to_f64()), largest, ulp);
        if error > worst.1 {
            worst = (x, error);
        }
    }
    worst
}

/// Bit patterns over all exponents and both signs, `step` apart.
fn sweep32(step: usize) -> Vec<f32> {
    let ends =
        [0.0, -0.0, f32::INFINITY, f32::NEG_INFINITY, f32::NAN, f32::MAX, f32::MIN, f32::from_bits(1), 1.0, -1.0];
    (0..=u32::MAX).step_by(step).map(f32::from_bits).chain(ends).collect()
}

/// The interesting range densely, then all exponents.
fn sweep64() -> Vec<f64> {
    let ends =
        [0.0, -0.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN, f64::MAX, f64::MIN, f64::from_bits(1), 1.0, -1.0];
    let near = (-10_000..10_000).map(|i| f64::from(i) * 2.003e-3);
    let far = (0..u64::MAX).step_by(0x0004_1234_5678_9abc_usize).map(f64::from_bits);
    near.chain(far).chain((-7500..7200).map(|i| f64::from(i) * 0.1)).chain(ends).collect()
}

/// What lies past the largest number of a type by more than half a step becomes infinite.
const LARGEST: [f64; 2] = [340_282_356_779_733_642_752_473_334_517_317_632_000.0, f64::MAX];

#[test]
fn f32_within_bounds_over_all_exponents() {
    // A smaller step, as NN_MATH_STEP, takes a release build.
    let step = std::env::var("NN_MATH_STEP").ok().and_then(|step| step.parse().ok()).unwrap_or(40_009);
    let x = sweep32(step);
    let mut y = vec![0.0; x.len()];
    for level in every_level() {
        for (name, apply, reference, [bound, _]) in rows::<f32>() {
            apply(level, &x, &mut y);
            let (at, error) = worst(&x, &y, reference, LARGEST[0], ulp32);
            println!("{level:?} f32 {name}: {error:.3} ulp at {at:e}");
            assert!(error <= bound, "{name} at {level:?}: {error} ulp at {at:e}");
        }
    }
}

#[test]
fn f64_within_bounds() {
    let x = sweep64();
    let mut y = vec![0.0; x.len()];
    for level in every_level() {
        for (name, apply, reference, [_, bound]) in rows::<f64>() {
            apply(level, &x, &mut y);
            let (at, error) = worst(&x, &y, reference, LARGEST[1], ulp64);
            println!("{level:?} f64 {name}: {error:.3} ulp at {at:e}");
            assert!(error <= bound, "{name} at {level:?}: {error} ulp at {at:e}");
        }
    }
}

#[test]
fn normal_distribution() {
    fn errors<T: Element>(level: Level, x: &[T], bound: f64) {
        let mut y = vec![T::zero(); x.len()];
        apply_normal_cdf(level, x, &mut y);
        let errors = x.iter().zip(&y).map(|(&x, &y)| (y.to_f64() - normal_cdf_of(x.to_f64())).abs());
        let largest = errors.filter(|error| !error.is_nan()).fold(0.0, f64::max);
        println!("{level:?}: {largest:e}");
        assert!(largest <= bound, "{level:?}: {largest:e}");
    }
    let step = std::env::var("NN_MATH_STEP").ok().and_then(|step| step.parse().ok()).unwrap_or(40_009);
    for level in every_level() {
        errors::<f32>(level, &sweep32(step), 1e-7);
        errors::<f64>(level, &sweep64(), 1e-15);
    }
    let ends =
        [(0.0, 0.5), (9.0, 1.0), (-9.0, 0.0), (f64::INFINITY, 1.0), (f64::NEG_INFINITY, 0.0), (f64::NAN, f64::NAN)];
    exactly::<f32>(apply_normal_cdf, &ends);
    exactly::<f64>(apply_normal_cdf, &ends);
}

/// `f(x)`, exactly, and with the sign of zero.
fn exactly<T: Element>(apply: Apply<T>, cases: &[(f64, f64)]) {
    for level in every_level() {
        for &(x, want) in cases {
            let mut y = [T::zero()];
            apply(level, &[T::from_f64(x)], &mut y);
            let got = y[0].to_f64();
            assert!(
                got == want && got.is_sign_negative() == want.is_sign_negative() || got.is_nan() && want.is_nan(),
                "{level:?}: f({x}) = {got}, not {want}"
            );
        }
    }
}

fn ends<T: Element>() {
    const INF: f64 = f64::INFINITY;
    const NAN: f64 = f64::NAN;
    exactly::<T>(apply_exp, &[(0.0, 1.0), (-0.0, 1.0), (-INF, 0.0), (INF, INF), (NAN, NAN), (-1e30, 0.0), (1e30, INF)]);
    exactly::<T>(apply_expm1, &[(0.0, 0.0), (-0.0, -0.0), (-INF, -1.0), (-50.0, -1.0), (INF, INF), (NAN, NAN)]);
    exactly::<T>(apply_ln, &[(1.0, 0.0), (0.0, -INF), (-0.0, -INF), (-1.0, NAN), (INF, INF), (-INF, NAN), (NAN, NAN)]);
    exactly::<T>(apply_log1p, &[(0.0, 0.0), (-1.0, -INF), (-1.5, NAN), (INF, INF), (-INF, NAN), (NAN, NAN)]);
    exactly::<T>(
        apply_tanh,
        &[(0.0, 0.0), (-0.0, -0.0), (20.0, 1.0), (-20.0, -1.0), (INF, 1.0), (-INF, -1.0), (NAN, NAN)],
    );
    exactly::<T>(apply_sigmoid, &[(0.0, 0.5), (-0.0, 0.5), (40.0, 1.0), (INF, 1.0), (-INF, 0.0), (NAN, NAN)]);
    exactly::<T>(apply_softplus, &[(100.0, 100.0), (-INF, 0.0), (INF, INF), (NAN, NAN)]);
    exactly::<T>(
        apply_erf,
        &[(0.0, 0.0), (-0.0, -0.0), (6.5, 1.0), (-6.5, -1.0), (INF, 1.0), (-INF, -1.0), (NAN, NAN)],
    );
}

#[test]
fn zeros_infinities_and_what_is_not_a_number() {
    ends::<f32>();
    ends::<f64>();
}

#[test]
fn polynomial_without_coefficients_is_nought() {
    #[inline(always)]
    fn run<S: Simd>(simd: S) -> f32 {
        use fearless_simd::SimdBase;
        super::polynomial::<S, f32>(simd, <f32 as Element>::Vector::<S>::splat(simd, 3.0), &[])[0]
    }
    assert_eq!(dispatch!(Level::baseline(), simd => run(simd)), 0.0);
}

/// Angles up to where the reduction is exact. Errors are counted in ulp of 1 where the result is below ½.
#[test]
fn sine_and_cosine() {
    fn check<T: Element>(furthest: f64, tolerance: f64) {
        let angles = (0..40_000).map(|i| {
            let share = f64::from(i) / 20_000.0 - 1.0;
            share * share * share * furthest
        });
        let x: Vec<T> = angles.chain([0.0, 1e-30]).map(T::from_f64).collect();
        for level in every_level() {
            let applied: [Apply<T>; 2] = [apply_sin, apply_cos];
            let references: [fn(f64) -> f64; 2] = [f64::sin, f64::cos];
            for (apply, reference) in applied.into_iter().zip(references) {
                let mut y = vec![T::nan(); x.len()];
                apply(level, &x, &mut y);
                for (x, y) in x.iter().zip(&y) {
                    let (y, want) = (Element::to_f64(*y), reference(Element::to_f64(*x)));
                    assert!((y - want).abs() <= tolerance * want.abs().max(0.5), "{level:?}: {y} of {x}, not {want}");
                }
            }
        }
    }
    check::<f32>(1e5, 2e-7);
    check::<f64>(1e8, 4e-16);
}

#[test]
fn far_angles_stay_between_the_ends() {
    for level in every_level() {
        let (x, mut y) = ([1e9_f32, -3e12, 1e30, f32::MAX, f32::INFINITY, f32::NAN], [7.0; 6]);
        apply_sin(level, &x, &mut y);
        assert!(y[..4].iter().all(|y| y.abs() <= 1.0) && y[4..].iter().all(|y| y.is_nan()), "{level:?}: {y:?}");
    }
}
