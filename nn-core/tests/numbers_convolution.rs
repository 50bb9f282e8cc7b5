//! Convolutions and poolings whose sizes are numbers give the bits of those whose sizes are constants.

use nn_core::activations::{
    Activation, AnyActivation, Gelu, LeakyRelu, Linear, Mish, Relu, Relu6, Sigmoid, Softplus, Swish, Tanh,
};
use nn_core::layers::conv1d;
use nn_core::layers::conv2d::{
    self, Border, Conv2DNumbers, Conv2DShape, Conv2DSizes, Conv2DTraining, Destination, Filters, FiltersMut, Pooling,
};
use nn_core::layers::epilogue::Epilogue;
use nn_core::layers::pool2d::{self, Kind, Pool2DShape, Pool2DSizes};
use nn_core::rt::dispatch;
use nn_core::rt::fearless_simd::Level;
use nn_core::shape::{Padding, pads};
use nn_core::{Dtype, Element};

/// What the border of an output holds: nothing may touch it.
const UNTOUCHED: f64 = 7.0;

/// Numbers between −1 and 1, the same for the same seed.
fn random<T: Element>(seed: u64, count: usize) -> Vec<T> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) + 1;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        T::from_f64((state >> 33) as f64 / f64::from(1_u32 << 30) - 1.0)
    };
    (0..count).map(|_| next()).collect()
}

/// The best vectors of this machine, and for `f32` the least, too.
fn levels<T: Element>() -> Vec<Level> {
    match T::DTYPE {
        Dtype::F32 => vec![Level::new(), Level::baseline()],
        _ => vec![Level::new()],
    }
}

#[track_caller]
fn assert_same<T: Element>(numbers: &[T], constants: &[T], what: &str) {
    assert_eq!(numbers.len(), constants.len(), "{what}: lengths");
    for (i, (numbers, constants)) in numbers.iter().zip(constants).enumerate() {
        let bits = |x: &T| Element::to_f64(*x).to_bits();
        assert_eq!(bits(numbers), bits(constants), "{what}: element {i} is {numbers}, not {constants}");
    }
}

/// The weights of a convolution.
#[derive(Clone)]
struct Weights<T>(Vec<T>, Vec<T>);

impl<T: Element> Filters<T> for Weights<T> {
    fn kernel(&self) -> &[T] {
        &self.0
    }

    fn bias(&self) -> &[T] {
        &self.1
    }
}

impl<T: Element> FiltersMut<T> for Weights<T> {
    fn kernel_mut(&mut self) -> &mut [T] {
        &mut self.0
    }

    fn bias_mut(&mut self) -> &mut [T] {
        &mut self.1
    }
}

/// What a fused step reads besides the weights.
struct Rest<T> {
    x: Vec<T>,
    /// The scales, then the shifts.
    affine: Vec<T>,
    value: Vec<T>,
}

/// Runs the layer by numbers: one function, whatever the geometry.
fn infer_numbers<T: Element>(
    level: Level,
    layer: &Conv2DNumbers<T>,
    weights: &Weights<T>,
    rest: &Rest<T>,
    activations: [AnyActivation; 2],
    with: [bool; 2],
    y: &mut [T],
) {
    let mut scratch = vec![T::nan(); layer.scratch_len()];
    let [activation, after_pool] = activations;
    let mut epilogue = Epilogue::bias(&weights.1).activation(activation).after_pool(after_pool);
    if with[0] {
        epilogue = epilogue.affine(rest.affine.split_at(layer.sizes().filters));
    }
    if with[1] {
        epilogue = epilogue.plus(&rest.value);
    }
    dispatch!(level, simd => layer.infer(simd, &weights.0, &rest.x, y, &mut scratch, epilogue));
}

