//! Sizes that only the compiler sees give the same network as the same sizes written as numbers.

use nn::prelude::*;

const SIDE: usize = 11;
const FILTERS: usize = 5;
const KERNEL: usize = 3;
const TWO: usize = 2;
const CLASSES: usize = 4;

nn::network! {
    struct Numbers = Input<11, 11, 2>
        => Conv2D<5, 3, activation = relu>
        => Conv2D<4, (3, 2), padding = same, groups = 1> => BatchNorm => ReLU
        => DepthwiseConv2D<2, padding = same, depth_multiplier = 2>
        => SeparableConv2D<5, 3, padding = same, depth_multiplier = 2, activation = swish>
        => Conv2D<6, 3, padding = same, dilation_rate = 2> => MaxPool2D<2>
        => AvgPool2D<3, strides = 2, padding = same> => PReLU<shared_axes = (1, 2)>
        => Reshape<4, 6> => ZeroPadding1D<(1, 2)> => Cropping1D<(2, 1)> => Dense<4> => Softmax<axis = 1>
        => Conv1DTranspose<3, 3, strides = 2, output_padding = 1> => Reshape<5, 2, 1, 3>
        => Conv3D<4, 2, padding = same, groups = 1> => MaxPool3D<(2, 1, 1)> => Reshape<2, 2, 4>
        => Conv2DTranspose<3, (2, 3), strides = 2, padding = same, activation = tanh> => AdaptiveMaxPool2D<(2, 3)> => L2Pool2D<2, strides = 1>
        => Flatten => Dense<4>;
}

nn::network! {
    struct Constants = Input<SIDE, SIDE, TWO>
        => Conv2D<FILTERS, KERNEL, activation = relu>
        => Conv2D<{ 2 * TWO }, (KERNEL, TWO), padding = same, groups = { KERNEL - 2 }> => BatchNorm => ReLU
        => DepthwiseConv2D<TWO, padding = same, depth_multiplier = TWO>
        => SeparableConv2D<FILTERS, KERNEL, padding = same, depth_multiplier = TWO, activation = swish>
        => Conv2D<{ FILTERS + 1 }, KERNEL, padding = same, dilation_rate = TWO> => MaxPool2D<TWO>
        => AvgPool2D<KERNEL, strides = TWO, padding = same> => PReLU<shared_axes = (1, 2)>
        => Reshape<CLASSES, -1> => ZeroPadding1D<(1, TWO)> => Cropping1D<(TWO, 1)> => Dense<CLASSES> => Softmax<axis = 1>
        => Conv1DTranspose<KERNEL, KERNEL, strides = TWO, output_padding = { TWO - 1 }> => Reshape<FILTERS, TWO, 1, KERNEL>
        => Conv3D<{ 2 * TWO }, TWO, padding = same, groups = { KERNEL - 2 }> => MaxPool3D<(TWO, 1, 1)> => Reshape<TWO, 2, -1>
        => Conv2DTranspose<KERNEL, (TWO, KERNEL), strides = TWO, padding = same, activation = tanh> => AdaptiveMaxPool2D<(TWO, KERNEL)>
        => L2Pool2D<TWO, strides = { TWO - 1 }> => Flatten => Dense<CLASSES>;
}

/// A network with weights that no layer is indifferent to, and images.
fn start<N: Train<Element = f32, Input = NumbersInput>>() -> (Box<N>, Vec<NumbersInput>) {
    let mut net = N::new(&mut nn::rng(3));
    let noise = |at: usize| ((at * 7919) % 31) as f32 / 31.0 - 0.4;
    net.as_flat_mut().iter_mut().enumerate().for_each(|(at, weight)| *weight += noise(at).abs() / 4.0);
    let image = |sample: usize| {
        let mut image = NumbersInput::zeros();
        image.as_flat_mut().iter_mut().enumerate().for_each(|(at, pixel)| *pixel = noise(at + 57 * sample));
        image
    };
    (net, (0..20).map(image).collect())
}

#[test]
fn the_description_is_the_same() {
    assert_eq!(Constants::PARAMETERS, Numbers::PARAMETERS);
    assert_eq!(Constants::MACS, Numbers::MACS);
    // The tiles of convolutions, which say how much scratch there is, are planned by rustc for one, by the macro for the other.
    assert_eq!(Constants::WORKSPACE_BYTES, Numbers::WORKSPACE_BYTES);
    let rows = |layers: &[nn::LayerInfo]| layers.iter().map(|row| format!("{row:?}")).collect::<Vec<_>>();
    assert_eq!(rows(Constants::LAYERS), rows(Numbers::LAYERS));
}

#[test]
fn inference_gives_the_same_bits() {
    let (numbers, x) = start::<Numbers>();
    let (constants, _) = start::<Constants>();
    assert_eq!(constants.as_flat(), numbers.as_flat());
    assert_eq!(constants.predict(&x), numbers.predict(&x));
}

#[test]
fn training_gives_the_same_bits() {
    fn train<N: Train<Element = f32, Input = NumbersInput, Output = NumbersOutput>>() -> Vec<f32> {
        let (net, x) = start::<N>();
        let y: Vec<u8> = (0..x.len()).map(|sample| (sample % CLASSES) as u8).collect();
        let mut model = net.compile(SGD::new(0.1), SparseCategoricalCrossentropy::from_logits(), ());
        for _ in 0..3 {
            model.train_on_batch(&x, &y, None).expect("the data fit the network");
        }
        model.network().as_flat().to_vec()
    }
    assert_eq!(train::<Constants>(), train::<Numbers>());
}
