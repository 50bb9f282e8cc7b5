//! Colour pictures: those of CIFAR-10, or stripes.

use std::error::Error;
use std::path::Path;

use rand::{Rng, RngExt};

use crate::ResNetInput;

/// Pictures with what they show.
#[derive(Default)]
pub struct Samples {
    pub pictures: Vec<ResNetInput>,
    pub classes: Vec<u8>,
}

const SIDE: usize = 32;
/// A record of CIFAR-10: the class, then all red, all green and all blue pixels.
const RECORD: usize = 1 + 3 * SIDE * SIDE;

/// The training and the test pictures of CIFAR-10.
pub fn cifar(folder: &Path) -> Result<(Samples, Samples), Box<dyn Error>> {
    let mut train = Samples::default();
    for batch in 1..=5 {
        read(&folder.join(format!("data_batch_{batch}.bin")), &mut train)?;
    }
    let mut test = Samples::default();
    read(&folder.join("test_batch.bin"), &mut test)?;
    Ok((train, test))
}

fn read(path: &Path, samples: &mut Samples) -> Result<(), Box<dyn Error>> {
    let bytes = std::fs::read(path).map_err(|error| {
        let help = "the folder has to hold `data_batch_1.bin` to `data_batch_5.bin` and `test_batch.bin`";
        format!("`{}`: {error}\n{help}: the binary version of CIFAR-10, unpacked", path.display())
    })?;
    let wrong = |what: String| format!("`{}` is no batch of CIFAR-10: {what}", path.display());
    if bytes.is_empty() || !bytes.len().is_multiple_of(RECORD) {
        return Err(wrong(format!("{} bytes are not a number of records of {RECORD}", bytes.len())).into());
    }
    for record in bytes.chunks_exact(RECORD) {
        let (class, pixels) = (record[0], &record[1..]);
        if class > 9 {
            return Err(wrong(format!("a picture of class {class}, where 0 to 9 are expected")).into());
        }
        let pixel = |row: usize, column: usize, color: usize| {
            f32::from(pixels[color * SIDE * SIDE + row * SIDE + column]) / 127.5 - 1.0
        };
        samples.pictures.push(picture(pixel));
        samples.classes.push(class);
    }
    Ok(())
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
