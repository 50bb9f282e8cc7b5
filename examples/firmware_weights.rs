//! Writes the weights of the firmware in `examples/firmware`: those that its networks start with, since it is there for the figures.
//!
//! ```text
//! cargo run --release --example firmware_weights
//! ```

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
    struct Tone = Input<16, 1> => GRU<8, return_sequences = true> => Dense<1>;
}

fn main() -> Result<(), nn::error::SaveError> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/firmware/weights");
    LeNet::new(&mut nn::rng(1)).save(format!("{folder}/lenet.safetensors"))?;
    Tone::new(&mut nn::rng(1)).save(format!("{folder}/tone.safetensors"))
}
