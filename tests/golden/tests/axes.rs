//! Networks of five and six axes compute what the same ones on fewer axes do, at inference and in training.

use std::slice;

use nn::prelude::*;
use nn_golden::sample::samples;
use nn_golden::training::Step;
use rand::RngExt;

/// More than one shard.
const BATCH: usize = nn::train::SHARD + 3;

fn numbers(seed: u64, len: usize) -> Vec<f64> {
    let mut rng = nn::rng(seed);
    (0..len).map(|_| rng.random_range(-1.0..1.0)).collect()
}

fn close(what: &str, got: &[f64], want: &[f64]) {
    assert_eq!(got.len(), want.len(), "{what}");
    for (at, (got, want)) in got.iter().zip(want).enumerate() {
        assert!((got - want).abs() <= 1e-12 * (1.0 + want.abs()), "{what}, element {at}: {got}, not {want}");
    }
}

/// Two networks of which only the shapes differ, not the order of any numbers: inference, a forward and a backward.
fn same<A: Train<Element = f64>, B: Train<Element = f64>>() {
    let mut few = B::zeros();
    let weights = numbers(1, few.as_flat().len());
    // Variances above zero.
    few.as_flat_mut().iter_mut().zip(&weights).for_each(|(to, from)| *to = from.abs() + 0.1);
    let mut many = A::zeros();
    many.as_flat_mut().copy_from_slice(few.as_flat());
    let parts = A::Input::PARTS.iter().enumerate();
    let x: Vec<Vec<f64>> = parts.map(|(seed, part)| numbers(seed as u64 + 2, BATCH * part.len())).collect();
    let (xs, fewer) = (samples::<A::Input>(&x), samples::<B::Input>(&x));
    let dy: Vec<Vec<f64>> = A::Output::PARTS.iter().map(|part| numbers(9, BATCH * part.len())).collect();
    let mut step = Step::forward(&*many, &xs, nn::train::SHARD);
    let mut wanted = Step::forward(&*few, &fewer, nn::train::SHARD);
    for part in 0..dy.len() {
        close(&format!("output {part} in training"), &step.output(part), &wanted.output(part));
    }
    let (got, want) = (step.backward(&dy), wanted.backward(&dy));
    close("gradients of the weights", got.params.as_flat(), want.params.as_flat());
    for (part, (got, want)) in got.inputs.iter().zip(&want.inputs).enumerate() {
        close(&format!("gradient of input {part}"), got, want);
    }
    let (mut memory, mut fewer_memory) = (A::workspace(), B::workspace());
    for (x, fewer) in xs.iter().zip(&fewer) {
        let (y, wanted) = (many.infer(x, &mut memory), few.infer(fewer, &mut fewer_memory));
        for part in 0..dy.len() {
            close(&format!("output {part}"), numbers_of(y.part(part)), numbers_of(wanted.part(part)));
        }
    }
}

fn numbers_of(bytes: &[u8]) -> &[f64] {
    bytemuck::cast_slice(bytes)
}

