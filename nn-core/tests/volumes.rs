//! Layers on volumes, and transposed convolutions over one to three axes: against the formula in `f64`, and the same bits by unit
//! structs and by numbers.

mod numbers;

use std::ops::Range;

use nn_core::activations::Relu;
use nn_core::layers::conv3d::{self, Conv3DShape, Conv3DSizes};
use nn_core::layers::epilogue::Epilogue;
use nn_core::layers::pool3d::{self, Kind, Pool3DShape, Pool3DSizes};
use nn_core::rt::fearless_simd::{Level, dispatch};
use nn_core::shape::Padding::{self, Same, Valid};
use nn_core::shape::{pads, transposed_ends};
use nn_core::{Element, Geometry};
use numbers::{random, same, unwritten};

const SAMPLES: usize = 2;

fn f64s<T: Element>(values: &[T]) -> Vec<f64> {
    values.iter().map(|value| Element::to_f64(*value)).collect()
}

#[track_caller]
fn close<T: Element>(got: &[T], want: &[f64], terms: usize, what: &str) {
    assert_eq!(got.len(), want.len(), "{what}: lengths");
    let bound = Element::to_f64(T::epsilon()) * (terms as f64 + 8.0) * 2.0;
    for (i, (got, want)) in f64s(got).iter().zip(want).enumerate() {
        assert!((got - want).abs() <= bound, "{what}: element {i} is {got}, not {want}");
    }
}

/// All places in an array of this shape.
fn places(shape: [usize; 3]) -> impl Iterator<Item = [usize; 3]> {
    let [a, b, c] = shape;
    (0..a * b * c).map(move |i| [i / (b * c), i / c % b, i % c])
}

/// The pixel of this place, if it is inside.
fn pixel(shape: [usize; 4], place: [Option<usize>; 3]) -> Option<usize> {
    let mut pixel = 0;
    for (size, at) in shape.into_iter().zip(place) {
        pixel = pixel * size + at.filter(|at| *at < size)?;
    }
    Some(pixel)
}

/// A layer as its author wrote it.
#[derive(Clone, Copy, Debug)]
struct Layer {
    input: [usize; 4],
    filters: usize,
    kernel_size: [usize; 3],
    strides: [usize; 3],
    padding: Padding,
    dilation_rate: [usize; 3],
    groups: usize,
    transposed: bool,
    output_padding: Option<[usize; 3]>,
}

const LAYER: Layer = Layer {
    input: [1; 4],
    filters: 1,
    kernel_size: [1; 3],
    strides: [1; 3],
    padding: Valid,
    dilation_rate: [1; 3],
    groups: 1,
    transposed: false,
    output_padding: None,
};

impl Layer {
    fn sizes(&self) -> Conv3DSizes {
        let sizes = Conv3DSizes::new(self.input, self.filters, self.kernel_size, self.strides, self.dilation_rate);
        if self.transposed {
            let ends = [0, 1, 2].map(|axis| {
                let (size, stride, dilation) = (self.kernel_size[axis], self.strides[axis], self.dilation_rate[axis]);
                transposed_ends(self.padding, size, stride, dilation, self.output_padding.map(|more| more[axis]))
            });
            sizes.transposed(ends.map(|[before, behind, _]| [before, behind]), ends.map(|[.., more]| more))
        } else {
            let pads = pads(self.padding, &self.input, self.kernel_size, self.strides, self.dilation_rate);
            sizes.padded(pads).grouped(self.groups)
        }
    }

    /// Keras' formulas: the size of the large side, and what windows hang over its first edge, along an axis.
    fn large(&self, axis: usize) -> (usize, usize) {
        let (input, stride) = (self.input[axis], self.strides[axis]);
        let reach = (self.kernel_size[axis] - 1) * self.dilation_rate[axis] + 1;
        let more = self.output_padding.map(|more| more[axis]);
        let large = match (self.transposed, self.padding, more) {
            (false, ..) => input,
            (true, Valid, more) => (input - 1) * stride + reach + more.unwrap_or(reach.max(stride) - reach),
            (true, _, None) => input * stride,
            (true, _, Some(more)) => (input - 1) * stride + reach % 2 + more,
        };
        let small = match (self.transposed, self.padding) {
            (true, _) => input,
            (false, Valid) => (large - reach) / stride + 1,
            (false, _) => large.div_ceil(stride),
        };
        let zeros = ((small - 1) * stride + reach).saturating_sub(large);
        (large, if self.padding == Valid { 0 } else { zeros / 2 })
    }

