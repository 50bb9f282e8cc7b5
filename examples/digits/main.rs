//! Trains a small convolutional network on real handwritten digits, 8×8 pixels each, and uses it.
//!
//! ```text
//! cargo run --release --example digits                       # under a minute on two cores
//! cargo run --release --example digits -- --seed 7           # other weights, order, dropout and changes of the pictures
//! cargo run --release --example digits -- --save net.safetensors
//! ```
//!
//! It shows the way from rows of numbers to a network at work: a network whose first layers move, turn and scale each picture anew while it
//! trains, as another hand might have written it, a schedule, the test accuracy with a confusion matrix, the time and the heap allocations of one inference, and the weights
//! saved and loaded again.

#[path = "../common/mod.rs"]
mod common;
mod confusion;
mod data;

use std::error::Error;
use std::f64::consts::PI;
use std::hint::black_box;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use data::Samples;
use nn::prelude::*;

nn::network! {
    /// From 8×8 grey pixels to a score for each of the ten digits.
    pub struct Digits = Input<8, 8, 1>
        => RandomTranslation<0.0875, 0.0875, fill_mode = constant>
        => RandomRotation<0.027, fill_mode = constant>
        => RandomZoom<0.1, fill_mode = constant>
        => conv1: Conv2D<32, 3, padding = same, use_bias = false> => norm1: BatchNorm => ReLU
        => conv2: Conv2D<32, 3, padding = same, use_bias = false> => norm2: BatchNorm => ReLU
        => MaxPool2D<2>
        => conv3: Conv2D<64, 3, padding = same, use_bias = false> => norm3: BatchNorm => ReLU
        => MaxPool2D<2>
        => Flatten
        => Dropout<0.5>
        => scores: Dense<10>;
}

/// How often each digit is shown to the training, never twice the same.
const EPOCHS: usize = 100;

fn main() -> ExitCode {
    common::finish(run())
}

fn run() -> Result<(), Box<dyn Error>> {
    let Options { seed, path } = Options::from_arguments()?;
    let (train, test) = data::load()?;
    let mut rng = nn::rng(seed);
    let net = Digits::new(&mut rng);
    println!("{}", Digits::summary());

    let start = Instant::now();
    let mut model = net.compile(Adam::new(1e-3), SparseCategoricalCrossentropy::from_logits(), metrics::accuracy());
    let mut cosine = LearningRateScheduler::new(|epoch, _| 0.5e-3 * (1.0 + (PI * epoch as f64 / EPOCHS as f64).cos()));
    model.fit(
        &train.pictures,
        &train.digits,
        Fit { epochs: EPOCHS, batch_size: 32, seed: Some(seed), callbacks: &mut [&mut cosine], ..Fit::default() },
    )?;
    println!("trained on {} pictures in {:.1} s\n", EPOCHS * train.digits.len(), start.elapsed().as_secs_f64());

    let net = model.into_network();
    let scores = net.predict(&test.pictures);
    let confusion = confusion::Matrix::new(&scores, &test.digits);
    println!("{confusion}");
    println!("test accuracy: {:.2} %", 100.0 * confusion.accuracy());
    measure(&net, &test);
    save_and_reload(&net, &test, &scores, &path)
}

/// The time of one inference on one core, the best of many rounds, and its heap allocations.
fn measure(net: &Digits, test: &Samples) {
    let mut workspace = DigitsWorkspace::new();
    let mut round = || {
        let start = Instant::now();
        for picture in &test.pictures {
            black_box(net.infer(black_box(picture), &mut workspace));
        }
        start.elapsed()
    };
    let mut best = Duration::MAX;
    let heap = allocation_counter::measure(|| best = (0..50).map(|_| round()).min().unwrap_or(best));
    let micros = best.as_secs_f64() * 1e6 / test.pictures.len() as f64;
    println!("inference: {micros:.2} µs per image");
    println!("heap allocations during inference: {}", heap.count_total);
}

/// The weights as a file and back: all scores have to be the same, to the last bit.
fn save_and_reload(
    net: &Digits,
    test: &Samples,
    scores: &[DigitsOutput],
    path: &PathBuf,
) -> Result<(), Box<dyn Error>> {
    net.save(path)?;
    let reloaded = Digits::load(path)?;
    if reloaded.predict(&test.pictures) != scores {
        return Err(format!("the network in `{}` is not the one that was saved", path.display()).into());
    }
    println!("saved to {}, loaded again: all {} predictions are the same", path.display(), scores.len());
    Ok(())
}

/// What the command line says.
struct Options {
    seed: u64,
    path: PathBuf,
}

impl Options {
    fn from_arguments() -> Result<Self, Box<dyn Error>> {
        let mut options = Self { seed: 42, path: std::env::temp_dir().join("digits.safetensors") };
        let mut arguments = std::env::args().skip(1);
        while let Some(name) = arguments.next() {
            let value = arguments.next().ok_or_else(|| format!("`{name}` needs a value"))?;
            match name.as_str() {
                "--seed" => options.seed = value.parse().map_err(|_| format!("`--seed {value}`: not a number"))?,
                "--save" => options.path = value.into(),
                _ => return Err(format!("unknown argument `{name}`; there are `--seed N` and `--save FILE`").into()),
            }
        }
        Ok(options)
    }
}
