//! Normalizations give the same bits by unit structs and by numbers that are learned while the program runs.

mod numbers;

/// `compare` for one of the layers, whose module is `$module`.
macro_rules! layer {
    ($name:ident: $module:ident, $shape:ident, $sizes:ident) => {
        mod $name {
            use std::hint::black_box;

            use nn_core::layers::$module::{
                $shape, $sizes, Gradients, Weights, backward_with, forward_with, infer_with, saved_len, scratch_len,
            };
            use nn_core::rt::fearless_simd::{Level, dispatch};
            use nn_core::{Element, Geometry};

            use crate::everywhere;
            use crate::numbers::{random, same, unwritten};

            const SAMPLES: usize = 3;

            fn run<T: Element, G: Geometry<$sizes>>(level: Level, shape: G, weights: [&[T]; 2]) -> Vec<Vec<T>> {
                let sizes = shape.sizes();
                let (len, weights) = (sizes.layout.len, Weights { gamma: weights[0], beta: weights[1] });
                let (x, dy) = (random::<T>(1, SAMPLES * len), random::<T>(2, SAMPLES * len));
                let (mut y, mut scratch) = (unwritten(len), unwritten(sizes.scratch_len()));
                let (mut all, mut saved) = (unwritten(x.len()), unwritten(SAMPLES * sizes.saved_len()));
                let [mut gamma, mut beta] = [weights.gamma, weights.beta].map(|weights| random(5, weights.len()));
                let (mut dx, mut more) = (unwritten(x.len()), Vec::new());
                dispatch!(level, simd => {
                    infer_with(simd, shape, weights, &x[..len], &mut y, &mut scratch);
                    forward_with(simd, shape, weights, SAMPLES, &x, &mut all, &mut saved);
                    let gradients = Gradients { gamma: &mut gamma, beta: &mut beta };
                    let dx = Some(&mut dx[..]);
                    backward_with(simd, shape, weights, SAMPLES, &x, &saved, &dy, gradients, dx, &mut more);
                });
                vec![y, scratch, all, saved, gamma, beta, dx]
            }

            fn at<T: Element>(level: Level, shape: impl $shape, numbers: &$sizes, lens: [usize; 2]) {
                let (gamma, beta) = (random(3, lens[0]), random(4, lens[1]));
                let known = run::<T, _>(level, shape, [&gamma, &beta]);
                same(&known, &run::<T, _>(level, numbers, [&gamma, &beta]), &format!("{numbers:?}"), level);
            }

            /// - `lens`: the numbers of scales and of shifts.
            pub fn compare<G: $shape>(shape: G, numbers: $sizes, lens: [usize; 2]) {
                let numbers = black_box(numbers);
                assert_eq!((scratch_len::<G>(), saved_len::<G>()), (numbers.scratch_len(), numbers.saved_len()));
                everywhere!(at(shape, &numbers, lens));
            }
        }
    };
}

layer!(layer: layer_normalization, LayerNormalizationShape, LayerNormalizationSizes);
layer!(rms: rms_normalization, RMSNormalizationShape, RMSNormalizationSizes);
layer!(group: group_normalization, GroupNormalizationShape, GroupNormalizationSizes);

/// The axes, which of them are normalized, epsilon, and the numbers of weights.
macro_rules! along {
    ($($shape:expr, $normalized:expr, $epsilon:expr, [$gamma:expr, $beta:expr];)*) => {
        $({
            use nn_core::layers::layer_normalization::{LayerNormalizationShape, LayerNormalizationSizes};
            use nn_core::layers::rms_normalization::{RMSNormalizationShape, RMSNormalizationSizes};

            #[derive(Clone, Copy)]
            struct Shape;
            impl LayerNormalizationShape for Shape {
                const SHAPE: &'static [usize] = &$shape;
                const NORMALIZED: &'static [bool] = &$normalized;
                const EPSILON: f64 = $epsilon;
            }
            impl RMSNormalizationShape for Shape {
                const SHAPE: &'static [usize] = &$shape;
                const NORMALIZED: &'static [bool] = &$normalized;
                const EPSILON: f64 = $epsilon;
            }
            layer::compare(Shape, LayerNormalizationSizes::new(&$shape, &$normalized, $epsilon), [$gamma, $beta]);
            rms::compare(Shape, RMSNormalizationSizes::new(&$shape, &$normalized, $epsilon), [$gamma, 0]);
        })*
    };
}

#[test]
fn along_axes() {
    along! {
        [6], [true], 1e-3, [6, 6];
        [4, 5], [false, true], 1e-3, [5, 5];
        [2, 67], [false, true], 0.5, [67, 0];
        [3, 4, 5], [false, true, true], 0.01, [0, 20];
        [3, 37], [true, false], 1e-6, [3, 3];
        [4, 3, 5], [false, true, false], 1e-3, [3, 3];
        [3, 2, 5], [true, false, true], 1e-3, [15, 15];
        [2, 3, 2, 3], [false, true, false, true], 1e-3, [9, 9];
        [2, 1, 3, 2, 2, 19], [true, false, false, true, false, true], 1e-3, [76, 76];
    }
}

/// The elements before, along and after the channels, the groups, epsilon, and the numbers of weights.
macro_rules! groups {
    ($($dims:expr, $groups:expr, $epsilon:expr, [$gamma:expr, $beta:expr];)*) => {
        $({
            use nn_core::layers::group_normalization::{GroupNormalizationShape, GroupNormalizationSizes};

            #[derive(Clone, Copy)]
            struct Shape;
            impl GroupNormalizationShape for Shape {
                const DIMS: [usize; 3] = $dims;
                const GROUPS: usize = $groups;
                const EPSILON: f64 = $epsilon;
            }
            group::compare(Shape, GroupNormalizationSizes::new($dims, $groups, $epsilon), [$gamma, $beta]);
        })*
    };
}

#[test]
fn in_groups() {
    groups! {
        [20, 6, 1], 3, 1e-3, [6, 6];
        [4, 3, 1], 3, 0.1, [3, 0];
        [1, 8, 1], 4, 1e-3, [8, 8];
        [1, 4, 15], 2, 1e-3, [0, 4];
        [3, 6, 19], 2, 1e-3, [6, 6];
        [9, 1, 1], 1, 1e-3, [1, 1];
    }
}
