//! A network for tables: from twenty numbers to the probability of yes.
//!
//! ```text
//! cargo run --release --example mlp
//! ```
//!
//! The network of the Keras guides: two hidden layers of 64 with dropout, a sigmoid, RMSprop, 20 epochs in batches of 128. Its
//! data is made up, by a rule that the network has to find: yes if the first half of a row outweighs the second, in
//! squares. It shows binary targets, the history of a training, `evaluate`, and a single prediction.

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
    let history =
        model.fit(&x_train, &y_train, Fit { epochs: 20, batch_size: 128, validation_split: 0.1, ..Fit::default() })?;
    println!("\n{history}\n");

    let score = model.evaluate(&x_test, &y_test, Evaluate { verbose: 0, ..Evaluate::default() })?;
    println!("test: {score}");
    let probabilities = model.predict(&x_test[..1]);
    println!("the first row is {}, with probability {:.3}", y_test[0], probabilities[0][0]);
    Ok(())
}

/// Random rows, and whether the squares of the first ten numbers sum to more than those of the other ten.
fn rows(count: usize, rng: &mut impl Rng) -> (Vec<TabularInput>, Vec<bool>) {
    let row = |_| TabularInput::from(std::array::from_fn(|_| rng.random_range(-1.0..1.0)));
    let rows: Vec<TabularInput> = (0..count).map(row).collect();
    let squares = |numbers: &[f32]| numbers.iter().map(|number| number * number).sum::<f32>();
    let answers = rows.iter().map(|row| squares(&row.0[..10]) > squares(&row.0[10..])).collect();
    (rows, answers)
}
