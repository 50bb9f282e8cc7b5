//! Two inputs and two outputs: from a headline and five side features to how often it will be shared.
//!
//! ```text
//! cargo run --release --example headline
//! ```
//!
//! The network of the Keras guide to the functional API: the main output sees the headline and the side features, an
//! auxiliary one the headline alone, so that the recurrent layer learns from near by too. The data is made up by a rule: a headline is
//! shared if it has the word 7 or the word 11 in it, unless the side features say that it is night. It shows named inputs and
//! outputs, a loss for each with its weight, and metrics by output.

mod common;

use std::error::Error;
use std::process::ExitCode;

use nn::prelude::*;
use rand::{Rng, RngExt};

nn::network! {
    /// Predicts shares from a headline and five side features.
    pub struct Headline(headline: Input<20, dtype = u32>, extra: Input<5>) -> (main, aux) {
        let encoded = headline => Embedding<100, 32> => LSTM<32>;
        let aux = encoded => Dense<1, activation = sigmoid>;
        let main = Concatenate(encoded, extra)
            => [Dense<64, activation = relu>; 3]
            => Dense<1, activation = sigmoid>;
    }
}

fn main() -> ExitCode {
    common::finish(run())
}

fn run() -> Result<(), Box<dyn Error>> {
    let mut rng = nn::rng(1);
    let (x_train, y_train) = news(6_000, &mut rng);
    let (x_test, y_test) = news(1_000, &mut rng);
    println!("{}", Headline::summary());

    let losses = (BinaryCrossentropy::default(), BinaryCrossentropy::default());
    let metrics = (metrics::accuracy(), metrics::accuracy());
    let model = Headline::new(&mut rng).compile(Adam::new(2e-3), losses, metrics);
    let mut model = model.loss_weights([("main", 1.0), ("aux", 0.2)])?;
    model.fit(&x_train, &y_train, Fit { epochs: 10, batch_size: 64, ..Fit::default() })?;
    let score = model.evaluate(&x_test, &y_test, Evaluate { verbose: 0, ..Evaluate::default() })?;
    println!("\ntest: {score}\n");

    let mut sample = x_test[0];
    for night in [0.0, 1.0] {
        sample.extra[0] = night;
        sample.headline[3] = 7;
        let HeadlineOutput { main, aux } = model.predict(&[sample])?[0];
        let when = if night == 1.0 { "by night" } else { "by day" };
        println!("{when}: main {:.2}, from the headline alone {:.2}", main[0], aux[0]);
    }
    Ok(())
}

/// Headlines with their side features, and for both outputs whether they are shared.
fn news(count: usize, rng: &mut impl Rng) -> (Vec<HeadlineInput>, Vec<(bool, bool)>) {
    let mut one = || {
        let mut headline: [u32; 20] = std::array::from_fn(|_| rng.random_range(12..100));
        let wanted = rng.random_bool(0.6);
        if wanted {
            headline[rng.random_range(0..20)] = if rng.random_bool(0.5) { 7 } else { 11 };
        }
        let night = rng.random_bool(0.4);
        let mut extra: [f32; 5] = std::array::from_fn(|_| rng.random_range(-1.0..1.0));
        extra[0] = f32::from(u8::from(night));
        let shared = wanted && !night;
        (HeadlineInput { headline: headline.into(), extra: extra.into() }, (shared, shared))
    };
    (0..count).map(|_| one()).unzip()
}