fn check_inference<L: Conv2DShape, D: Destination<L>, T: Element, A, P>(
    (shape, destination): (L, D),
    (activation, after_pool): (A, P),
    what: &str,
) where
    A: Activation<T> + Into<AnyActivation>,
    P: Activation<T> + Into<AnyActivation>,
{
    let [size, bordered] = [L::INPUT, L::BORDER.around(L::INPUT)].map(|shape| shape.iter().product::<usize>());
    let kernel = random(1, L::KERNEL_SIZE.iter().product::<usize>() * L::INPUT[2] / L::GROUPS * L::FILTERS);
    let weights = Weights(kernel, random(2, L::FILTERS));
    let pool = D::POOL.map_or([1, 1], |pool| pool.size);
    let output = [L::OUTPUT[0] / pool[0], L::OUTPUT[1] / pool[1], L::FILTERS];
    let value = random(5, output.iter().product());
    let mut rest = Rest { x: vec![T::nan(); bordered], affine: random(3, 2 * L::FILTERS), value };
    let x = random::<T>(4, size);
    let layer = Conv2DNumbers::<T>::new(L::SIZES, <D as Destination<L>>::SIZES);
    for level in levels::<T>() {
        dispatch!(level, simd => conv2d::pad(simd, L::INPUT, L::BORDER, &x, &mut rest.x));
        for with in [[false, false], [true, false], [false, true], [true, true]] {
            let mut constants = vec![T::from_f64(UNTOUCHED); D::BORDER.around(output).iter().product()];
            let mut numbers = constants.clone();
            let mut scratch = vec![T::nan(); conv2d::scratch_len::<L, D, T>()];
            let mut epilogue = Epilogue::bias(&weights.1).activation(activation).after_pool(after_pool);
            if with[0] {
                epilogue = epilogue.affine(rest.affine.split_at(L::FILTERS));
            }
            if with[1] {
                epilogue = epilogue.plus(&rest.value);
            }
            dispatch!(level, simd => {
                conv2d::infer(simd, shape, destination, &weights, &rest.x, &mut constants, &mut scratch, epilogue);
            });
            let activations = [activation.into(), after_pool.into()];
            infer_numbers(level, &layer, &weights, &rest, activations, with, &mut numbers);
            assert_same(&numbers, &constants, &format!("{what}, {:?} at {level:?}, {with:?}", T::DTYPE));
        }
    }
}

/// What training gives: outputs, and the gradients of filters, biases and inputs.
type Results<T> = [Vec<T>; 4];

/// Trains the layer by numbers: one function, whatever the geometry.
fn train_numbers<T: Element>(
    level: Level,
    layer: &Conv2DTraining<T>,
    weights: &Weights<T>,
    (samples, x, dy): (usize, &[T], &[T]),
    activation: AnyActivation,
    results: &mut Results<T>,
) {
    let mut scratch = Vec::new();
    let [y, dkernel, dbias, dx] = results;
    dispatch!(level, simd => {
        layer.forward(simd, &weights.0, &weights.1, samples, x, y, activation, &mut scratch);
        layer.backward(simd, &weights.0, samples, x, dy, dkernel, dbias, Some(dx), &mut scratch);
    });
}