/// A network, and the same on fewer axes, for each line.
macro_rules! same {
    ($($name:ident: [$($many:tt)+] [$($few:tt)+])+) => { $(
        #[test]
        fn $name() {
            nn::network! { #[dtype(f64)] struct Many $($many)+ }
            nn::network! { #[dtype(f64)] struct Few $($few)+ }
            same::<Many, Few>();
        }
    )+ };
}

same! {
    six_axes:
        [= Input<2, 3, 2, 3, 2, 2> => Permute<6, 1, 2, 3, 4, 5> => BatchNorm<axis = 1> => LayerNormalization => ReLU
            => Softmax => Flatten => Dense<3>;]
        [= Input<72, 2> => Permute<2, 1> => Reshape<2, 36, 2> => BatchNorm<axis = 1> => LayerNormalization => ReLU
            => Softmax => Flatten => Dense<3>;]
    axes_in_the_middle:
        [= Input<2, 3, 2, 3, 2, 2> => Softmax<axis = 4> => BatchNorm<axis = 3> => PReLU<shared_axes = (1, 2, 4)>
            => RMSNormalization<axis = (5, 6)> => GroupNormalization<2> => Dense<3, activation = tanh>;]
        [= Input<12, 3, 4> => Softmax<axis = 2> => Reshape<6, 2, 12> => BatchNorm<axis = 2> => Reshape<6, 2, 3, 4>
            => PReLU<shared_axes = (1, 3)> => RMSNormalization => Reshape<72, 2> => GroupNormalization<2>
            => Dense<3, activation = tanh>;]
    orders:
        [= Input<2, 3, 2, 3, 2, 2> => Permute<5, 6, 3, 4, 1, 2> => Permute<1, 4, 3, 2, 6, 5> => Dense<2>;]
        [= Input<6, 6, 4> => Permute<3, 2, 1> => Reshape<2, 2, 6, 6> => Permute<1, 3, 2, 4> => Reshape<2, 2, 3, 12>
            => Permute<1, 3, 2, 4> => Reshape<24, 2, 3> => TimeDistributed<Permute<2, 1>> => Dense<2>;]
    convolutions_in_time:
        [= Input<2, 3, 6, 6, 2> => TimeDistributed<TimeDistributed<Conv2D<4, 3, activation = tanh>>>;]
        [= Input<6, 6, 6, 2> => TimeDistributed<Conv2D<4, 3, activation = tanh>>;]
    convolutions_of_channels_first:
        [= Input<2, 3, 2, 6, 6> => TimeDistributed<TimeDistributed<Conv2D<4, 3, data_format = channels_first>>>
            => TimeDistributed<TimeDistributed<MaxPool2D<2, data_format = channels_first>>> => Softmax<axis = 3>;]
        [= Input<6, 2, 6, 6> => TimeDistributed<Conv2D<4, 3, data_format = channels_first>>
            => TimeDistributed<MaxPool2D<2, data_format = channels_first>> => Softmax<axis = 2>;]
    channels_first_three_times:
        [= Input<2, 1, 3, 2, 5, 5> => TimeDistributed<TimeDistributed<TimeDistributed<Conv2D<4, 2, data_format = channels_first>>>>
            => BatchNorm<axis = 4> => ReLU;]
        [= Input<6, 2, 5, 5> => TimeDistributed<Conv2D<4, 2, data_format = channels_first>> => BatchNorm<axis = 2> => ReLU;]
    padding_in_time:
        [= Input<2, 2, 3, 2, 2> => TimeDistributed<ZeroPadding3D<((1, 0), (0, 2), (1, 1))>>
            => TimeDistributed<UpSampling3D<(2, 1, 3)>> => TimeDistributed<Cropping3D<((1, 2), 1, 2)>> => Dense<2>;]
        [= Input<2, 2, 12> => TimeDistributed<ZeroPadding1D<(1, 0)>> => Reshape<6, 3, 4>
            => TimeDistributed<ZeroPadding1D<(0, 2)>> => Reshape<30, 2, 2> => TimeDistributed<ZeroPadding1D>
            => Reshape<2, 3, 40> => TimeDistributed<UpSampling1D<2>> => Reshape<60, 4, 2>
            => TimeDistributed<UpSampling1D<3>> => Reshape<2, 6, 120> => TimeDistributed<Cropping1D<(1, 2)>>
            => Reshape<6, 5, 24> => TimeDistributed<Cropping1D<1>> => Reshape<18, 12, 2>
            => TimeDistributed<Cropping1D<2>> => Dense<2>;]
    images_in_time_twice:
        [= Input<2, 1, 2, 3, 4, 2> => TimeDistributed<TimeDistributed<TimeDistributed<ZeroPadding2D<1>>>>
            => TimeDistributed<TimeDistributed<TimeDistributed<UpSampling2D<2, interpolation = bilinear>>>>;]
        [= Input<4, 3, 4, 2> => TimeDistributed<ZeroPadding2D<1>>
            => TimeDistributed<UpSampling2D<2, interpolation = bilinear>>;]
    sums:
        [(a: Input<2, 3, 2, 2, 4>, b: Input<2, 1, 2, 2, 4>) -> y { let y = (Maximum(a, b) + a) * b; }]
        [(a: Input<2, 3, 16>, b: Input<2, 1, 16>) -> y { let y = (Maximum(a, b) + a) * b; }]
    sums_of_six_axes:
        [(a: Input<2, 3, 2, 2, 2, 4>, b: Input<3, 1, 2, 2, 4>) -> y { let y = (a - b) * a; }]
        [(a: Input<2, 3, 2, 16>, b: Input<3, 1, 16>) -> y { let y = (a - b) * a; }]
    joined:
        [(a: Input<2, 3, 2, 2, 4>, b: Input<2, 3, 1, 2, 4>) -> y { let y = Concatenate<axis = 3>(a, b) => Dense<2>; }]
        [(a: Input<6, 2, 8>, b: Input<6, 1, 8>) -> y {
            let y = Concatenate<axis = 2>(a, b) => Reshape<36, 4> => Dense<2>;
        }]
    products:
        [(a: Input<2, 3, 2, 2, 4>, b: Input<4, 5>) -> y { let y = Dot<axes = (5, 1)>(a, b); }]
        [(a: Input<24, 4>, b: Input<4, 5>) -> y { let y = Dot<axes = (2, 1)>(a, b); }]
    products_of_six_axes:
        [(a: Input<2, 3, 2, 4>, b: Input<2, 4, 2, 3>) -> y { let y = Dot<axes = (4, 2), normalize = true>(a, b); }]
        [(a: Input<12, 4>, b: Input<2, 4, 6>) -> y { let y = Dot<axes = (2, 2), normalize = true>(a, b); }]
}

fn epoch<'a, N: Network, Y>() -> Fit<'a, 'a, N, Y> {
    Fit { epochs: 1, batch_size: 20, seed: Some(3), verbose: 0, ..Fit::default() }
}

#[test]
fn an_epoch() {
    nn::network! {
        struct Many = Input<2, 3, 2, 3, 2, 2> => Permute<6, 1, 2, 3, 4, 5> => BatchNorm<axis = 1> => LayerNormalization
            => ReLU => Softmax => Dropout<0.2> => Dense<3, activation = softmax>;
    }
    nn::network! {
        struct Few = Input<72, 2> => Permute<2, 1> => Reshape<2, 36, 2> => BatchNorm<axis = 1> => LayerNormalization
            => ReLU => Softmax => Dropout<0.2> => Dense<3, activation = softmax>;
    }
    let x = numbers(1, 40 * 144);
    let class = |at: usize| u8::from(x[2 * at] > 0.0) + u8::from(x[2 * at + 1] > 0.5);
    let classes: Vec<f64> = (0..40 * 72).map(|at| f64::from(class(at))).collect();
    let loss = SparseCategoricalCrossentropy::default;

    let mut many = Many::new(&mut nn::rng(5)).compile(Adam::default(), loss(), ());
    let y: Vec<Tensor5<2, 2, 3, 2, 3, u8>> = samples(slice::from_ref(&classes));
    let history = many.fit(&samples(slice::from_ref(&x)), &y, epoch()).unwrap();

    let mut few = Few::new(&mut nn::rng(5)).compile(Adam::default(), loss(), ());
    let y: Vec<Tensor2<2, 36, u8>> = samples(slice::from_ref(&classes));
    let wanted = few.fit(&samples(slice::from_ref(&x)), &y, epoch()).unwrap();

    assert_eq!(history.get("loss"), wanted.get("loss"));
    assert_eq!(many.network().as_flat(), few.network().as_flat());
}

#[test]
fn ids_of_five_axes() {
    nn::network! { struct Many = Input<2, 1, 2, 3, 2, dtype = u8> => Embedding<9, 4> => Dense<2>; }
    nn::network! { struct Few = Input<24, dtype = u8> => Embedding<9, 4> => Dense<2>; }
    let few = Few::new(&mut nn::rng(2));
    let mut many = Many::zeros();
    many.as_flat_mut().copy_from_slice(few.as_flat());
    let ids: [u8; 24] = std::array::from_fn(|at| (at * at % 9) as u8);
    let mut x = ManyInput::zeros();
    x.as_flat_mut().copy_from_slice(&ids);
    let (y, wanted) = (many.infer(&x, &mut Many::workspace()), few.infer(&ids.into(), &mut Few::workspace()));
    assert_eq!(y.as_flat(), wanted.as_flat());
}
