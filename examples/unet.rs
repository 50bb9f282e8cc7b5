//! Which pixels of a noisy picture belong to a disc, and which to a square: a U-Net.
//!
//! ```text
//! cargo run --release --example unet                                # half a minute; draws unet.svg
//! cargo run --release --example unet -- --seed 7 --plot seen.svg
//! ```
//!
//! Both forms have the same shades, and lie on each other, so that a pixel alone says nothing: the network has to see the form.
//! On the way down pictures become smaller and say more; on the way up `Conv2DTranspose` makes them large again, and at each size the
//! picture of the way down joins, which still knows where edges are.
//!
//! Ronneberger, Fischer, Brox: [U-Net](https://arxiv.org/abs/1505.04597), 2015.

mod common;
#[path = "common/tiles.rs"]
mod tiles;

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use nn::prelude::*;
use rand::{Rng, RngExt};

nn::network! {
    /// For each pixel the logits of background, disc and square.
    pub struct UNet(image: Input<SIDE, SIDE, 1>) -> classes {
        block twice<const F: usize>(x) -> y {
            let y = x => [Conv2D<F, 3, padding = same, activation = relu>; 2];
        }
        let large = image => twice<8>;
        let middle = large => MaxPool2D<2> => twice<16>;
        let small = middle => MaxPool2D<2> => twice<32> => Conv2DTranspose<16, 2, strides = 2>;
        let up = Concatenate(middle, small) => twice<16> => Conv2DTranspose<8, 2, strides = 2>;
        let classes = Concatenate(large, up) => twice<8> => Conv2D<CLASSES, 1>;
    }
}

const SIDE: usize = 32;
const CLASSES: usize = 3;
/// What is drawn for each class.
const COLOURS: [[u8; 3]; CLASSES] = [[240, 240, 240], [213, 94, 0], [0, 114, 178]];
const NAMES: [&str; CLASSES] = ["background", "disc", "square"];

type Picture = UNetInput;
type Classes = Tensor2<SIDE, SIDE, u8>;

fn main() -> ExitCode {
    common::finish(run())
}

fn run() -> Result<(), Box<dyn Error>> {
    let (seed, plot) = arguments()?;
    let mut rng = nn::rng(seed);
    println!("{}", UNet::summary());
    let (x, y) = pictures(1_200, &mut rng);
    let (x_test, y_test) = pictures(200, &mut rng);

    let loss = SparseCategoricalCrossentropy::from_logits();
    let mut model = UNet::new(&mut rng).compile(Adam::new(3e-3), loss, metrics::accuracy());
    let before = overlaps(&y_test, &model.predict(&x_test));
    model.fit(&x, &y, Fit { epochs: 30, batch_size: 32, validation_split: 0.1, seed: Some(seed), ..Fit::default() })?;
    let seen = model.predict(&x_test);

    let after = overlaps(&y_test, &seen);
    println!("\n{:<12}{:>24}{:>24}", "", "overlap before training", "after");
    for ((name, before), after) in NAMES.iter().zip(before).zip(after) {
        println!("{name:<12}{before:>24.3}{after:>24.3}");
    }
    let row = |index: usize| vec![grey(&x_test[index]), coloured(&y_test[index]), coloured(&choices(&seen[index]))];
    let rows: Vec<_> = (0..6).map(row).collect();
    std::fs::write(&plot, tiles::svg(&["picture", "truth", "U-Net"], &rows))?;
    println!("\n{}: pictures of the test, what they show, and what the network sees", plot.display());
    if after.iter().any(|overlap| *overlap < 0.7) {
        return Err("the network has not learned the forms: try another seed".into());
    }
    Ok(())
}

/// Two or three forms on a slope of light, with noise.
fn pictures(count: usize, rng: &mut impl Rng) -> (Vec<Picture>, Vec<Classes>) {
    (0..count).map(|_| picture(rng)).unzip()
}

fn picture(rng: &mut impl Rng) -> (Picture, Classes) {
    let (mut x, mut y) = (Picture::zeros(), Classes::zeros());
    let (left, slope) = (rng.random_range(0.1..0.4_f32), rng.random_range(-0.2..0.2_f32));
    for row in 0..SIDE {
        for column in 0..SIDE {
            x[row][column][0] = left + slope * (row + column) as f32 / (2 * SIDE) as f32;
        }
    }
    for _ in 0..rng.random_range(2..4) {
        let class = rng.random_range(1..CLASSES as u8);
        let radius = rng.random_range(4.0..8.0_f32);
        let shade = rng.random_range(0.5..1.0_f32);
        let [middle_row, middle_column] = std::array::from_fn(|_| rng.random_range(4.0..SIDE as f32 - 4.0));
        for row in 0..SIDE {
            for column in 0..SIDE {
                let (down, across) = (row as f32 - middle_row, column as f32 - middle_column);
                let is_in = match class {
                    1 => down.hypot(across) <= radius,
                    _ => down.abs().max(across.abs()) <= radius * 0.886,
                };
                if is_in {
                    (x[row][column][0], y[row][column]) = (shade, class);
                }
            }
        }
    }
    x.0.iter_mut().flatten().flatten().for_each(|pixel| *pixel += rng.random_range(-0.15..0.15));
    (x, y)
}

/// The likeliest class of each pixel.
fn choices(logits: &UNetOutput) -> Classes {
    let mut classes = Classes::zeros();
    for (row, logits) in classes.0.iter_mut().zip(&logits.0) {
        for (class, logits) in row.iter_mut().zip(logits) {
            *class = (0..CLASSES).max_by(|a, b| logits[*a].total_cmp(&logits[*b])).unwrap_or(0) as u8;
        }
    }
    classes
}

/// Intersection over union of each class.
fn overlaps(truth: &[Classes], seen: &[UNetOutput]) -> [f64; CLASSES] {
    let (mut both, mut either) = ([0_usize; CLASSES], [0_usize; CLASSES]);
    for (truth, seen) in truth.iter().zip(seen) {
        let seen = choices(seen);
        for (truth, seen) in truth.0.iter().flatten().zip(seen.0.iter().flatten()) {
            either[*truth as usize] += 1;
            match truth == seen {
                true => both[*truth as usize] += 1,
                false => either[*seen as usize] += 1,
            }
        }
    }
    std::array::from_fn(|class| both[class] as f64 / either[class].max(1) as f64)
}

fn grey(picture: &Picture) -> tiles::Tile {
    tiles::grey(picture.0.iter().map(|row| row.iter().flatten()))
}

fn coloured(classes: &Classes) -> tiles::Tile {
    classes.0.iter().map(|row| row.iter().map(|class| COLOURS[*class as usize]).collect()).collect()
}

/// `--seed 7 --plot seen.svg`.
fn arguments() -> Result<(u64, PathBuf), Box<dyn Error>> {
    let (mut seed, mut plot) = (1, PathBuf::from("unet.svg"));
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match (argument.as_str(), arguments.next()) {
            ("--seed", Some(number)) => seed = number.parse()?,
            ("--plot", Some(path)) => plot = path.into(),
            _ => return Err("usage: unet [--seed NUMBER] [--plot FILE.svg]".into()),
        }
    }
    Ok((seed, plot))
}
