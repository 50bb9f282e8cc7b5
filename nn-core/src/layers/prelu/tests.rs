//! Every way of sharing against a naive version, with central differences for the gradients.

use crate::kernels::vectors::dispatch;
use fearless_simd::Level;

use super::{PReLU, PReLUShape, Run, backward, infer};
use crate::element::Element;
use crate::kernels::testing::levels;

const SAMPLES: usize = 3;

macro_rules! shape {
    ($name:ident, $shape:expr, $shared:expr) => {
        #[derive(Clone, Copy)]
        struct $name;
        impl PReLUShape for $name {
            const SHAPE: &'static [usize] = &$shape;
            const SHARED: &'static [bool] = &$shared;
        }
    };
}

shape!(Vector, [37], [false]);
shape!(One, [37], [true]);
shape!(Channels, [2, 3, 19], [true, true, false]);
shape!(Rows, [3, 2, 18], [false, true, true]);
shape!(Middle, [3, 4, 5], [false, true, false]);
shape!(Ends, [3, 4, 5], [true, false, true]);
shape!(SixAxes, [2, 1, 2, 3, 2, 3], [false, true, true, false, true, false]);

fn slope_of<G: PReLUShape>(_: G, element: usize) -> usize {
    let (mut rest, mut index, mut stride) = (element, 0, 1);
    for (&size, &shared) in G::SHAPE.iter().zip(G::SHARED).rev() {
        if !shared {
            index += rest % size * stride;
            stride *= size;
        }
        rest /= size;
    }
    index
}

fn naive<G: PReLUShape>(shape: G, alpha: &[f64], x: &[f64]) -> Vec<f64> {
    let sample = x.len() / SAMPLES;
    let slope = |i: usize| alpha[slope_of(shape, i % sample)];
    x.iter().enumerate().map(|(i, &x)| if x > 0.0 { x } else { slope(i) * x }).collect()
}

fn run<T: Element, G: PReLUShape, const N: usize>(
    level: Level,
    shape: G,
    alpha: &[f64],
    [x, dy]: [&[f64]; 2],
) -> [Vec<f64>; 3] {
    let narrow = |x: &[f64]| -> Vec<T> { x.iter().map(|&x| T::from_f64(x)).collect() };
    let wide = |x: &[T]| -> Vec<f64> { x.iter().map(|&x| x.to_f64()).collect() };
    let weights = PReLU { alpha: core::array::from_fn::<T, N, _>(|i| T::from_f64(alpha[i])) };
    let mut gradients = PReLU { alpha: [T::one(); N] };
    let (x, dy) = (narrow(x), narrow(dy));
    let (mut y, mut dx) = (vec![T::nan(); x.len()], vec![T::nan(); x.len()]);
    dispatch!(level, simd => {
        infer(simd, shape, &weights, &x, &mut y);
        backward(simd, shape, &weights, SAMPLES, &x, &dy, &mut dx, &mut gradients);
    });
    [wide(&y), wide(&dx), wide(&gradients.alpha)]
}

fn close(got: &[f64], want: impl Iterator<Item = f64>, tolerance: f64) {
    for (got, want) in got.iter().zip(want) {
        assert!((got - want).abs() <= tolerance * (1.0 + want.abs()), "{got}, not {want}");
    }
}

fn difference(at: &[f64], i: usize, loss: impl Fn(&[f64]) -> f64) -> f64 {
    let (mut up, mut down) = (at.to_vec(), at.to_vec());
    up[i] += 1e-5;
    down[i] -= 1e-5;
    (loss(&up) - loss(&down)) / 2e-5
}

fn check<G: PReLUShape, const N: usize>(shape: G) {
    let sample: usize = G::SHAPE.iter().product();
    let alpha: Vec<f64> = (0..N).map(|i| 0.05 * i as f64 - 0.3).collect();
    let x: Vec<f64> = (0..SAMPLES * sample).map(|i| ((i * 31 + 7) % 64) as f64 / 32.0 - 0.99).collect();
    let dy: Vec<f64> = (0..x.len()).map(|i| ((i * 17) % 16) as f64 / 8.0 - 0.75).collect();
    let loss = |alpha: &[f64], x: &[f64]| naive(shape, alpha, x).iter().zip(&dy).map(|(y, dy)| y * dy).sum::<f64>();
    for level in levels() {
        for (results, tolerance) in [
            (run::<f32, G, N>(level, shape, &alpha, [&x, &dy]), 1e-5),
            (run::<f64, G, N>(level, shape, &alpha, [&x, &dy]), 1e-8),
        ] {
            let [y, dx, dalpha] = results;
            close(&y, naive(shape, &alpha, &x).into_iter(), tolerance);
            close(&dx, (0..x.len()).map(|i| difference(&x, i, |x| loss(&alpha, x))), tolerance);
            // They are added to what is there: ones.
            close(&dalpha, (0..N).map(|i| 1.0 + difference(&alpha, i, |alpha| loss(alpha, &x))), tolerance);
        }
    }
}

#[test]
fn every_way_of_sharing() {
    check::<_, 37>(Vector);
    check::<_, 1>(One);
    check::<_, 19>(Channels);
    check::<_, 3>(Rows);
    check::<_, 15>(Middle);
    check::<_, 4>(Ends);
    check::<_, 18>(SixAxes);
}

#[test]
fn runs() {
    assert_eq!(Vector::SIZES.run, Run { len: 37, shared: false, outer: 0 });
    assert_eq!(Channels::SIZES.run, Run { len: 19, shared: false, outer: 2 });
    assert_eq!(Rows::SIZES.run, Run { len: 36, shared: true, outer: 1 });
    assert_eq!(Middle::SIZES.run, Run { len: 5, shared: false, outer: 2 });
}

#[test]
fn at_nought_and_for_what_is_not_a_number() {
    let alpha = [0.5; 37];
    let mut x = [0.0; SAMPLES * 37];
    x[1] = f64::NAN;
    for level in levels() {
        let [y, dx, dalpha] = run::<f64, _, 37>(level, Vector, &alpha, [&x, &[1.0; SAMPLES * 37]]);
        assert!(y[0] == 0.0 && y[1].is_nan());
        assert!(dx[0] == 0.0 && dalpha[0] == 1.0);
    }
}