    /// Calls `visit` with the pixels of both sides that meet, and with the element of the window.
    fn meetings(&self, mut visit: impl FnMut(usize, usize, usize)) {
        let sizes = self.sizes();
        let (large, small) =
            if self.transposed { (sizes.output(), sizes.input()) } else { (sizes.input(), sizes.output()) };
        assert_eq!(large[..3], [0, 1, 2].map(|axis| self.large(axis).0), "{self:?}");
        for (j, at) in places([small[0], small[1], small[2]]).enumerate() {
            for (tap, element) in places(self.kernel_size).enumerate() {
                let place = std::array::from_fn(|axis| {
                    let to = at[axis] * self.strides[axis] + element[axis] * self.dilation_rate[axis];
                    to.checked_sub(self.large(axis).1)
                });
                if let Some(i) = pixel(large, place) {
                    visit(i, j, tap);
                }
            }
        }
    }

    /// Calls `visit` with the places of an input, of a weight, and of an output.
    fn products(&self, mut visit: impl FnMut(usize, usize, usize)) {
        let (channels, filters) = (self.input[3] / self.groups, self.filters / self.groups);
        self.meetings(|large, small, tap| {
            for filter in 0..self.filters {
                for channel in 0..channels {
                    let c = filter / filters * channels + channel;
                    if self.transposed {
                        let weight = (tap * self.filters + filter) * channels + channel;
                        visit(small * self.input[3] + c, weight, large * self.filters + filter);
                    } else {
                        let weight = (tap * channels + channel) * self.filters + filter;
                        visit(large * self.input[3] + c, weight, small * self.filters + filter);
                    }
                }
            }
        });
    }
}

/// Output, gradients of kernel, bias and input, and the output of one sample with all that can be fused.
fn computed<T: Element>(level: Level, layer: &Layer, shape: impl Geometry<Conv3DSizes>) -> [Vec<T>; 5] {
    let sizes = layer.sizes();
    let [input, output] = [sizes.input(), sizes.output()].map(|shape| shape.iter().product::<usize>());
    let (x, dy) = (random(1, SAMPLES * input), random(2, SAMPLES * output));
    let (kernel, bias) = (random(3, sizes.kernel_len()), random(4, layer.filters));
    let [scale, shift] = [random(5, layer.filters), random(6, layer.filters)];
    let (mut y, mut dx, mut fused) = (unwritten(dy.len()), unwritten(x.len()), unwritten(output));
    let (mut dkernel, mut dbias) = (vec![T::one(); kernel.len()], vec![T::one(); bias.len()]);
    let (mut scratch, mut own) = (Vec::new(), unwritten(sizes.scratch_len::<T>()));
    dispatch!(level, simd => {
        conv3d::forward_with(simd, shape, (&kernel, &bias, Relu), (SAMPLES, &x), &mut y, &mut scratch);
        let gradients = [&mut dkernel[..], &mut dbias[..]];
        conv3d::backward_with(simd, shape, &kernel, SAMPLES, [&x, &dy], gradients, Some(&mut dx), &mut scratch);
        let epilogue = Epilogue::bias(&bias).affine((&scale, &shift)).activation(Relu);
        conv3d::infer_with(simd, shape, &kernel, &x[..input], &mut fused, &mut own, epilogue);
    });
    [y, dkernel, dbias, dx, fused]
}

