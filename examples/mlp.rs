//! A network for tables: from twenty numbers to the probability of yes.
//!
//! ```text
//! cargo run --release --example mlp
//! ```
//!
//! The network of the Keras guides: two hidden layers of 64 with dropout, a sigmoid, RMSprop, 20 epochs in batches of 128. Its
//! data is made up, by a rule that the network has to find: a row says yes if its first three numbers are a point inside
//! of a ball; the others are noise. It shows binary targets, the history of a training, `evaluate`, and a single prediction.

mod common;

use std::error::Error;
use std::process::ExitCode;

use nn::prelude::*;
use rand::{Rng, RngExt};

nn::network! {
    /// Twenty features to a probability.
    pub struct Tabular = Input<20>
        => Dense<64, activation = relu> => Dropout<0.5>
        => Dense<64, activation = relu> => Dropout<0.5>
        => Dense<1, activation = sigmoid>;
}

fn main() -> ExitCode {
    common::finish(run())
}

fn run() -> Result<(), Box<dyn Error>> {
    let mut rng = nn::rng(1);
    let (x_train, y_train) = rows(8_000, &mut rng);
    let (x_test, y_test) = rows(1_000, &mut rng);
    println!("{}", Tabular::summary());

    let net = Tabular::new(&mut rng);
    let mut model = net.compile(RMSprop::new(1e-3), BinaryCrossentropy::default(), metrics::accuracy());
    let options = Fit { epochs: 20, batch_size: 128, validation_split: 0.1, verbose: 0, ..Fit::default() };
    let history = model.fit(&x_train, &y_train, options)?;
    println!("{history}\n");

    let score = model.evaluate(&x_test, &y_test, Evaluate { verbose: 0, ..Evaluate::default() })?;
    println!("test: {score}");
    let probabilities = model.predict(&x_test[..1]);
    println!("the first row is {}, with probability {:.3}", y_test[0], probabilities[0][0]);
    Ok(())
}

/// Random rows, and whether the first three numbers are a point inside of the unit ball, as about half of them are.
fn rows(count: usize, rng: &mut impl Rng) -> (Vec<TabularInput>, Vec<bool>) {
    let row = |_| TabularInput::from(std::array::from_fn(|_| rng.random_range(-1.0..1.0)));
    let rows: Vec<TabularInput> = (0..count).map(row).collect();
    let inside = |row: &TabularInput| row.0[..3].iter().map(|number| number * number).sum::<f32>() < 1.0;
    let answers = rows.iter().map(inside).collect();
    (rows, answers)
}
