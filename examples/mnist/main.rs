//! Trains LeNet on MNIST, or on any data in its format, such as Fashion-MNIST.
//!
//! ```text
//! cargo run --release --example mnist -- path/to/folder            # 5 epochs
//! cargo run --release --example mnist -- path/to/folder --epochs 1
//! ```
//!
//! The folder holds the four IDX files, unpacked or as `.gz`. They are not part of this project: see
//! <https://yann.lecun.org/exdb/mnist> or <https://github.com/zalandoresearch/fashion-mnist>.
//!
//! It shows data from files, validation during training, and what is left of the accuracy on unseen data.

#[path = "../common/mod.rs"]
mod common;
mod idx;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use nn::prelude::*;

nn::network! {
    /// LeNet-5 for 28×28 grey-scale digits.
    pub struct LeNet = Input<28, 28, 1>
        => conv1: Conv2D<6, 3> => MaxPool2D<2> => ReLU
        => conv2: Conv2D<16, 3> => MaxPool2D<2> => ReLU
        => Flatten
        => Dense<120, activation = relu>
        => Dense<84, activation = relu>
        => Dense<10>;
}

const USAGE: &str = "usage: cargo run --release --example mnist -- FOLDER [--epochs N]";

fn main() -> ExitCode {
    common::finish(run())
}

fn run() -> Result<(), Box<dyn Error>> {
    let (folder, epochs) = arguments()?;
    let (x_train, y_train) = samples(&folder, "train")?;
    let (x_test, y_test) = samples(&folder, "t10k")?;
    println!("{}", LeNet::summary());

    let net = LeNet::new(&mut nn::rng(42));
    let mut model = net.compile(Adam::new(1e-3), SparseCategoricalCrossentropy::from_logits(), metrics::accuracy());
    model.fit(&x_train, &y_train, Fit { epochs, validation_split: 0.1, ..Fit::default() })?;
    let score = model.evaluate(&x_test, &y_test, Evaluate::default())?;
    println!("test accuracy: {:.2} %", 100.0 * score["accuracy"]);
    Ok(())
}

/// The pictures of one part, scaled to 0–1, and what they show.
fn samples(folder: &Path, part: &str) -> Result<(Vec<LeNetInput>, Vec<u8>), Box<dyn Error>> {
    let pixels = idx::read(folder, &format!("{part}-images-idx3-ubyte"), &[28, 28])?;
    let labels = idx::read(folder, &format!("{part}-labels-idx1-ubyte"), &[])?;
    let pictures: Vec<LeNetInput> = pixels.chunks_exact(LeNetInput::LEN).map(picture).collect();
    if pictures.len() != labels.len() {
        return Err(format!("`{part}`: {} pictures, but {} labels", pictures.len(), labels.len()).into());
    }
    Ok((pictures, labels))
}

fn picture(pixels: &[u8]) -> LeNetInput {
    let mut picture = LeNetInput::zeros();
    for (to, from) in picture.as_flat_mut().iter_mut().zip(pixels) {
        *to = f32::from(*from) / 255.0;
    }
    picture
}

/// The folder and the number of epochs.
fn arguments() -> Result<(PathBuf, usize), Box<dyn Error>> {
    let (mut folder, mut epochs) = (None, 5);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        if argument == "--epochs" {
            let number = arguments.next().ok_or("`--epochs` needs a number")?;
            epochs = number.parse().map_err(|_| format!("`--epochs {number}`: not a number"))?;
        } else if folder.is_none() && !argument.starts_with('-') {
            folder = Some(PathBuf::from(argument));
        } else {
            return Err(format!("unexpected argument `{argument}`; {USAGE}").into());
        }
    }
    Ok((folder.ok_or_else(|| format!("where are the IDX files?\n{USAGE}\n{}", idx::HELP))?, epochs))
}