fn check_training<L: Conv2DShape, T: Element, A: Activation<T> + Into<AnyActivation>>(
    shape: L,
    activation: A,
    what: &str,
) {
    let [input, output] = [L::INPUT, L::OUTPUT].map(|shape| shape.iter().product::<usize>());
    let kernel = random(1, L::KERNEL_SIZE.iter().product::<usize>() * L::INPUT[2] / L::GROUPS * L::FILTERS);
    let weights = Weights(kernel, random(2, L::FILTERS));
    let layer = Conv2DTraining::<T>::new(L::SIZES);
    for level in levels::<T>() {
        for samples in [1, 19] {
            let (x, dy) = (random::<T>(3, samples * input), random::<T>(4, samples * output));
            let nan = |len| vec![T::nan(); len];
            let mut numbers =
                [nan(samples * output), random(6, weights.0.len()), random(7, L::FILTERS), nan(samples * input)];
            let [mut y, dkernel, dbias, mut dx] = numbers.clone();
            let mut gradients = Weights(dkernel, dbias);
            let mut scratch = Vec::new();
            dispatch!(level, simd => {
                conv2d::forward(simd, shape, &weights, samples, &x, &mut y, activation, &mut scratch);
                conv2d::backward(
                    simd, shape, &weights, samples, &x, &dy, &mut gradients, Some(&mut dx), &mut scratch,
                );
            });
            train_numbers(level, &layer, &weights, (samples, &x, &dy), activation.into(), &mut numbers);
            let constants = [y, gradients.0, gradients.1, dx];
            for ((numbers, constants), part) in numbers.iter().zip(&constants).zip(["y", "dkernel", "dbias", "dx"]) {
                let what = format!("{what}, {samples} samples of {:?} at {level:?}: {part}", T::DTYPE);
                assert_same(numbers, constants, &what);
            }
        }
    }
}

macro_rules! convolutions {
    (@value $default:expr) => { $default };
    (@value $default:expr, $value:expr) => { $value };
    ($($test:ident: $input:expr => $f:literal, $size:expr
        $(, groups $groups:literal)? $(, strides $strides:expr)? $(, dilation $dilation:expr)? $(, padding $padding:ident)? $(, pads $pads:expr)?
        $(, pool $kind:ident $pool:expr)? $(, border $border:expr)?; $activation:expr, $after:expr;)*) => {
        $(#[test]
        fn $test() {
            #[derive(Clone, Copy)]
            struct Case;
            impl Conv2DShape for Case {
                const INPUT: [usize; 3] = $input;
                const FILTERS: usize = $f;
                const KERNEL_SIZE: [usize; 2] = $size;
                const GROUPS: usize = convolutions!(@value 1 $(, $groups)?);
                const STRIDES: [usize; 2] = convolutions!(@value [1, 1] $(, $strides)?);
                const DILATION_RATE: [usize; 2] = convolutions!(@value [1, 1] $(, $dilation)?);
                const PADS: [[usize; 2]; 2] = convolutions!(
                    @value pads(convolutions!(@value Padding::Valid $(, Padding::$padding)?), &Self::INPUT, Self::KERNEL_SIZE, Self::STRIDES, Self::DILATION_RATE)
                    $(, $pads)?
                );
            }
            #[derive(Clone, Copy)]
            struct Into;
            impl Destination<Case> for Into {
                const POOL: Option<Pooling> =
                    convolutions!(@value None $(, Some(Pooling { kind: Kind::$kind, size: $pool }))?);
                const BORDER: Border = convolutions!(@value Border::NONE $(, $border)?);
            }
            check_inference::<_, _, f32, _, _>((Case, Into), ($activation, $after), stringify!($test));
            check_inference::<_, _, f64, _, _>((Case, Into), ($activation, $after), stringify!($test));
            check_training::<_, f32, _>(Case, $activation, stringify!($test));
            check_training::<_, f64, _>(Case, $activation, stringify!($test));
        })*
    };
}

