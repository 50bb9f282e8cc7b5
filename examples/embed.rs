//! A trained network in read-only memory, as a microcontroller would have it in flash.
//!
//! ```text
//! cargo run --release --example embed
//! ```
//!
//! The weights that the example `digits` saved are part of this program, checked against the network while it is compiled: there
//! is no loading, no heap and no start-up. A thread recognises digits with them while an allocator counts. `infer` needs neither
//! `std` nor a heap, so the same lines work without an operating system; there the workspace would be a `static` as well.

mod common;
#[path = "digits/data.rs"]
mod data;

use std::error::Error;
use std::process::ExitCode;
use std::thread;

nn::network! {
    /// The network of the example `digits`, with what `cargo run --release --example digits -- --save …` wrote.
    #[weights("examples/data/digits.safetensors")]
    #[budget(workspace <= 18 KiB)]
    pub struct Digits = Input<8, 8, 1>
        => conv1: Conv2D<32, 3, padding = same, use_bias = false> => norm1: BatchNorm => ReLU
        => conv2: Conv2D<32, 3, padding = same, use_bias = false> => norm2: BatchNorm => ReLU
        => MaxPool2D<2>
        => conv3: Conv2D<64, 3, padding = same, use_bias = false> => norm3: BatchNorm => ReLU
        => MaxPool2D<2>
        => Flatten
        => Dropout<0.5>
        => scores: Dense<10>;
}

/// The weights themselves: the constant is a reference, not a copy.
static NET: &Digits = Digits::PRETRAINED;

fn main() -> ExitCode {
    common::finish(run())
}

fn run() -> Result<(), Box<dyn Error>> {
    let (_, test) = data::load()?;
    let pictures = test.digits.len();
    let worker = thread::spawn(move || {
        let mut workspace = DigitsWorkspace::new();
        let mut right = 0;
        let heap = allocation_counter::measure(|| right = recognised(&test, &mut workspace));
        (right, heap.count_total)
    });
    let (right, allocations) = worker.join().map_err(|_| "the thread did not end well")?;
    println!("weights: {} bytes, read-only", size_of_val(NET));
    println!("workspace: {} bytes, on the stack of the thread", Digits::WORKSPACE_BYTES);
    println!("recognised: {right} of {pictures}");
    println!("heap allocations during inference: {allocations}");
    Ok(())
}

/// How many pictures get their highest score for the digit that they show.
fn recognised(samples: &data::Samples, workspace: &mut DigitsWorkspace) -> usize {
    let right = samples.pictures.iter().zip(&samples.digits).filter(|(picture, digit)| {
        let scores = NET.infer(picture, workspace);
        let score = scores[usize::from(**digit)];
        scores.0.iter().all(|other| *other <= score)
    });
    right.count()
}
