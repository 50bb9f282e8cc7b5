//! The digits: 1,797 pictures with what they show, in the program itself.

use std::error::Error;

use crate::DigitsInput;

/// One picture a row: 64 pixels from 0 to 16, then the digit.
const CSV: &str = include_str!("../data/optdigits.csv");

/// The first rows are for training, the others for the test.
const TRAIN: usize = 1437;

/// Pictures, and the digit that each of them shows.
#[derive(Default)]
pub struct Samples {
    pub pictures: Vec<DigitsInput>,
    pub digits: Vec<u8>,
}

/// The samples for training and those for the test.
pub fn load() -> Result<(Samples, Samples), Box<dyn Error>> {
    let (mut train, mut test) = (Samples::default(), Samples::default());
    for (index, row) in CSV.lines().skip(1).enumerate() {
        let (picture, digit) = parse(row).ok_or_else(|| format!("row {} is not 64 pixels and a digit", index + 2))?;
        let part = if index < TRAIN { &mut train } else { &mut test };
        part.pictures.push(picture);
        part.digits.push(digit);
    }
    Ok((train, test))
}

/// A row: its pixels, scaled to 0–1, and its digit.
fn parse(row: &str) -> Option<(DigitsInput, u8)> {
    let (pixels, digit) = row.rsplit_once(',')?;
    let pixels: Vec<f32> =
        pixels.split(',').map(|pixel| Some(pixel.parse::<f32>().ok()? / 16.0)).collect::<Option<_>>()?;
    let pixels: [f32; 64] = pixels.try_into().ok()?;
    let picture = std::array::from_fn(|row| std::array::from_fn(|column| [pixels[row * 8 + column]]));
    Some((DigitsInput::from(picture), digit.parse().ok().filter(|digit| *digit < 10)?))
}