/// The same by the formula.
fn expected<T: Element>(layer: &Layer) -> [Vec<f64>; 5] {
    let sizes = layer.sizes();
    let [input, output] = [sizes.input(), sizes.output()].map(|shape| shape.iter().product::<usize>());
    let (x, dy) = (f64s(&random::<T>(1, SAMPLES * input)), f64s(&random::<T>(2, SAMPLES * output)));
    let (kernel, bias) = (f64s(&random::<T>(3, sizes.kernel_len())), f64s(&random::<T>(4, layer.filters)));
    let [scale, shift] = [f64s(&random::<T>(5, layer.filters)), f64s(&random::<T>(6, layer.filters))];
    let mut y: Vec<f64> = (0..dy.len()).map(|i| bias[i % layer.filters]).collect();
    let (mut dkernel, mut dbias, mut dx) = (vec![1.0; kernel.len()], vec![1.0; bias.len()], vec![0.0; x.len()]);
    dy.iter().enumerate().for_each(|(i, dy)| dbias[i % layer.filters] += dy);
    layer.products(|from, weight, to| {
        for sample in 0..SAMPLES {
            let (from, to) = (sample * input + from, sample * output + to);
            y[to] += x[from] * kernel[weight];
            dx[from] += dy[to] * kernel[weight];
            dkernel[weight] += dy[to] * x[from];
        }
    });
    let scaled = |(i, y): (usize, &f64)| (y * scale[i % layer.filters] + shift[i % layer.filters]).max(0.0);
    let fused = y[..output].iter().enumerate().map(scaled).collect();
    y.iter_mut().for_each(|y| *y = y.max(0.0));
    [y, dkernel, dbias, dx, fused]
}

fn check<T: Element>(level: Level, layer: &Layer) {
    let (got, want) = (computed::<T>(level, layer, &layer.sizes()), expected::<T>(layer));
    let pixels = layer.sizes().output().iter().product::<usize>() / layer.filters * SAMPLES;
    let terms = layer.kernel_size.iter().product::<usize>() * layer.input[3].max(layer.filters);
    for (part, (got, want)) in got.iter().zip(&want).enumerate() {
        let terms = if part == 1 || part == 2 { pixels } else { terms };
        close(got, want, terms, &format!("{layer:?}, part {part}, {:?} at {level:?}", T::DTYPE));
    }
}

#[test]
fn convolutions_of_volumes() {
    let layers = [
        Layer { input: [3, 4, 5, 2], filters: 3, kernel_size: [2, 2, 2], ..LAYER },
        Layer { input: [5, 4, 9, 3], filters: 20, kernel_size: [3, 3, 3], padding: Same, ..LAYER },
        Layer { input: [4, 5, 6, 17], filters: 33, kernel_size: [2, 3, 2], strides: [2, 1, 2], padding: Same, ..LAYER },
        Layer { input: [5, 7, 11, 1], filters: 16, kernel_size: [1, 3, 3], strides: [1, 2, 2], ..LAYER },
        Layer { input: [5, 6, 7, 2], filters: 5, kernel_size: [2, 2, 3], dilation_rate: [2, 1, 2], ..LAYER },
        Layer {
            input: [5, 6, 7, 2],
            filters: 18,
            kernel_size: [3, 2, 3],
            dilation_rate: [2, 3, 2],
            padding: Same,
            ..LAYER
        },
        Layer { input: [3, 4, 5, 6], filters: 4, kernel_size: [2, 2, 2], groups: 2, padding: Same, ..LAYER },
        Layer { input: [3, 2, 6, 36], filters: 40, kernel_size: [1, 2, 3], groups: 2, ..LAYER },
        Layer { input: [2, 2, 2, 4], filters: 4, kernel_size: [5, 5, 5], groups: 4, padding: Same, ..LAYER },
        // Windows that lie apart see some inputs never.
        Layer { input: [4, 7, 9, 3], filters: 2, kernel_size: [1, 2, 1], strides: [3, 3, 4], ..LAYER },
    ];
    for layer in &layers {
        everywhere!(check(layer));
    }
}

