//! Values against plain formulas in `f64`, gradients against central differences.

use crate::kernels::vectors::dispatch;
use fearless_simd::Level;

use super::*;
use crate::kernels::testing::levels;
use crate::layers::activation::{backward, backward_in_place, in_place, infer};
use crate::shape::Operation;

/// Both signs, small and large, away from kinks; a length that no vector divides.
fn points<T: Element>() -> Vec<T> {
    (-40..39).map(|i| T::from_f64(f64::from(i) * 0.1901 + 0.0123)).collect()
}

/// `y` and `dx`; one function for all tests, as each of its instances is compiled for every SIMD level.
pub(super) fn run<T: Element, A: Activation<T>>(level: Level, x: &[T], dy: &[T], activation: A) -> [Vec<T>; 2] {
    #[inline(always)]
    fn both<S: Simd, T: Element, A: Activation<T>>(simd: S, x: &[T], dy: &[T], [y, dx]: [&mut [T]; 2], activation: A) {
        infer(simd, x, y, activation);
        backward(simd, x, y, dy, dx, activation);
    }
    let (mut y, mut dx) = (vec![T::nan(); x.len()], vec![T::nan(); x.len()]);
    dispatch!(level, simd => both(simd, x, dy, [&mut y, &mut dx], activation));
    [y, dx]
}

fn apply<T: Element, A: Activation<T>>(level: Level, x: &[T], activation: A) -> Vec<T> {
    let [y, _] = run(level, x, x, activation);
    y
}

fn differentiate<T: Element, A: Activation<T>>(level: Level, x: &[T], dy: &[T], activation: A) -> Vec<T> {
    let [_, dx] = run(level, x, dy, activation);
    dx
}

fn close<T: Element>(got: &[T], want: impl Iterator<Item = f64>, tolerance: f64, what: &str) {
    for (index, (&got, want)) in got.iter().zip(want).enumerate() {
        let got = got.to_f64();
        assert!((got - want).abs() <= tolerance * (1.0 + want.abs()), "{what}[{index}]: {got}, not {want}");
    }
}

fn check<A: Activation<f32> + Activation<f64>>(name: &str, activation: A, reference: fn(f64) -> f64) {
    check_at(name, activation, reference, |x| x);
}

/// The same at other points.
fn check_at<A>(name: &str, activation: A, reference: impl Fn(f64) -> f64, point: fn(f64) -> f64)
where
    A: Activation<f32> + Activation<f64>,
{
    for level in levels() {
        let x: Vec<f32> = points::<f64>().into_iter().map(|x| point(x) as f32).collect();
        let wide: Vec<f64> = points::<f64>().into_iter().map(point).collect();
        close(&apply(level, &x, activation), x.iter().map(|&x| reference(x.into())), 5e-7, name);
        close(&apply(level, &wide, activation), wide.iter().map(|&x| reference(x)), 1e-14, name);

        let dy: Vec<f64> = (0..wide.len()).map(|i| 1.5 - 0.1 * i as f64).collect();
        let step = 1e-5;
        let slope = |x: f64| (reference(x + step) - reference(x - step)) / (2.0 * step);
        let want = || wide.iter().zip(&dy).map(|(&x, dy)| dy * slope(x));
        close(&differentiate(level, &wide, &dy, activation), want(), 1e-8, name);
        let narrow: Vec<f32> = dy.iter().map(|&dy| dy as f32).collect();
        close(&differentiate(level, &x, &narrow, activation), want(), 2e-6, name);

        assert!(apply(level, &[f32::NAN], activation)[0].is_nan(), "{name} of what is not a number");
        assert!(apply(level, &[f64::NAN], activation)[0].is_nan(), "{name} of what is not a number");
    }
}

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

#[test]
fn piecewise_linear() {
    check("linear", Linear, |x| x);
    check("relu", Relu, |x| x.max(0.0));
    check("relu6", Relu6, |x| x.clamp(0.0, 6.0));
    check("leaky_relu", LeakyRelu(0.2), |x| if x > 0.0 { x } else { 0.2 * x });
    check("hard_sigmoid", HardSigmoid, |x| (x + 3.0).clamp(0.0, 6.0) / 6.0);
    check("hard_swish", HardSwish, |x| x * (x + 3.0).clamp(0.0, 6.0) / 6.0);
}

