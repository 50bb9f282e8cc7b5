//! Samples per second of training with Adam at batch 32, on one thread and on two.
//!
//! `cargo bench --bench training`. A step is forward, loss, backward and update, as `train_on_batch`
//! runs it.

mod support;

use nn::prelude::*;
use support::{fill, median};

nn::network! {
    /// LeNet on 28×28 digits.
    struct LeNet = Input<28, 28, 1>
        => conv1: Conv2D<6, 3> => MaxPool2D<2> => ReLU
        => conv2: Conv2D<16, 3> => MaxPool2D<2> => ReLU
        => Flatten
        => Dense<120, activation = relu>
        => Dense<84, activation = relu>
        => Dense<10>;
}

nn::network! {
    /// The network with two convolutions of the Keras notes.
    struct KerasCnn = Input<64, 64, 3>
        => Conv2D<32, 3, padding = same, activation = relu> => MaxPool2D<2>
        => Conv2D<64, 3, padding = same, activation = relu> => MaxPool2D<2>
        => Flatten
        => Dense<64, activation = relu>
        => Dense<10>;
}

const BATCH: usize = 32;

fn main() {}