#[test]
fn transposed_convolutions() {
    let layer = Layer { transposed: true, ..LAYER };
    let layers = [
        Layer { input: [1, 1, 6, 3], filters: 2, kernel_size: [1, 1, 3], ..layer },
        Layer { input: [1, 1, 6, 3], filters: 20, kernel_size: [1, 1, 4], strides: [1, 1, 2], padding: Same, ..layer },
        Layer { input: [1, 1, 5, 40], filters: 3, kernel_size: [1, 1, 5], strides: [1, 1, 2], ..layer },
        Layer { input: [1, 4, 9, 33], filters: 17, kernel_size: [1, 3, 3], strides: [1, 2, 2], padding: Same, ..layer },
        Layer { input: [1, 4, 5, 3], filters: 2, kernel_size: [1, 2, 2], strides: [1, 3, 3], ..layer },
        Layer { input: [1, 4, 3, 3], filters: 2, kernel_size: [1, 2, 2], strides: [1, 3, 3], padding: Same, ..layer },
        Layer { input: [1, 4, 12, 16], filters: 1, kernel_size: [1, 3, 3], padding: Same, ..layer },
        Layer { input: [1, 4, 5, 3], filters: 34, kernel_size: [1, 3, 4], dilation_rate: [1, 2, 3], ..layer },
        Layer {
            input: [1, 6, 9, 8],
            filters: 3,
            kernel_size: [1, 3, 2],
            dilation_rate: [1, 2, 2],
            padding: Same,
            ..layer
        },
        Layer {
            input: [1, 4, 5, 3],
            filters: 2,
            kernel_size: [1, 3, 4],
            strides: [1, 2, 3],
            padding: Same,
            output_padding: Some([0, 0, 2]),
            ..layer
        },
        Layer {
            input: [1, 4, 5, 3],
            filters: 2,
            kernel_size: [1, 3, 3],
            strides: [1, 2, 2],
            output_padding: Some([0, 0, 1]),
            ..layer
        },
        Layer { input: [2, 3, 4, 2], filters: 3, kernel_size: [2, 2, 2], strides: [2, 2, 2], ..layer },
        Layer { input: [3, 2, 5, 19], filters: 5, kernel_size: [2, 3, 2], strides: [1, 2, 2], padding: Same, ..layer },
        Layer { input: [1, 1, 1, 1], filters: 1, kernel_size: [1, 1, 1], ..layer },
    ];
    for layer in &layers {
        everywhere!(check(layer));
    }
}

#[test]
fn the_same_bits_by_constants() {
    fn at<T: Element>(level: Level, layer: &Layer, shape: impl Conv3DShape) {
        let constants = computed::<T>(level, layer, shape);
        same(&constants, &computed::<T>(level, layer, &layer.sizes()), &format!("{layer:?}"), level);
    }
    #[derive(Clone, Copy)]
    struct Grouped;
    impl Conv3DShape for Grouped {
        const INPUT: [usize; 4] = [3, 4, 5, 6];
        const FILTERS: usize = 4;
        const KERNEL_SIZE: [usize; 3] = [2, 3, 2];
        const STRIDES: [usize; 3] = [1, 2, 1];
        const PADS: [[usize; 2]; 3] = pads(Same, &Self::INPUT, Self::KERNEL_SIZE, Self::STRIDES, Self::DILATION_RATE);
        const GROUPS: usize = 2;
    }
    let layer = Layer {
        input: [3, 4, 5, 6],
        filters: 4,
        kernel_size: [2, 3, 2],
        strides: [1, 2, 1],
        padding: Same,
        groups: 2,
        ..LAYER
    };
    everywhere!(at(&layer, Grouped));
    #[derive(Clone, Copy)]
    struct Transposed;
    impl Conv3DShape for Transposed {
        const INPUT: [usize; 4] = [1, 4, 6, 20];
        const FILTERS: usize = 5;
        const KERNEL_SIZE: [usize; 3] = [1, 3, 3];
        const STRIDES: [usize; 3] = [1, 2, 2];
        const TRANSPOSED: bool = true;
        const OUTPUT_PADDING: [usize; 3] = [0, 1, 0];
    }
    let layer = Layer {
        input: [1, 4, 6, 20],
        filters: 5,
        kernel_size: [1, 3, 3],
        strides: [1, 2, 2],
        transposed: true,
        output_padding: Some([0, 1, 0]),
        ..LAYER
    };
    everywhere!(at(&layer, Transposed));
}

