//! Training against plain loops, over many geometries, on every level of SIMD.

use crate::kernels::vectors::dispatch;

use super::*;
use crate::kernels::testing::{assert_close, levels, random};
use crate::layers::pool2d::Pool2DShape;
use crate::layers::pool2d::oracle::pool;
use crate::shape::{Padding, pads};

/// The gradient of the input, window by window.
fn derive<L: Pool2DShape, T: Element>(x: &[T], dy: &[T]) -> Vec<T> {
    let ([h, w, c], [_, ow, _]) = (L::INPUT, L::OUTPUT);
    let mut dx = vec![T::zero(); x.len()];
    for (p, dy) in dy.iter().enumerate() {
        let (i, j, channel) = (p / c / ow, p / c % ow, p % c);
        let mut window = Vec::new();
        for q in 0..L::POOL_SIZE[0] * L::POOL_SIZE[1] {
            let row = (i * L::STRIDES[0] + q / L::POOL_SIZE[1]).wrapping_sub(L::OVERHANG.top);
            let column = (j * L::STRIDES[1] + q % L::POOL_SIZE[1]).wrapping_sub(L::OVERHANG.left);
            if row < h && column < w {
                window.push((row * w + column) * c + channel);
            }
        }
        match L::KIND {
            Kind::Max => {
                let first = window.iter().copied().reduce(|a, b| if x[b] > x[a] { b } else { a });
                dx[first.unwrap()] += *dy;
            }
            Kind::Average => window.iter().for_each(|at| dx[*at] += *dy / T::from_f64(window.len() as f64)),
        }
    }
    dx
}

fn check<L: Pool2DShape, T: Element>(shape: L, what: &str) {
    let samples = 3;
    let (input, output): (usize, usize) = (L::INPUT.iter().product(), L::OUTPUT.iter().product());
    // Coarse numbers, so that a window often holds its largest one twice.
    let x: Vec<T> = random::<T>(1, samples * input).iter().map(|x| (*x * T::from_f64(3.0)).round()).collect();
    let dy = random::<T>(2, samples * output);
    let (mut y, mut dx) = (Vec::new(), Vec::new());
    for (x, dy) in x.chunks_exact(input).zip(dy.chunks_exact(output)) {
        y.extend(pool::<L, T>(x));
        dx.extend(derive::<L, T>(x, dy));
    }
    for level in levels() {
        let what = format!("{what}, {:?} at {level:?}", T::DTYPE);
        let (mut got_y, mut got_dx) = (vec![T::nan(); y.len()], vec![T::nan(); dx.len()]);
        dispatch!(level, simd => {
            forward(simd, shape, samples, &x, &mut got_y);
            backward(simd, shape, samples, &x, &got_y, &dy, &mut got_dx);
        });
        assert_close(&got_y, &y, 9, &format!("{what}: y"));
        assert_close(&got_dx, &dx, 9, &format!("{what}: dx"));

        // What is not a number reaches every window that it is in, and the gradient stays somewhere.
        let mut spoiled = x.clone();
        spoiled.iter_mut().step_by(7).for_each(|x| *x = T::nan());
        dispatch!(level, simd => {
            forward(simd, shape, samples, &spoiled, &mut got_y);
            backward(simd, shape, samples, &spoiled, &got_y, &dy, &mut got_dx);
        });
        let want = spoiled.chunks_exact(input).flat_map(pool::<L, T>);
        assert!(got_y.iter().zip(want).all(|(got, want)| got.is_nan() == want.is_nan()), "{what}: not a number");
        let [got, want] = [&got_dx, &dy].map(|all| all.iter().map(|x| Element::to_f64(*x)).sum::<f64>());
        assert!((got - want).abs() < 1e-3, "{what}: the sum of dx is {got}, not {want}");
    }
}

macro_rules! case {
    (@value $default:expr) => { $default };
    (@value $default:expr, $value:expr) => { $value };
    ($($test:ident: $kind:ident $input:expr, $size:expr, $strides:expr, $padding:ident $(, pads $pads:expr)?;)*) => {
        $(#[test]
        fn $test() {
            #[derive(Clone, Copy)]
            struct Case;
            impl Pool2DShape for Case {
                const KIND: Kind = Kind::$kind;
                const INPUT: [usize; 3] = $input;
                const POOL_SIZE: [usize; 2] = $size;
                const STRIDES: [usize; 2] = $strides;
                const PADS: [[usize; 2]; 2] = case!(
                    @value pads(Padding::$padding, &Self::INPUT, Self::POOL_SIZE, Self::STRIDES, [1, 1]) $(, $pads)?
                );
            }
            check::<_, f32>(Case, stringify!($test));
            check::<_, f64>(Case, stringify!($test));
        })*
    };
}

case! {
    max_one: Max [1, 1, 1], [1, 1], [1, 1], Valid;
    max_lenet_first: Max [26, 26, 6], [2, 2], [2, 2], Valid;
    max_lenet_second: Max [11, 11, 16], [2, 2], [2, 2], Valid;
    max_gaps: Max [9, 10, 3], [2, 3], [3, 4], Valid;
    max_overlapping: Max [7, 9, 5], [3, 3], [2, 1], Valid;
    max_same: Max [7, 8, 19], [3, 2], [2, 2], Same;
    max_uneven_pads: Max [7, 8, 5], [3, 3], [2, 2], Valid, pads [[1, 0], [2, 1]];
    average_uneven_pads: Average [7, 8, 5], [3, 2], [2, 1], Valid, pads [[0, 2], [1, 0]];
    average_halves: Average [6, 8, 17], [2, 2], [2, 2], Valid;
    average_odd: Average [7, 5, 4], [2, 3], [2, 3], Valid;
    average_same: Average [5, 6, 3], [3, 3], [1, 1], Same;
    average_gaps: Average [8, 9, 33], [1, 2], [3, 3], Valid;
}
