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
            use nn_core::rt::fearless_simd::Level;
            use nn_core::rt::dispatch;
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

mod batch {
    use std::hint::black_box;

    use nn_core::Element;
    use nn_core::layers::batch_normalization::*;
    use nn_core::rt::dispatch;
    use nn_core::rt::fearless_simd::Level;

    use crate::everywhere;
    use crate::numbers::{random, same, unwritten};

    const SAMPLES: usize = 3;
    const SHARDS: usize = 2;
    const EPSILON: f64 = 1e-3;

    /// What goes into a layer: its shards, and a mask for each of them.
    struct Given<T> {
        dims: [usize; 3],
        x: [Vec<T>; SHARDS],
        dy: [Vec<T>; SHARDS],
        masks: Option<[Vec<T>; SHARDS]>,
    }

    impl<T: Element> Given<T> {
        fn new(dims: [usize; 3], masked: bool) -> Self {
            let len = SAMPLES * dims.iter().product::<usize>();
            let flag = |row: usize, shard: usize| if (row + shard) % 3 == 1 { T::zero() } else { T::one() };
            let masks = core::array::from_fn(|shard| (0..len / dims[1]).map(|row| flag(row, shard)).collect());
            Given {
                dims,
                x: core::array::from_fn(|shard| random(10 + shard as u64, len)),
                dy: core::array::from_fn(|shard| random(20 + shard as u64, len)),
                masks: masked.then_some(masks),
            }
        }

        /// The statistics of the batch as far as they are known before the way back.
        fn statistics(&self, level: Level, dims: [usize; 3]) -> (Statistics, [Partial<T>; SHARDS]) {
            let (mut statistics, mut partial) = (Statistics::default(), [(); SHARDS].map(|()| Partial::default()));
            for (shard, partial) in partial.iter_mut().enumerate() {
                dispatch!(level, simd => match &self.masks {
                    Some(masks) => gather_masked(simd, dims[1], &self.x[shard], &masks[shard], partial),
                    None => gather(simd, dims, SAMPLES, &self.x[shard], partial),
                });
            }
            statistics.combine(&partial);
            (statistics, partial)
        }

        fn known<const N: usize, G, B>(&self, level: Level, layer: BatchNormalization<N, T, G, B>) -> Vec<Vec<T>>
        where
            G: nn_core::layers::Bias<T>,
            B: nn_core::layers::Bias<T>,
        {
            let (dims, one) = (self.dims, self.x[0].len() / SAMPLES);
            let (mut statistics, mut partial) = self.statistics(level, dims);
            let (mut gradients, mut moved) = (layer, layer);
            let [mut scale, mut shift] = [[T::zero(); N]; 2];
            let (mut results, mut y) = (Vec::new(), unwritten(one));
            dispatch!(level, simd => {
                fold(simd, &layer, EPSILON, &mut scale, &mut shift);
                infer(simd, dims, &scale, &shift, &self.x[0][..one], &mut y);
                for (shard, partial) in partial.iter_mut().enumerate() {
                    let (x, dy) = (&self.x[shard], &self.dy[shard]);
                    let gradients = &mut gradients;
                    gather_backward(simd, dims, &statistics, EPSILON, SAMPLES, x, dy, partial, gradients);
                }
                statistics.combine_backward(&partial);
                for (shard, (x, dy)) in self.x.iter().zip(&self.dy).enumerate() {
                    let [mut y, mut dx, mut frozen, mut back] = [(); 4].map(|()| unwritten(x.len()));
                    forward(simd, dims, &layer, &statistics, EPSILON, SAMPLES, x, &mut y);
                    match &self.masks {
                        Some(masks) => {
                            backward_masked(simd, &layer, &statistics, EPSILON, x, &masks[shard], dy, &mut dx);
                        }
                        None => backward(simd, dims, &layer, &statistics, EPSILON, SAMPLES, x, dy, &mut dx),
                    }
                    forward_frozen(simd, dims, &layer, EPSILON, SAMPLES, x, &mut frozen);
                    backward_frozen(simd, dims, &layer, EPSILON, SAMPLES, dy, &mut back);
                    results.extend([y, dx, frozen, back]);
                }
            });
            update_moving(&mut moved, &statistics, 0.9);
            let gradients = [gradients.gamma.as_ref().to_vec(), gradients.beta.as_ref().to_vec()];
            results.extend(gradients);
            results.extend([y, scale.to_vec(), shift.to_vec(), moved.moving_mean.to_vec()]);
            results.push(moved.moving_variance.to_vec());
            results
        }