/// A pooling as its author wrote it.
#[derive(Clone, Copy, Debug)]
struct Pool {
    kind: Kind,
    input: [usize; 4],
    pool_size: [usize; 3],
    strides: [usize; 3],
    padding: Padding,
    /// The output of an adaptive pooling, which has nothing of the three before.
    adaptive: Option<[usize; 3]>,
}

impl Pool {
    fn sizes(&self) -> Pool3DSizes {
        if let Some(output) = self.adaptive {
            return Pool3DSizes::adaptive(self.kind, self.input, output);
        }
        let pads = pads(self.padding, &self.input, self.pool_size, self.strides, [1; 3]);
        Pool3DSizes::new(self.kind, self.input, self.pool_size, self.strides, pads)
    }

    /// The inputs of a window along an axis.
    fn inside(&self, axis: usize, at: usize) -> Range<usize> {
        let (input, size, stride) = (self.input[axis], self.pool_size[axis], self.strides[axis]);
        if let Some(output) = self.adaptive {
            let share = |at: usize| at as f64 * input as f64 / output[axis] as f64;
            return share(at).floor() as usize..share(at + 1).ceil() as usize;
        }
        let zeros = ((input.div_ceil(stride) - 1) * stride + size).saturating_sub(input);
        let first = at * stride;
        let before = if self.padding == Same { zeros / 2 } else { 0 };
        first.saturating_sub(before)..(first + size - before).min(input)
    }
}

fn pooled<T: Element>(level: Level, pool: &Pool, shape: impl Geometry<Pool3DSizes>) -> [Vec<T>; 2] {
    let [input, output] = [pool.input, pool.sizes().output()].map(|shape| shape.iter().product::<usize>());
    // Coarse numbers, so that a window often holds its largest one twice.
    let x: Vec<T> = random::<T>(1, SAMPLES * input).iter().map(|x| (*x * T::from_f64(9.0)).round()).collect();
    let dy = random(2, SAMPLES * output);
    let (mut y, mut dx) = (unwritten(dy.len()), unwritten(x.len()));
    dispatch!(level, simd => {
        pool3d::infer(simd, shape, &x, &mut y);
        pool3d::backward(simd, shape, SAMPLES, &x, &y, &dy, &mut dx);
    });
    [y, dx]
}

fn expected_pooled<T: Element>(pool: &Pool) -> [Vec<f64>; 2] {
    let (output, channels) = (pool.sizes().output(), pool.input[3]);
    let [inputs, outputs] = [pool.input, output].map(|shape| shape.iter().product::<usize>());
    let x: Vec<f64> = f64s(&random::<T>(1, SAMPLES * inputs)).iter().map(|x| (x * 9.0).round()).collect();
    let dy = f64s(&random::<T>(2, SAMPLES * outputs));
    let (mut y, mut dx) = (Vec::new(), vec![0.0; x.len()]);
    for sample in 0..SAMPLES {
        for place in places([output[0], output[1], output[2]]) {
            for channel in 0..channels {
                let windows: [Range<usize>; 3] = std::array::from_fn(|axis| pool.inside(axis, place[axis]));
                let shape = [0, 1, 2].map(|axis| windows[axis].len());
                let window: Vec<usize> = places(shape)
                    .map(|at| {
                        let [f, r, c] = [0, 1, 2].map(|axis| windows[axis].start + at[axis]);
                        sample * inputs + ((f * pool.input[1] + r) * pool.input[2] + c) * channels + channel
                    })
                    .collect();
                let dy = dy[y.len()];
                match pool.kind {
                    Kind::Max => {
                        let first = window.iter().copied().reduce(|a, b| if x[b] > x[a] { b } else { a });
                        let first = first.expect("no window is empty");
                        y.push(x[first]);
                        dx[first] += dy;
                    }
                    Kind::Average => {
                        let count = window.len() as f64;
                        y.push(window.iter().map(|at| x[*at]).sum::<f64>() / count);
                        window.iter().for_each(|at| dx[*at] += dy / count);
                    }
                    Kind::MeanShift { bandwidth, iterations } => {
                        let count = window.len() as f64;
                        let mut middles = vec![window.iter().map(|at| x[*at]).sum::<f64>() / count];
                        let weight = |x: f64, middle: f64| (-0.5 * ((x - middle) / bandwidth).powi(2)).exp();
                        let near = |middle: f64| window.iter().map(|at| weight(x[*at], middle)).sum::<f64>();
                        for step in 0..iterations {
                            let middle = middles[step];
                            let total = window.iter().map(|at| x[*at] * weight(x[*at], middle)).sum::<f64>();
                            middles.push(total / near(middle));
                        }
                        y.push(middles[iterations]);
                        let mut rest = dy;
                        for step in (0..iterations).rev() {
                            let (middle, next) = (middles[step], middles[step + 1]);
                            let pulled =
                                |x: f64| (x - next) * weight(x, middle) * (middle - x) / (bandwidth * bandwidth);
                            for at in &window {
                                dx[*at] += rest * (weight(x[*at], middle) + pulled(x[*at])) / near(middle);
                            }
                            rest *= -window.iter().map(|at| pulled(x[*at])).sum::<f64>() / near(middle);
                        }
                        window.iter().for_each(|at| dx[*at] += rest / count);
                    }
                    Kind::L2 => {
                        let norm = window.iter().map(|at| x[*at] * x[*at]).sum::<f64>().sqrt();
                        y.push(norm);
                        window.iter().filter(|_| norm > 0.0).for_each(|at| dx[*at] += dy * x[*at] / norm);
                    }
                }
            }
        }
    }
    [y, dx]
}

