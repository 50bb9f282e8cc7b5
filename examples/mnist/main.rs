//! Trains LeNet on MNIST, or on any data in its format, such as Fashion-MNIST.
//!
//! ```text
//! cargo run --release --features data --example mnist -- path/to/folder            # 5 epochs
//! cargo run --release --features data --example mnist -- path/to/folder --epochs 1
//! ```
//!
//! The folder holds the four IDX files, unpacked or as `.gz`. They are not part of this project: see
//! <https://yann.lecun.org/exdb/mnist> or <https://github.com/zalandoresearch/fashion-mnist>.
//!
//! It shows data from files that stay bytes in memory, validation during training, and what is left of the accuracy on unseen data.

#[path = "../common/mod.rs"]
mod common;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use nn::data::{Numbers, idx};
use nn::prelude::*;

nn::network! {
    /// LeNet-5 for 28×28 grey-scale digits.
    pub struct LeNet = Input<28, 28, 1, dtype = u8>
        => Rescaling<0.00392156862745098>
        => conv1: Conv2D<6, 3> => MaxPool2D<2> => ReLU
        => conv2: Conv2D<16, 3> => MaxPool2D<2> => ReLU
        => Flatten
        => Dense<120, activation = relu>
        => Dense<84, activation = relu>
        => Dense<10>;
}

const USAGE: &str = "usage: cargo run --release --features data --example mnist -- FOLDER [--epochs N]";

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

/// What to do where a file is missing.
const HELP: &str = "\
The folder has to hold these four files, unpacked or as `.gz`:
  train-images-idx3-ubyte  train-labels-idx1-ubyte  t10k-images-idx3-ubyte  t10k-labels-idx1-ubyte
MNIST: https://yann.lecun.org/exdb/mnist, for instance from the mirror
  https://ossci-datasets.s3.amazonaws.com/mnist/train-images-idx3-ubyte.gz (and so on for the other three)
Fashion-MNIST: https://github.com/zalandoresearch/fashion-mnist#get-the-data";

/// The pictures of one part, and what they show.
fn samples(folder: &Path, part: &str) -> Result<(Vec<LeNetInput>, Vec<u8>), Box<dyn Error>> {
    let pictures = read(folder, &format!("{part}-images-idx3-ubyte"))?.samples()?;
    let labels = read(folder, &format!("{part}-labels-idx1-ubyte"))?.labels()?;
    Ok((pictures, labels))
}

fn read(folder: &Path, name: &str) -> Result<Numbers, Box<dyn Error>> {
    let (plain, packed) = (folder.join(name), folder.join(format!("{name}.gz")));
    match [plain, packed].into_iter().find(|path| path.exists()) {
        Some(path) => Ok(idx::read(path)?),
        None => Err(format!("neither `{name}` nor `{name}.gz` in `{}`\n{HELP}", folder.display()).into()),
    }
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
    Ok((folder.ok_or_else(|| format!("where are the IDX files?\n{USAGE}\n{}", HELP))?, epochs))
}
