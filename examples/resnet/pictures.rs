//! Colour pictures: those of CIFAR-10, or stripes.

use std::error::Error;
use std::path::{Path, PathBuf};

use nn::Tensor;
use nn::data::cifar::{self, Kind};
use rand::{Rng, RngExt};

use crate::ResNetInput;

/// Pictures with what they show.
#[derive(Default)]
pub struct Samples {
    pub pictures: Vec<ResNetInput>,
    pub classes: Vec<u8>,
}

/// The training and the test pictures of CIFAR-10, scaled to -1–1.
pub fn cifar(folder: &Path) -> Result<(Samples, Samples), Box<dyn Error>> {
    let batches: Vec<_> = (1..=5).map(|batch| folder.join(format!("data_batch_{batch}.bin"))).collect();
    Ok((read(&batches)?, read(&[folder.join("test_batch.bin")])?))
}

fn read(paths: &[PathBuf]) -> Result<Samples, Box<dyn Error>> {
    let found = cifar::read(Kind::Cifar10, paths).map_err(|error| {
        let help = "the folder has to hold `data_batch_1.bin` to `data_batch_5.bin` and `test_batch.bin`";
        format!("{error}\n{help}: the binary version of CIFAR-10, unpacked")
    })?;
    let mut pictures: Vec<ResNetInput> = found.pictures.samples()?;
    let pixels = pictures.iter_mut().flat_map(|picture| picture.as_flat_mut());
    pixels.for_each(|pixel| *pixel = *pixel / 127.5 - 1.0);
    Ok(Samples { pictures, classes: found.labels })
}

/// Stripes for training and for the test.
pub fn stripes(train: usize, test: usize) -> (Samples, Samples) {
    let mut rng = nn::rng(7);
    let mut some = |count: usize| {
        let classes: Vec<u8> = (0..count).map(|index| (index % 10) as u8).collect();
        let pictures = classes.iter().map(|class| stripe(*class, &mut rng)).collect();
        Samples { pictures, classes }
    };
    (some(train), some(test))
}

/// Five directions in two widths, each with a colour of its own, somewhere and under noise.
fn stripe(class: u8, rng: &mut impl Rng) -> ResNetInput {
    let (angle, width) = (f32::from(class % 5) * 0.63, if class < 5 { 0.6 } else { 1.1 });
    let (start, noise) = (rng.random_range(0.0..6.3_f32), 0.6);
    let wave =
        |row: usize, column: usize| ((row as f32 * angle.cos() + column as f32 * angle.sin()) * width + start).sin();
    let mut pixel = |row: usize, column: usize, color: usize| {
        let tint = if usize::from(class) % 3 == color { 1.0 } else { 0.5 };
        wave(row, column) * tint + noise * rng.random_range(-1.0..1.0)
    };
    picture(&mut pixel)
}

fn picture(mut pixel: impl FnMut(usize, usize, usize) -> f32) -> ResNetInput {
    std::array::from_fn(|row| std::array::from_fn(|column| std::array::from_fn(|color| pixel(row, column, color))))
        .into()
}