#[test]
fn relu_with_options() {
    check("none", ReluOptions::default(), |x| x.max(0.0));
    check("slope", ReluOptions { negative_slope: 0.1, ..Default::default() }, |x| if x > 0.0 { x } else { 0.1 * x });
    check("max", ReluOptions { max_value: Some(2.0), ..Default::default() }, |x| x.clamp(0.0, 2.0));
    check("threshold", ReluOptions { threshold: 1.0, ..Default::default() }, |x| if x > 1.0 { x } else { 0.0 });
    check("all", ReluOptions { negative_slope: 0.25, max_value: Some(4.0), threshold: 0.4 }, |x| {
        if x > 0.4 { x.min(4.0) } else { 0.25 * (x - 0.4) }
    });
}

#[test]
fn relu_with_options_at_its_kinks() {
    let slopes = |relu: ReluOptions, x: &[f64]| differentiate(Level::new(), x, &vec![1.0; x.len()], relu);
    let none = ReluOptions::default();
    assert_eq!(slopes(ReluOptions { negative_slope: 0.1, ..none }, &[0.0, -0.0]), [0.1, 0.1]);
    assert_eq!(slopes(ReluOptions { max_value: Some(6.0), ..none }, &[0.0, 6.0]), [0.0, 0.0]);
    assert_eq!(slopes(ReluOptions { max_value: Some(4.0), negative_slope: 0.1, ..none }, &[0.0, 4.0]), [0.0, 1.0]);
    assert_eq!(slopes(ReluOptions { threshold: 1.0, negative_slope: 0.1, ..none }, &[1.0]), [0.0]);
}

#[test]
fn exponentials() {
    check("elu", Elu(1.0), |x| if x > 0.0 { x } else { x.exp_m1() });
    check("elu(0.5)", Elu(0.5), |x| if x > 0.0 { x } else { 0.5 * x.exp_m1() });
    check("selu", Selu, |x| 1.0507009873554805 * if x > 0.0 { x } else { 1.6732632423543772 * x.exp_m1() });
    check("exponential", Exponential, f64::exp);
}

#[test]
fn saturating() {
    check("sigmoid", Sigmoid, sigmoid);
    check("tanh", Tanh, f64::tanh);
    check("softplus", Softplus, |x| x.exp().ln_1p());
    check("softsign", Softsign, |x| x / (1.0 + x.abs()));
    // Near 0 it is too steep for differences.
    check_at("signed root", SignedSqrt, |x| x.abs().sqrt().copysign(x), |x| x + 0.5_f64.copysign(x));
}

#[test]
fn gated() {
    check("swish", Swish, |x| x * sigmoid(x));
    check("mish", Mish, |x| x * x.exp().ln_1p().tanh());
    check("gelu", Gelu, |x| 0.5 * x * (1.0 + libm::erf(x / 2f64.sqrt())));
    check("gelu(approximate)", GeluApproximate, |x| {
        let inner = (2.0 / core::f64::consts::PI).sqrt() * (x + 0.044715 * x * x * x);
        0.5 * x * (1.0 + inner.tanh())
    });
}

fn operation(operation: Operation) -> fn(f64) -> f64 {
    match operation {
        Operation::Abs => f64::abs,
        Operation::Log => f64::ln,
        Operation::Sqrt => f64::sqrt,
        Operation::Rsqrt => |x| 1.0 / x.sqrt(),
        Operation::Square => |x| x * x,
        Operation::Reciprocal => f64::recip,
        Operation::Sign => |x| if x == 0.0 { 0.0 } else { x.signum() },
        Operation::Floor => f64::floor,
        Operation::Ceil => f64::ceil,
        Operation::Round => f64::round_ties_even,
        Operation::Sin => f64::sin,
        Operation::Cos => f64::cos,
        Operation::Erf => libm::erf,
    }
}

#[test]
fn operations() {
    for &each in Operation::ALL {
        let point: fn(f64) -> f64 = match each {
            Operation::Log | Operation::Sqrt | Operation::Rsqrt | Operation::Reciprocal => |x| x.abs() + 0.7,
            _ => |x| x,
        };
        check_at(each.name(), each, operation(each), point);
        let keeps = if each.keeps_input() { Keeps::Input } else { Keeps::Output };
        assert_eq!(Activation::<f32>::keeps(each), keeps, "{each:?}");
        assert_eq!(Activation::<f32>::keeps(AnyActivation::from(each)), keeps, "{each:?}");
    }
}