convolutions! {
    one_of_everything: [1, 1, 1] => 1, [1, 1]; Linear, Linear;
    few_filters: [12, 13, 1] => 6, [3, 3]; Relu, Linear;
    few_filters_pooled: [12, 14, 3] => 6, [3, 3], padding Same, pool Max [2, 2], border Border::new([1, 1], [1, 1]); Relu, Tanh;
    three_filters_strided: [9, 17, 3] => 3, [3, 3], strides [2, 2], padding Same; Swish, Linear;
    five_filters_dilated: [10, 12, 2] => 5, [3, 3], dilation [2, 3]; Linear, Sigmoid;
    one_filter_many_channels: [5, 6, 40] => 1, [3, 3], padding Same; Gelu, Relu;
    seventeen_filters: [6, 9, 4] => 17, [3, 3], pool Average [2, 2]; LeakyRelu(0.2), Linear;
    many_filters: [4, 5, 10] => 70, [3, 3], padding Same, border Border::new([1, 2], [0, 2]); Relu6, Linear;
    not_monotone: [7, 8, 4] => 33, [2, 3], pool Max [3, 2], border Border::new([0, 1], [2, 0]); Mish, Swish;
    two_groups: [7, 8, 6] => 10, [3, 3], groups 2, strides [1, 2], padding Same, pool Max [2, 2]; Softplus, Linear;
    depthwise: [6, 9, 5] => 5, [3, 3], groups 5, padding Same; Relu6, Linear;
    depthwise_strided: [9, 12, 10] => 10, [3, 2], groups 10, strides [2, 2], padding Same, pool Average [2, 1]; Tanh, Relu;
    depthwise_of_two: [6, 5, 3] => 6, [2, 3], groups 3, dilation [1, 2]; Relu, Linear;
    sequence: [1, 31, 3] => 8, [1, 5], padding Causal; Relu, Linear;
    stride_over_kernel: [10, 11, 3] => 8, [2, 2], strides [3, 4]; Linear, Linear;
    pointwise_wide: [3, 3, 64] => 96, [1, 1]; Relu, Linear;
}

fn pool_numbers<T: Element>(
    level: Level,
    sizes: &Pool2DSizes,
    border: Border,
    activation: AnyActivation,
    (samples, x, dy): (usize, &[T], &[T]),
    [one, y, dx]: &mut [Vec<T>; 3],
) {
    dispatch!(level, simd => {
        pool2d::infer(simd, sizes, border, x, one, activation);
        pool2d::forward(simd, sizes, samples, x, y);
        pool2d::backward(simd, sizes, samples, x, y, dy, dx);
    });
}

fn check_pooling<L: Pool2DShape, T: Element>(shape: L, what: &str) {
    let (samples, border, untouched) = (3, Border::new([1, 0], [2, 1]), T::from_f64(UNTOUCHED));
    let [input, output] = [L::INPUT, L::OUTPUT].map(|shape| shape.iter().product::<usize>());
    // Coarse numbers, so that a window often holds its largest one twice.
    let x: Vec<T> = random::<T>(1, samples * input).iter().map(|x| (*x * T::from_f64(3.0)).round()).collect();
    let dy = random::<T>(2, samples * output);
    for level in levels::<T>() {
        let mut numbers = [border.around(L::OUTPUT).iter().product(), samples * output, samples * input]
            .map(|len| vec![untouched; len]);
        let [mut one, mut y, mut dx] = numbers.clone();
        dispatch!(level, simd => {
            pool2d::infer(simd, shape, border, &x, &mut one, Swish);
            pool2d::forward(simd, shape, samples, &x, &mut y);
            pool2d::backward(simd, shape, samples, &x, &y, &dy, &mut dx);
        });
        pool_numbers(level, &L::SIZES, border, Swish.into(), (samples, &x, &dy), &mut numbers);
        for ((numbers, constants), part) in numbers.iter().zip([one, y, dx]).zip(["one", "y", "dx"]) {
            assert_same(numbers, &constants, &format!("{what}, {:?} at {level:?}: {part}", T::DTYPE));
        }
    }
}

macro_rules! poolings {
    ($($test:ident: $kind:ident $input:expr, $size:expr, $strides:expr, $padding:ident;)*) => {
        $(#[test]
        fn $test() {
            #[derive(Clone, Copy)]
            struct Case;
            impl Pool2DShape for Case {
                const KIND: Kind = Kind::$kind;
                const INPUT: [usize; 3] = $input;
                const POOL_SIZE: [usize; 2] = $size;
                const STRIDES: [usize; 2] = $strides;
                const PADS: [[usize; 2]; 2] = pads(Padding::$padding, &Self::INPUT, Self::POOL_SIZE, Self::STRIDES, [1, 1]);
            }
            check_pooling::<_, f32>(Case, stringify!($test));
            check_pooling::<_, f64>(Case, stringify!($test));
        })*
    };
}