#[test]
fn pooling_of_volumes() {
    fn check<T: Element>(level: Level, pool: &Pool) {
        let (got, want) = (pooled::<T>(level, pool, &pool.sizes()), expected_pooled::<T>(pool));
        for (part, (got, want)) in got.iter().zip(&want).enumerate() {
            close(got, want, 100, &format!("{pool:?}, part {part}, {:?} at {level:?}", T::DTYPE));
        }
    }
    for kind in [Kind::Max, Kind::Average, Kind::L2, Kind::MeanShift { bandwidth: 4.0, iterations: 3 }] {
        for (input, pool_size, strides, padding) in [
            ([4, 5, 6, 2], [2, 2, 2], [2, 2, 2], Valid),
            ([5, 4, 3, 2], [2, 3, 2], [1, 2, 1], Same),
            ([3, 4, 5, 20], [3, 3, 3], [1, 1, 1], Same),
            ([4, 4, 5, 33], [1, 2, 3], [2, 3, 1], Valid),
            ([2, 3, 2, 16], [4, 5, 6], [3, 2, 1], Same),
            ([1, 1, 1, 1], [1, 1, 1], [1, 1, 1], Valid),
        ] {
            everywhere!(check(&Pool { kind, input, pool_size, strides, padding, adaptive: None }));
        }
        for (input, output) in [
            ([4, 5, 6, 2], [4, 2, 4]),
            ([1, 7, 9, 20], [1, 3, 4]),
            ([1, 1, 2, 33], [1, 1, 5]),
            ([3, 9, 70, 3], [1, 1, 1]),
        ] {
            let (pool_size, strides, padding) = ([1; 3], [1; 3], Valid);
            everywhere!(check(&Pool { kind, input, pool_size, strides, padding, adaptive: Some(output) }));
        }
    }
}

#[test]
fn pooling_has_the_same_bits_by_constants() {
    fn at<T: Element>(level: Level, pool: &Pool, shape: impl Pool3DShape) {
        let constants = pooled::<T>(level, pool, shape);
        same(&constants, &pooled::<T>(level, pool, &pool.sizes()), &format!("{pool:?}"), level);
    }
    #[derive(Clone, Copy)]
    struct Mean;
    impl Pool3DShape for Mean {
        const SIZES: Pool3DSizes = {
            let (input, size, strides) = ([5, 4, 3, 2], [2, 3, 2], [1, 2, 1]);
            Pool3DSizes::new(Kind::Average, input, size, strides, pads(Same, &input, size, strides, [1; 3]))
        };
    }
    let pool = Pool {
        kind: Kind::Average,
        input: [5, 4, 3, 2],
        pool_size: [2, 3, 2],
        strides: [1, 2, 1],
        padding: Same,
        adaptive: None,
    };
    everywhere!(at(&pool, Mean));
}
