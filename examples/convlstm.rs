//! What comes next: two ConvLSTM layers see four pictures of moving dots, and draw the fifth.
//!
//! ```text
//! cargo run --release --example convlstm                                # half a minute; draws convlstm.svg
//! cargo run --release --example convlstm -- --seed 7 --plot next.svg
//! ```
//!
//! The dots bounce off the walls, so the last picture alone says nothing of where they go. The state of each layer is a picture,
//! and its products are convolutions, so what is learned at one place holds at all of them. At the end the network goes on by itself:
//! what it has drawn is the next thing that it sees.
//!
//! Shi et al.: [Convolutional LSTM Network](https://arxiv.org/abs/1506.04214), 2015.

mod common;
#[path = "common/tiles.rs"]
mod tiles;

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use nn::prelude::*;
use rand::{Rng, RngExt};

nn::network! {
    /// How likely each pixel of the next picture is bright.
    pub struct Next = Input<SEEN, SIDE, SIDE, 1>
        => ConvLSTM2D<12, 3, padding = same, return_sequences = true>
        => ConvLSTM2D<12, 3, padding = same>
        => Conv2D<1, 3, padding = same, activation = sigmoid>;
}

/// Pictures that the network sees, and those that it draws by itself in the end.
const SEEN: usize = 4;
const DRAWN: usize = 4;
const SIDE: usize = 16;

type Picture = NextOutput;

fn main() -> ExitCode {
    common::finish(run())
}

fn run() -> Result<(), Box<dyn Error>> {
    let (seed, plot) = arguments()?;
    let mut rng = nn::rng(seed);
    println!("{}", Next::summary());
    let (x, y): (Vec<_>, Vec<_>) = (0..700).map(|_| sample(&film(&mut rng))).unzip();
    let films: Vec<Vec<Picture>> = (0..100).map(|_| film(&mut rng)).collect();

    let mut model = Next::new(&mut rng).compile(Adam::new(5e-3), BinaryCrossentropy::default(), ());
    model.fit(&x, &y, Fit { epochs: 16, batch_size: 32, validation_split: 0.1, seed: Some(seed), ..Fit::default() })?;

    let seen: Vec<NextInput> = films.iter().map(|film| sample(film).0).collect();
    let drawn = model.predict(&seen);
    let apart = |of: &dyn Fn(usize) -> Picture| {
        let squares = films.iter().enumerate().map(|(index, film)| distance(&of(index), &film[SEEN]));
        squares.sum::<f32>() / films.len() as f32
    };
    let (ours, still) = (apart(&|index| drawn[index]), apart(&|index| films[index][SEEN - 1]));
    println!("\nmean squared error of the next picture: {ours:.4}; of the last one shown again {still:.4}");

    let rows: Vec<Vec<tiles::Tile>> = films[..3].iter().flat_map(|film| rows(model.network(), film)).collect();
    let titles = ["1", "2", "3", "4", "next", "after", "after", "after"];
    std::fs::write(&plot, tiles::svg(&titles, &rows))?;
    println!("{}: films, and below each what the network goes on with after four pictures", plot.display());
    if ours > still / 3.0 {
        return Err("the network has not learned to move the dots: try another seed".into());
    }
    Ok(())
}

/// Two dots that move and bounce.
fn film(rng: &mut impl Rng) -> Vec<Picture> {
    let most = SIDE as f32 - 1.5;
    let mut dots: [[f32; 4]; 2] = std::array::from_fn(|_| {
        let [row, column] = std::array::from_fn(|_| rng.random_range(2.0..most));
        let mut speed = || if rng.random_bool(0.5) { 1.0 } else { -1.0 } * rng.random_range(0.6..1.6_f32);
        [row, column, speed(), speed()]
    });
    let mut pictures = Vec::new();
    for _ in 0..SEEN + DRAWN {
        let mut picture = Picture::zeros();
        for [row, column, down, right] in &mut dots {
            for (y, line) in picture.0.iter_mut().enumerate() {
                for (x, pixel) in line.iter_mut().enumerate() {
                    let far = (y as f32 - *row).hypot(x as f32 - *column);
                    pixel[0] = f32::max(pixel[0], (2.2 - far).clamp(0.0, 1.0));
                }
            }
            for (place, speed) in [(row, down), (column, right)] {
                *place += *speed;
                if *place < 1.0 || *place > most {
                    *speed = -*speed;
                    *place = place.clamp(1.0, most);
                }
            }
        }
        pictures.push(picture);
    }
    pictures
}

/// What is seen of a film, and what comes next.
fn sample(film: &[Picture]) -> (NextInput, Picture) {
    let mut seen = NextInput::zeros();
    for (seen, picture) in seen.0.iter_mut().zip(film) {
        *seen = picture.0;
    }
    (seen, film[SEEN])
}

fn distance(a: &Picture, b: &Picture) -> f32 {
    let squares = a.0.iter().flatten().flatten().zip(b.0.iter().flatten().flatten()).map(|(a, b)| (a - b) * (a - b));
    squares.sum::<f32>() / (SIDE * SIDE) as f32
}

/// A film, and what becomes of it where the network draws all that comes after the pictures that it has seen.
fn rows(net: &Next, film: &[Picture]) -> [Vec<tiles::Tile>; 2] {
    let mut own: Vec<Picture> = film[..SEEN].to_vec();
    for step in 0..DRAWN {
        let mut seen = NextInput::zeros();
        for (seen, picture) in seen.0.iter_mut().zip(&own[step..]) {
            *seen = picture.0;
        }
        own.extend(net.predict(&[seen]));
    }
    let tile = |picture: &Picture| tiles::grey(picture.0.iter().map(|line| line.iter().flatten()));
    [film.iter().map(tile).collect(), own.iter().map(tile).collect()]
}

/// `--seed 7 --plot next.svg`.
fn arguments() -> Result<(u64, PathBuf), Box<dyn Error>> {
    let (mut seed, mut plot) = (1, PathBuf::from("convlstm.svg"));
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match (argument.as_str(), arguments.next()) {
            ("--seed", Some(number)) => seed = number.parse()?,
            ("--plot", Some(path)) => plot = path.into(),
            _ => return Err("usage: convlstm [--seed NUMBER] [--plot FILE.svg]".into()),
        }
    }
    Ok((seed, plot))
}
