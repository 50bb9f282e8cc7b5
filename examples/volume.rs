//! Which solid is in a noisy volume: a small network of three-dimensional convolutions.
//!
//! ```text
//! cargo run --release --example volume               # some seconds
//! cargo run --release --example volume -- --seed 7
//! ```
//!
//! A ball, a shell, a cube and a rod, anywhere in 12×12×12 cells, as a scanner would see them. Ball and shell look the same from
//! outside, and a slice of the rod is a disc: it takes all three axes to tell them.

mod common;

use std::error::Error;
use std::process::ExitCode;

use nn::prelude::*;
use rand::{Rng, RngExt};

nn::network! {
    /// The logits of the four solids.
    pub struct Solids = Input<SIDE, SIDE, SIDE, 1>
        => Conv3D<8, 3, activation = relu>
        => MaxPool3D<2>
        => Conv3D<16, 3, activation = relu>
        => Flatten
        => Dense<32, activation = relu>
        => Dense<4>;
}

const SIDE: usize = 12;
const NAMES: [&str; 4] = ["ball", "shell", "cube", "rod"];

fn main() -> ExitCode {
    common::finish(run())
}

fn run() -> Result<(), Box<dyn Error>> {
    let seed = seed()?;
    let mut rng = nn::rng(seed);
    println!("{}", Solids::summary());
    let (x, y) = volumes(2_000, &mut rng);
    let (x_test, y_test) = volumes(400, &mut rng);
    println!("the middle slices of the first volumes:\n{}", slices(&x_test, &y_test));

    let loss = SparseCategoricalCrossentropy::from_logits();
    let mut model = Solids::new(&mut rng).compile(Adam::new(2e-3), loss, metrics::accuracy());
    model.fit(&x, &y, Fit { epochs: 12, validation_split: 0.1, seed: Some(seed), ..Fit::default() })?;

    let chosen: Vec<usize> = model.predict(&x_test).iter().map(|logits| logits.argmax()).collect();
    println!("\n{:<12}{}", "is, taken for", NAMES.map(|name| format!("{name:>8}")).concat());
    let mut right = 0;
    for (is, name) in NAMES.iter().enumerate() {
        let of = |taken: usize| y_test.iter().zip(&chosen).filter(|(y, c)| **y as usize == is && **c == taken).count();
        right += of(is);
        println!("{name:<13}{}", [0, 1, 2, 3].map(|taken| format!("{:>8}", of(taken))).concat());
    }
    let share = 100.0 * right as f64 / y_test.len() as f64;
    println!("\n{share:.1} % of the test are right; by chance it would be 25 %");
    if share < 85.0 {
        return Err("the network has not learned the solids: try another seed".into());
    }
    Ok(())
}

fn volumes(count: usize, rng: &mut impl Rng) -> (Vec<SolidsInput>, Vec<u8>) {
    (0..count).map(|_| volume(rng)).unzip()
}

/// One solid, and noise.
fn volume(rng: &mut impl Rng) -> (SolidsInput, u8) {
    let kind = rng.random_range(0..4_u8);
    let radius = rng.random_range(2.2..4.0_f32);
    let middle: [f32; 3] = std::array::from_fn(|_| rng.random_range(4.0..7.0));
    let along = rng.random_range(0..3_usize);
    let mut x = SolidsInput::zeros();
    for (z, plane) in x.0.iter_mut().enumerate() {
        for (y, line) in plane.iter_mut().enumerate() {
            for (x, cell) in line.iter_mut().enumerate() {
                let from = [z, y, x];
                let far: [f32; 3] = std::array::from_fn(|axis| (from[axis] as f32 - middle[axis]).abs());
                let length = far.iter().map(|far| far * far).sum::<f32>().sqrt();
                let across = (0..3).filter(|axis| *axis != along).map(|axis| far[axis] * far[axis]).sum::<f32>().sqrt();
                let is_in = match kind {
                    0 => length <= radius,
                    1 => length <= radius && length > radius - 1.2,
                    2 => far.iter().all(|far| *far <= radius * 0.8),
                    _ => across <= radius * 0.5 && far[along] <= radius * 1.4,
                };
                cell[0] = f32::from(u8::from(is_in)) + rng.random_range(-0.4..0.4);
            }
        }
    }
    (x, kind)
}

/// Some volumes, cut through the middle.
fn slices(x: &[SolidsInput], y: &[u8]) -> String {
    let shown = 5.min(x.len());
    let shade = |cell: &[f32; 1]| [' ', ' ', '.', ':', 'o', 'O', '@'][((cell[0] + 0.4).clamp(0.0, 1.7) * 4.0) as usize];
    let mut text: String = y[..shown].iter().map(|y| format!("{:<16}", NAMES[*y as usize])).collect();
    for row in 0..SIDE {
        text.push('\n');
        for volume in &x[..shown] {
            text.extend(volume[SIDE / 2][row].iter().map(shade));
            text.push_str("    ");
        }
    }
    text
}

/// `--seed 7`.
fn seed() -> Result<u64, Box<dyn Error>> {
    match std::env::args().skip(1).collect::<Vec<_>>().as_slice() {
        [] => Ok(1),
        [option, seed] if option == "--seed" => Ok(seed.parse()?),
        _ => Err("usage: volume [--seed NUMBER]".into()),
    }
}
