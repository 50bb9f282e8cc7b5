//! More data: each picture moved, turned and scaled a little, as another hand might have written it.

use rand::{Rng, RngExt};

use crate::DigitsInput;
use crate::data::Samples;

/// At most so many pixels to each side.
const SHIFT: f32 = 0.7;
/// At most so far to the left and to the right, in radians.
const TURN: f32 = 0.17;
/// At most so much larger or smaller.
const SCALE: f32 = 0.1;

/// The samples themselves, then `copies` distorted ones of each.
pub fn with_copies(samples: &Samples, copies: usize, rng: &mut impl Rng) -> Samples {
    let mut all = Samples { pictures: samples.pictures.clone(), digits: samples.digits.clone() };
    for _ in 0..copies {
        all.pictures.extend(samples.pictures.iter().map(|picture| distorted(picture, rng)));
        all.digits.extend(&samples.digits);
    }
    all
}

/// Each new pixel is read where it was before it moved, between the four pixels around that point.
fn distorted(picture: &DigitsInput, rng: &mut impl Rng) -> DigitsInput {
    let mut random = |most: f32| rng.random_range(-most..=most);
    let (down, right) = (random(SHIFT), random(SHIFT));
    let (sin, cos) = random(TURN).sin_cos();
    let scale = 1.0 + random(SCALE);
    let mut result = DigitsInput::zeros();
    for row in 0..8 {
        for column in 0..8 {
            let (y, x) = (row as f32 - 3.5, column as f32 - 3.5);
            let (old_y, old_x) = (scale * (cos * y - sin * x) + down, scale * (sin * y + cos * x) + right);
            result[row][column][0] = between(picture, old_y + 3.5, old_x + 3.5);
        }
    }
    result
}

/// The value between four pixels, weighted by distance.
fn between(picture: &DigitsInput, y: f32, x: f32) -> f32 {
    let (top, left) = (y.floor(), x.floor());
    let (dy, dx) = (y - top, x - left);
    let upper = (1.0 - dx) * pixel(picture, top, left) + dx * pixel(picture, top, left + 1.0);
    let lower = (1.0 - dx) * pixel(picture, top + 1.0, left) + dx * pixel(picture, top + 1.0, left + 1.0);
    (1.0 - dy) * upper + dy * lower
}

/// A pixel; around the picture all is empty.
fn pixel(picture: &DigitsInput, row: f32, column: f32) -> f32 {
    let inside = 0.0..8.0;
    if inside.contains(&row) && inside.contains(&column) { picture[row as usize][column as usize][0] } else { 0.0 }
}