#[test]
fn operations_where_they_are_special() {
    let x = [0.0, -0.0, 2.5, 3.5, -2.5, f64::INFINITY, -1.0];
    let of = |operation: Operation| apply(Level::new(), &x, operation);
    assert_eq!(of(Operation::Round), [0.0, 0.0, 2.0, 4.0, -2.0, f64::INFINITY, -1.0]);
    assert_eq!(of(Operation::Sign), [0.0, 0.0, 1.0, 1.0, -1.0, 1.0, -1.0]);
    assert_eq!(of(Operation::Reciprocal)[..2], [f64::INFINITY, f64::NEG_INFINITY]);
    assert_eq!(of(Operation::Log)[0], f64::NEG_INFINITY);
    assert!(of(Operation::Log)[6].is_nan() && of(Operation::Sqrt)[6].is_nan());
    assert!(of(Operation::Sin)[5].is_nan() && of(Operation::Cos)[5].is_nan());
    let slopes = differentiate(Level::new(), &x, &[1.0; 7], Operation::Abs);
    assert_eq!(slopes, [0.0, 0.0, 1.0, 1.0, -1.0, 1.0, -1.0]);
}

#[test]
fn clip_and_power() {
    check("clip", Clip { min: -1.5, max: 2.0 }, |x| x.clamp(-1.5, 2.0));
    let slopes = differentiate(Level::new(), &[-1.0, 0.0, 1.0, 1.5], &[3.0; 4], Clip { min: 0.0, max: 1.0 });
    assert_eq!(slopes, [0.0, 3.0, 3.0, 0.0]);
    for exponent in [1.0, 2.0, 3.0, 7.0, -1.0, -2.0, 0.5, -0.5, 1.5, 2.7, -0.3] {
        check_at(&format!("power of {exponent}"), Power(exponent), |x| x.powf(exponent), |x| x.abs() * 0.1 + 0.8);
    }
    assert_eq!(apply(Level::new(), &[-2.0_f64, 0.0], Power(3.0)), [-8.0, 0.0]);
    assert_eq!(apply(Level::new(), &[0.0_f64], Power(1.5)), [0.0]);
    assert_eq!(apply(Level::new(), &[0.0, f64::NAN, 7.0], Power(0.0)), [1.0; 3]);
    assert!(apply(Level::new(), &[-2.0_f64], Power(1.5))[0].is_nan());
}

#[test]
fn function_of_single_numbers() {
    let cube = Function { function: |x: f64| x * x * x, derivative: |x| 3.0 * x * x };
    for level in levels() {
        let x = points::<f64>();
        close(&apply(level, &x, cube), x.iter().map(|x| x * x * x), 0.0, "cube");
        let dy = vec![2.0; x.len()];
        close(&differentiate(level, &x, &dy, cube), x.iter().map(|x| 6.0 * x * x), 1e-15, "cube");
    }
}

#[test]
fn in_place_as_elsewhere() {
    for level in levels() {
        for length in [0, 1, 16, 37] {
            let x = &points::<f64>()[..length];
            let dy = vec![3.0; length];
            let [y, dx] = run(level, x, &dy, Tanh);
            let (mut same_y, mut same_dx) = (x.to_vec(), dy);
            dispatch!(level, simd => in_place(simd, &mut same_y, Tanh));
            dispatch!(level, simd => backward_in_place(simd, &y, &mut same_dx, Tanh));
            assert_eq!((y, dx), (same_y, same_dx));
        }
    }
}

#[test]
fn every_length_is_covered() {
    for level in levels() {
        for length in 0..70 {
            let x: Vec<f32> = (0..length).map(|i| i as f32 - 20.0).collect();
            let want: Vec<f32> = x.iter().map(|x| x.max(0.0)).collect();
            assert_eq!(apply(level, &x, Relu), want);
            let dx = differentiate(level, &x, &vec![3.0; length], Relu);
            assert!(dx.iter().zip(&x).all(|(&dx, &x)| dx == if x > 0.0 { 3.0 } else { 0.0 }));
        }
    }
}

#[test]
fn far_out_nothing_breaks() {
    fn finite<A: Activation<f32>>(activation: A) {
        for level in levels() {
            let x = [-1e30, -1e4, -200.0, 200.0, 1e4, 1e30];
            assert!(apply(level, &x, activation).iter().all(|y| y.is_finite()));
            let dx = differentiate(level, &x, &[1.0; 6], activation);
            assert!(dx.iter().all(|dx| dx.is_finite()), "{dx:?}");
        }
    }
    finite(Sigmoid);
    finite(Tanh);
    finite(Softplus);
    finite(Softsign);
    finite(Elu(1.0));
    finite(Selu);
    finite(Swish);
    finite(HardSwish);
    finite(Mish);
    finite(HardSigmoid);
}
