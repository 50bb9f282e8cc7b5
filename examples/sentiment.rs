//! Tells friendly reviews from unfriendly ones, word by word, with a recurrent network of one's choice.
//!
//! ```text
//! cargo run --release --example sentiment            # two layers of LSTM
//! cargo run --release --example sentiment -- gru     # or rnn
//! ```
//!
//! The reviews are made up from a small grammar, in which a `not` turns what follows it and a `but` lets the second half
//! count, so that the words alone do not say it. It shows ids of words with padding and a mask, three networks that differ in one
//! layer, binary targets, and predictions for sentences of one's own.

mod common;

use std::error::Error;
use std::process::ExitCode;

use nn::prelude::*;
use nn::preprocessing::TextVectorization;
use nn::{BadSample, Tensor1};
use rand::{Rng, RngExt};

/// The most words of a review; shorter ones are filled up with the id 0, which stands for nothing.
const WORDS: usize = 16;
/// The ids: 0, that of unknown words, and one for each word.
const IDS: usize = 64;

nn::network! {
    /// With plain recurrent layers.
    pub struct WithRnn = Input<WORDS, dtype = u32>
        => Embedding<IDS, 16, mask_zero = true>
        => SimpleRNN<24, return_sequences = true> => SimpleRNN<24>
        => Dense<1, activation = sigmoid>;
}

nn::network! {
    /// With `LSTM`.
    pub struct WithLstm = Input<WORDS, dtype = u32>
        => Embedding<IDS, 16, mask_zero = true>
        => LSTM<24, return_sequences = true> => LSTM<24>
        => Dense<1, activation = sigmoid>;
}

nn::network! {
    /// With `GRU`.
    pub struct WithGru = Input<WORDS, dtype = u32>
        => Embedding<IDS, 16, mask_zero = true>
        => GRU<24, return_sequences = true> => GRU<24>
        => Dense<1, activation = sigmoid>;
}

fn main() -> ExitCode {
    common::finish(run())
}

fn run() -> Result<(), Box<dyn Error>> {
    let kind = std::env::args().nth(1).unwrap_or_else(|| "lstm".to_string());
    match kind.as_str() {
        "rnn" => train::<WithRnn>(),
        "lstm" => train::<WithLstm>(),
        "gru" => train::<WithGru>(),
        other => Err(format!("there is no layer `{other}` here: choose `rnn`, `lstm` or `gru`").into()),
    }
}

/// Trains one of the networks, tests it, and asks it about some sentences.
fn train<N>() -> Result<(), Box<dyn Error>>
where
    N: Train<
            Element = f32,
            Input = Tensor1<WORDS, u32>,
            Output = Tensor1<1>,
            Predictions = Result<Vec<Tensor1<1>>, BadSample>,
        >,
{
    let (mut rng, mut words) = (nn::rng(1), TextVectorization::default());
    let (train, y_train) = reviews(4_000, &mut rng);
    let (test, y_test) = reviews(1_000, &mut rng);
    words.adapt(&train)?;
    let (x_train, x_test) = (words.samples(&train)?, words.samples(&test)?);
    println!("{} words, the first of which are {:?}", words.vocabulary_size(), &words.vocabulary()[..6]);
    println!("{}", N::summary());

    let net = N::new(&mut rng);
    let mut model = net.compile(Adam::new(3e-3), BinaryCrossentropy::default(), metrics::accuracy());
    let options = Fit { epochs: 8, batch_size: 64, validation_split: 0.1, ..Fit::default() };
    model.fit(&x_train, &y_train, options)?;
    let score = model.evaluate(&x_test, &y_test, Evaluate { verbose: 0, ..Evaluate::default() })?;
    println!("\ntest: {score}\n");

    for text in ["the food was good", "the food was not good", "the service was slow but the food was not bad"] {
        let friendly = model.predict(&[words.sample(text)?])?[0][0];
        println!("{:>3.0} % friendly: {text}", 100.0 * friendly);
    }
    Ok(())
}

/// Reviews, and whether they are friendly.
fn reviews(count: usize, rng: &mut impl Rng) -> (Vec<String>, Vec<bool>) {
    let review = |_| {
        let (first, friendly) = clause(rng);
        if rng.random_bool(0.4) {
            let (second, friendly) = clause(rng);
            return (format!("{first} but {second}"), friendly);
        }
        (first, friendly)
    };
    (0..count).map(review).unzip()
}

/// "the food was not good", and whether that is friendly.
fn clause(rng: &mut impl Rng) -> (String, bool) {
    const THINGS: [&str; 8] = ["food", "service", "room", "music", "view", "wine", "staff", "garden"];
    const GOOD: [&str; 8] = ["good", "lovely", "great", "charming", "quick", "fresh", "friendly", "bright"];
    const BAD: [&str; 8] = ["bad", "awful", "slow", "stale", "rude", "noisy", "dull", "dirty"];
    const HOW: [&str; 4] = ["", "very ", "really ", "quite "];
    let (friendly, not) = (rng.random_bool(0.5), rng.random_bool(0.3));
    let mut pick = |words: &[&'static str]| words[rng.random_range(0..words.len())];
    let (thing, how, word) = (pick(&THINGS), pick(&HOW), pick(if friendly { &GOOD } else { &BAD }));
    let text = format!("the {thing} was {}{how}{word}", if not { "not " } else { "" });
    (text, friendly != not)
}
