//! The workspaces of networks are as small as they can be: no layout is shorter than what is alive at one step.

use nn::__rt::memory::{Layout, least};
use nn::prelude::*;

nn::network! {
    struct LeNet = Input<28, 28, 1>
        => conv1: Conv2D<6, 3> => MaxPool2D<2> => ReLU
        => conv2: Conv2D<16, 3> => MaxPool2D<2> => ReLU
        => Flatten
        => Dense<120, activation = relu>
        => Dense<84, activation = relu>
        => Dense<10>;
}

nn::network! {
    /// ResNet-8 for CIFAR-10.
    struct ResNet8(image: Input<32, 32, 3>) -> classes {
        block residual<const F: usize, const S: usize>(x) -> y {
            let a = x => Conv2D<F, 3, strides = S, padding = same, use_bias = false> => BatchNorm => ReLU
                => Conv2D<F, 3, padding = same, use_bias = false> => BatchNorm;
            let shortcut = x => Conv2D<F, 1, strides = S, use_bias = false>;
            let y = a + shortcut => ReLU;
        }
        let classes = image => Conv2D<16, 3, padding = same, use_bias = false> => BatchNorm => ReLU
            => residual<16, 1> => residual<32, 2> => residual<64, 2>
            => GlobalAvgPool2D => Dense<10, activation = softmax>;
    }
}

nn::network! {
    /// Branches of one value that meet again.
    struct Inception(x: Input<14, 14, 8>) -> y {
        let a = x => Conv2D<8, 1, activation = relu>;
        let b = x => Conv2D<4, 1, activation = relu> => Conv2D<12, 3, padding = same, activation = relu>;
        let c = x => Conv2D<4, 1, activation = relu> => Conv2D<8, 5, padding = same, activation = relu>;
        let d = x => MaxPool2D<3, strides = 1, padding = same> => Conv2D<4, 1, activation = relu>;
        let y = Concatenate(a, b, c, d) => Conv2D<8, 3> => GlobalAvgPool2D;
    }
}

nn::network! {
    /// Every layer sees all before it.
    struct DenselyConnected(x: Input<40>) -> y {
        let a = Concatenate(x, x => Dense<24, activation = relu>);
        let b = Concatenate(a, a => Dense<24, activation = relu>);
        let c = Concatenate(b, b => Dense<24, activation = relu>);
        let d = Concatenate(c, c => Dense<24, activation = relu>);
        let y = d => Dense<10, activation = softmax>;
    }
}

#[track_caller]
fn check<const N: usize>(name: &str, layout: Layout<N>) {
    let (len, least) = (layout.len, least(&layout.regions));
    println!("{name}: {N} regions, {len} elements, {least} are alive at one step");
    assert!(len * 100 <= least * 105, "{name}: {len} elements, {least} are alive at one step");
}

#[test]
fn workspaces_are_no_larger_than_what_is_alive() {
    check("LeNet", LeNetWorkspace::LAYOUT);
    check("ResNet8", ResNet8Workspace::LAYOUT);
    check("Inception", InceptionWorkspace::LAYOUT);
    check("DenselyConnected", DenselyConnectedWorkspace::LAYOUT);
}

/// The parts of a Concatenate are written where they will be read, each in the one before it.
#[test]
fn concatenates_are_not_copied() {
    // All parts once, and beside them the ten scores before the softmax.
    let alive = (40 + 4 * 24_usize).next_multiple_of(16) + 10_usize.next_multiple_of(16);
    assert_eq!(DenselyConnectedWorkspace::LAYOUT.len, alive);
    let network = DenselyConnected::new(&mut nn::rng(1));
    let y = network.infer(&Tensor1::from([0.5; 40]), &mut DenselyConnectedWorkspace::new());
    assert!((y.0.iter().sum::<f32>() - 1.0).abs() < 1e-5, "{y:?}");
}
