//! Trains ResNet-8 on small colour pictures.
//!
//! ```text
//! cargo run --release --features data --example resnet                          # on pictures that it makes
//! cargo run --release --features data --example resnet -- FOLDER --epochs 10    # on CIFAR-10, unpacked binary version
//! ```
//!
//! It shows a graph with blocks: a residual block is written once, and each use puts a copy of it in, with weights of its own.
//! CIFAR-10 is at <https://www.cs.toronto.edu/~kriz/cifar.html>; the pictures that it makes itself are stripes of ten
//! kinds, which differ in direction, width and colour, under noise.

#[path = "../common/mod.rs"]
mod common;
mod pictures;

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use nn::prelude::*;

nn::network! {
    /// ResNet-8: three residual blocks, the last two of which halve height and width.
    pub struct ResNet(picture: Input<32, 32, 3>) -> classes {
        block same<const F: usize>(x) -> y {
            let inner = x
                => Conv2D<F, 3, padding = same, use_bias = false> => BatchNorm => ReLU
                => Conv2D<F, 3, padding = same, use_bias = false> => BatchNorm;
            let y = x + inner => ReLU;
        }
        block halved<const F: usize>(x) -> y {
            let inner = x
                => Conv2D<F, 3, strides = 2, padding = same, use_bias = false> => BatchNorm => ReLU
                => Conv2D<F, 3, padding = same, use_bias = false> => BatchNorm;
            let skip = x => Conv2D<F, 1, strides = 2>;
            let y = skip + inner => ReLU;
        }
        let classes = picture
            => Conv2D<16, 3, padding = same, use_bias = false> => BatchNorm => ReLU
            => same<16> => halved<32> => halved<64>
            => GlobalAvgPool2D
            => Dense<10>;
    }
}

fn main() -> ExitCode {
    common::finish(run())
}

fn run() -> Result<(), Box<dyn Error>> {
    let Options { folder, epochs } = Options::from_arguments()?;
    let (train, test) = match &folder {
        Some(folder) => pictures::cifar(folder)?,
        None => pictures::stripes(1_000, 200),
    };
    println!("{}", ResNet::summary());

    let loss = SparseCategoricalCrossentropy::from_logits();
    let mut model = ResNet::new(&mut nn::rng(1)).compile(Adam::new(2e-3), loss, metrics::accuracy());
    let options = Fit { epochs, batch_size: 32, ..Fit::default() };
    model.fit(&train.pictures, &train.classes, options)?;
    let score = model.evaluate(&test.pictures, &test.classes, Evaluate { verbose: 0, ..Evaluate::default() })?;
    println!("\ntest: {score}");
    Ok(())
}

/// What the command line says.
struct Options {
    folder: Option<PathBuf>,
    epochs: usize,
}

impl Options {
    fn from_arguments() -> Result<Self, Box<dyn Error>> {
        let (mut folder, mut epochs) = (None, None);
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            if argument == "--epochs" {
                let value = arguments.next().ok_or("`--epochs` needs a number")?;
                epochs = Some(value.parse().map_err(|_| format!("`--epochs {value}`: not a number"))?);
            } else if argument.starts_with("--") || folder.is_some() {
                return Err(format!("unknown argument `{argument}`; there are a folder and `--epochs N`").into());
            } else {
                folder = Some(argument.into());
            }
        }
        Ok(Self { epochs: epochs.unwrap_or(if folder.is_some() { 10 } else { 3 }), folder })
    }
}
