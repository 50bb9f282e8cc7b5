//! `#[weights("…")]`: the weights of a file are those of the constant, wherever they lie in it.

use nn::prelude::*;

const UNITS: usize = 3;

nn::network! {
    /// The network of the example `digits`, from a file that `save` wrote.
    #[weights("examples/data/digits.safetensors")]
    struct Digits = Input<8, 8, 1>
        => conv1: Conv2D<32, 3, padding = same, use_bias = false> => norm1: BatchNorm => ReLU
        => conv2: Conv2D<32, 3, padding = same, use_bias = false> => norm2: BatchNorm => ReLU
        => MaxPool2D<2>
        => conv3: Conv2D<64, 3, padding = same, use_bias = false> => norm3: BatchNorm => ReLU
        => MaxPool2D<2>
        => Flatten
        => Dropout<0.5>
        => scores: Dense<10>;
}

nn::network! {
    /// From a file of another writer, which sorts the tensors by their names.
    #[weights("tests/data/sorted.safetensors")]
    struct Sorted = Input<4> => Dense<UNITS> => Dense<2>;
}

#[test]
fn a_saved_network_is_the_loaded_one() {
    let loaded = Digits::load("examples/data/digits.safetensors").unwrap();
    assert_eq!(Digits::PRETRAINED.as_flat(), loaded.as_flat());
    let x = DigitsInput::from([[[0.0], [0.1], [0.9], [1.0], [0.3], [0.0], [0.5], [0.2]]; 8]);
    let mut workspace = DigitsWorkspace::new();
    assert_eq!(Digits::PRETRAINED.infer(&x, &mut workspace), loaded.infer(&x, &mut workspace));
}

#[test]
fn the_order_of_the_file_does_not_matter() {
    assert_eq!(Sorted::PRETRAINED.dense.bias, [10.0, 20.0, 30.0]);
    assert_eq!(Sorted::PRETRAINED.dense.kernel[3], [4.5, 5.0, 5.5]);
    assert_eq!(Sorted::PRETRAINED.dense_1.kernel, [[1.0, 0.0], [0.0, 1.0], [0.5, 0.5]]);
    assert_eq!(Sorted::PRETRAINED.as_flat(), Sorted::load("tests/data/sorted.safetensors").unwrap().as_flat());
}

/// Every use refers to the one copy, which vectors can be read from without crossing a cache line.
#[test]
fn there_is_one_copy() {
    const AGAIN: &Digits = Digits::PRETRAINED;
    assert!(std::ptr::eq(AGAIN, Digits::PRETRAINED));
    assert!(std::ptr::from_ref(AGAIN).addr().is_multiple_of(64));
    let elsewhere = std::thread::spawn(|| std::ptr::from_ref(Digits::PRETRAINED).addr());
    assert_eq!(elsewhere.join().unwrap(), std::ptr::from_ref(AGAIN).addr());
}