poolings! {
    max_one: Max [1, 1, 1], [1, 1], [1, 1], Valid;
    max_few_channels: Max [9, 11, 3], [2, 2], [2, 2], Valid;
    max_same: Max [7, 8, 19], [3, 2], [2, 2], Same;
    max_gaps: Max [9, 10, 3], [2, 3], [3, 4], Valid;
    average_halves: Average [6, 8, 17], [2, 2], [2, 2], Valid;
    average_same: Average [5, 6, 3], [3, 3], [1, 1], Same;
    average_long: Average [9, 10, 4], [5, 5], [2, 1], Same;
}

fn step_numbers<T: Element>(
    level: Level,
    sizes: &Conv2DSizes,
    weights: &Weights<T>,
    x: &[T],
    state: &mut [T],
    y: &mut [T],
) {
    let (activation, linear) = (AnyActivation::from(Tanh), AnyActivation::from(Linear));
    let epilogue = Epilogue::bias(&weights.1).activation(activation).after_pool(linear);
    dispatch!(level, simd => conv1d::step_slices(simd, sizes, &weights.0, x, state, y, epilogue));
}

fn check_step<L: Conv2DShape, T: Element>(shape: L, what: &str) {
    let [_, steps, channels] = L::INPUT;
    let weights = Weights(random(1, L::KERNEL_SIZE[1] * channels / L::GROUPS * L::FILTERS), random(2, L::FILTERS));
    let x = random::<T>(3, steps * channels);
    let len = conv1d::state_len_of(&L::SIZES);
    assert_eq!(len, conv1d::state_len::<L>());
    for level in levels::<T>() {
        let mut states = [vec![T::zero(); len], vec![T::zero(); len]];
        for x in x.chunks_exact(channels) {
            let [mut constants, mut numbers] = [vec![T::nan(); L::FILTERS], vec![T::nan(); L::FILTERS]];
            dispatch!(level, simd => {
                let epilogue = Epilogue::bias(&weights.1).activation(Tanh);
                conv1d::step(simd, shape, &weights, x, &mut states[0], &mut constants, epilogue);
            });
            step_numbers(level, &L::SIZES, &weights, x, &mut states[1], &mut numbers);
            assert_same(&numbers, &constants, &format!("{what}, {:?} at {level:?}", T::DTYPE));
            assert_same(&states[1], &states[0], &format!("{what}, {:?} at {level:?}: the state", T::DTYPE));
        }
    }
}

macro_rules! steps {
    ($($test:ident: $channels:literal => $f:literal, $size:literal, groups $groups:literal, dilation $dilation:literal;)*) => {
        $(#[test]
        fn $test() {
            #[derive(Clone, Copy)]
            struct Case;
            impl Conv2DShape for Case {
                const INPUT: [usize; 3] = [1, 7, $channels];
                const FILTERS: usize = $f;
                const KERNEL_SIZE: [usize; 2] = [1, $size];
                const DILATION_RATE: [usize; 2] = [1, $dilation];
                const GROUPS: usize = $groups;
            }
            check_step::<_, f32>(Case, stringify!($test));
            check_step::<_, f64>(Case, stringify!($test));
        })*
    };
}

steps! {
    step_of_one_filter: 19 => 1, 3, groups 1, dilation 2;
    step_of_few_filters: 5 => 6, 2, groups 1, dilation 1;
    step_of_groups: 9 => 12, 3, groups 3, dilation 1;
    step_of_single_filters: 6 => 6, 2, groups 6, dilation 1;
    step_of_many_filters: 11 => 37, 2, groups 1, dilation 3;
    step_of_very_many_filters: 3 => 90, 1, groups 1, dilation 1;
}
