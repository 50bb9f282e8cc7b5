//! Learns to write from a text, character by character, and writes.
//!
//! ```text
//! cargo run --release --example char_rnn                 # learns from this project's own guide
//! cargo run --release --example char_rnn -- book.txt     # or from a text of your own
//! ```
//!
//! It is trained on whole sequences and writes with `step`: one character at a time, without allocation, from a state that is a
//! plain value. That is what `#[stream]` is for.

mod common;

use std::error::Error;
use std::process::ExitCode;

use nn::prelude::*;
use rand::{Rng, RngExt};

/// Characters of a sequence in training.
const STEPS: usize = 64;
/// The characters: those of ASCII.
const CHARACTERS: usize = 128;

nn::network! {
    /// From characters to a score for each next one.
    #[stream]
    pub struct Writer = Input<STEPS, dtype = u8>
        => Embedding<CHARACTERS, 24>
        => GRU<128, return_sequences = true>
        => Dense<CHARACTERS>;
}

const GUIDE: &str = include_str!("../README.md");

fn main() -> ExitCode {
    common::finish(run())
}

fn run() -> Result<(), Box<dyn Error>> {
    let text = match std::env::args().nth(1) {
        Some(path) => std::fs::read_to_string(&path).map_err(|error| format!("`{path}`: {error}"))?,
        None => GUIDE.to_string(),
    };
    let characters: Vec<u8> = text.chars().map(|letter| if letter.is_ascii() { letter as u8 } else { b'?' }).collect();
    if characters.len() <= STEPS {
        return Err(format!("the text needs more than {STEPS} characters, but has {}", characters.len()).into());
    }
    let windows = characters.windows(STEPS + 1).step_by(7);
    let part = |window: &[u8], first: usize| WriterInput::from(std::array::from_fn(|step| window[first + step]));
    let (x, y): (Vec<WriterInput>, Vec<WriterInput>) = windows.map(|window| (part(window, 0), part(window, 1))).unzip();
    println!("{}\n{} characters, {} sequences\n", Writer::summary(), characters.len(), x.len());

    let mut rng = nn::rng(1);
    let loss = SparseCategoricalCrossentropy::from_logits();
    let mut model =
        Writer::new(&mut rng).compile(Adam { clipnorm: Some(1.0), ..Adam::new(3e-3) }, loss, metrics::accuracy());
    model.fit(&x, &y, Fit { epochs: 20, batch_size: 32, ..Fit::default() })?;

    println!("\n{}", write(model.network(), "The ", 300, &mut rng));
    Ok(())
}

/// Goes on with a beginning.
fn write(net: &Writer, beginning: &str, count: usize, rng: &mut impl Rng) -> String {
    let (mut state, mut text) = (WriterState::new(), beginning.to_string());
    let mut scores = WriterStepOutput::default();
    for letter in beginning.bytes() {
        scores = net.step(&[letter.min(127)].into(), &mut state);
    }
    for _ in 0..count {
        let next = draw(&scores.0, 0.6, rng);
        text.push(char::from(next));
        scores = net.step(&[next].into(), &mut state);
    }
    text
}

/// A character by its score: the lower the temperature, the more often the best one.
fn draw(scores: &[f32; CHARACTERS], temperature: f32, rng: &mut impl Rng) -> u8 {
    let best = scores.iter().copied().fold(f32::MIN, f32::max);
    let weights: Vec<f32> = scores.iter().map(|score| ((score - best) / temperature).exp()).collect();
    let mut left = rng.random_range(0.0..1.0) * weights.iter().sum::<f32>();
    for (letter, weight) in (0u8..).zip(weights) {
        left -= weight;
        if left <= 0.0 {
            return letter;
        }
    }
    b' '
}