        fn numbers(&self, level: Level, layer: Weights<'_, T>) -> Vec<Vec<T>> {
            let (dims, one) = (black_box(self.dims), self.x[0].len() / SAMPLES);
            let (mut statistics, mut partial) = self.statistics(level, dims);
            let [mut gamma, mut beta] = [layer.gamma.to_vec(), layer.beta.to_vec()];
            let [mut mean, mut variance] = [layer.moving_mean.to_vec(), layer.moving_variance.to_vec()];
            let [mut scale, mut shift] = [(); 2].map(|()| unwritten(dims[1]));
            // Of what is there already nothing may matter.
            let (mut results, mut y, mut scratch) = (Vec::new(), unwritten(one), unwritten(2));
            dispatch!(level, simd => {
                fold_with(simd, layer, EPSILON, &mut scale, &mut shift);
                infer(simd, dims, &scale, &shift, &self.x[0][..one], &mut y);
                for (shard, partial) in partial.iter_mut().enumerate() {
                    let (x, dy) = (&self.x[shard], &self.dy[shard]);
                    let gradients = Gradients { gamma: &mut gamma, beta: &mut beta };
                    gather_backward_with(simd, dims, &statistics, EPSILON, SAMPLES, x, dy, partial, gradients);
                }
                statistics.combine_backward(&partial);
                let statistics = &statistics;
                for (shard, (x, dy)) in self.x.iter().zip(&self.dy).enumerate() {
                    let [mut y, mut dx, mut frozen, mut back] = [(); 4].map(|()| unwritten(x.len()));
                    let scratch = &mut scratch;
                    forward_with(simd, dims, layer, statistics, EPSILON, SAMPLES, x, &mut y, scratch);
                    match &self.masks {
                        Some(masks) => backward_masked_with(
                            simd, dims[1], layer, statistics, EPSILON, x, &masks[shard], dy, &mut dx, scratch,
                        ),
                        None => backward_with(simd, dims, layer, statistics, EPSILON, SAMPLES, x, dy, &mut dx, scratch),
                    }
                    forward_frozen_with(simd, dims, layer, EPSILON, SAMPLES, x, &mut frozen, scratch);
                    backward_frozen_with(simd, dims, layer, EPSILON, SAMPLES, dy, &mut back, scratch);
                    results.extend([y, dx, frozen, back]);
                }
            });
            update_moving_with([&mut mean, &mut variance], &statistics, 0.9);
            results.extend([gamma, beta, y, scale, shift, mean, variance]);
            results
        }
    }

    fn at<T: Element, const N: usize>(level: Level, dims: [usize; 3], masked: bool)
    where
        [T; N]: nn_core::layers::Bias<T>,
        [T; 0]: nn_core::layers::Bias<T>,
    {
        let given = Given::<T>::new(dims, masked);
        let weights = |seed| -> [T; N] { random::<T>(seed, N).try_into().unwrap() };
        let [gamma, beta, moving_mean] = [weights(1), weights(2), weights(3)];
        let moving_variance = weights(4).map(|x| x * x + T::one());
        let what = format!("{dims:?}, masked: {masked}");
        let slices =
            Weights { gamma: &gamma, beta: &beta, moving_mean: &moving_mean, moving_variance: &moving_variance };
        let all = BatchNormalization { gamma, beta, moving_mean, moving_variance };
        same(&given.known(level, all), &given.numbers(level, slices), &what, level);
        let neither: BatchNormalization<N, T, [T; 0], [T; 0]> =
            BatchNormalization { gamma: [], beta: [], moving_mean, moving_variance };
        let slices = Weights { gamma: &[], beta: &[], ..slices };
        same(&given.known(level, neither), &given.numbers(level, slices), &what, level);
    }

    #[test]
    fn over_batches() {
        everywhere!(at<5>([1, 5, 1], false));
        everywhere!(at<6>([35, 6, 1], false));
        everywhere!(at<70>([9, 70, 1], false));
        everywhere!(at<3>([2, 3, 19], false));
        everywhere!(at<4>([7, 4, 1], true));
    }
}
