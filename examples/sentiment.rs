//! Tells friendly texts from unfriendly ones, word by word, with a recurrent network of one's choice.
//!
//! ```text
//! cargo run --release --example sentiment                                # LSTM, on reviews that it makes up
//! cargo run --release --example sentiment -- gru                         # or rnn
//! cargo run --release --example sentiment -- lstm --texts reviews.tsv --vectors glove.6B.50d.txt --runs runs
//! ```
//!
//! A file of texts has a line for each: the text, a tab, and 0 or 1 for unfriendly or friendly. A file of vectors is GloVe's, of 50 numbers a word. Without one, the words
//! get vectors by the company they keep: what stands beside them in the texts for training.
//!
//! The reviews that it makes up come from a small grammar, in which a `not` turns what follows it and a `but` lets the second half count, so that the words
//! alone do not say it. It shows texts made into ids with padding and a mask, word vectors in an `Embedding`, a schedule, training that ends when it no longer
//! helps, the best weights in a file, and predictions for sentences of one's own.

mod common;

use std::error::Error;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use nn::callbacks::{EarlyStopping, ModelCheckpoint};
use nn::optimizers::schedules::CosineDecay;
use nn::prelude::*;
use nn::preprocessing::{TextVectorization, TextVectorizationOptions};
use nn::utils::{Format, WordVectors};
use nn::{BadSample, Tensor1};
use rand::seq::SliceRandom;
use rand::{Rng, RngExt};

/// The most words of a text; shorter ones are filled up with the id 0, which stands for nothing.
const WORDS: usize = 40;
/// The most ids: 0, that of unknown words, and one for each word.
const IDS: usize = 8_000;
/// The numbers of a word's vector, as in GloVe's smallest files.
const NUMBERS: usize = 50;
const EPOCHS: usize = 20;
const BATCH: usize = 64;

nn::network! {
    /// With a plain recurrent layer.
    pub struct WithRnn = Input<WORDS, dtype = u32>
        => embeddings: Embedding<IDS, NUMBERS, mask_zero = true> => Dropout<0.3>
        => SimpleRNN<24, return_sequences = true> => SimpleRNN<24>
        => Dense<1, activation = sigmoid>;
}

nn::network! {
    /// With `LSTM`.
    pub struct WithLstm = Input<WORDS, dtype = u32>
        => embeddings: Embedding<IDS, NUMBERS, mask_zero = true> => Dropout<0.3>
        => LSTM<24, return_sequences = true> => LSTM<24>
        => Dense<1, activation = sigmoid>;
}

nn::network! {
    /// With `GRU`.
    pub struct WithGru = Input<WORDS, dtype = u32>
        => embeddings: Embedding<IDS, NUMBERS, mask_zero = true> => Dropout<0.3>
        => GRU<24, return_sequences = true> => GRU<24>
        => Dense<1, activation = sigmoid>;
}

/// The table of the words' vectors, which the networks have in common. With `trainable = false` in the layer it would stay as the file has it.
trait Words {
    fn table(&mut self) -> &mut [[f32; NUMBERS]];
}

macro_rules! words {
    ($($network:ty),+) => {$(
        impl Words for $network {
            fn table(&mut self) -> &mut [[f32; NUMBERS]] {
                &mut self.embeddings.embeddings
            }
        }
    )+};
}

words!(WithRnn, WithLstm, WithGru);

/// Texts, and whether they are friendly.
type Texts = (Vec<String>, Vec<bool>);

fn main() -> ExitCode {
    common::finish(run())
}

fn run() -> Result<(), Box<dyn Error>> {
    let options = Options::from_arguments()?;
    match options.kind.as_str() {
        "rnn" => train::<WithRnn>(&options),
        "lstm" => train::<WithLstm>(&options),
        "gru" => train::<WithGru>(&options),
        other => Err(format!("there is no layer `{other}` here: choose `rnn`, `lstm` or `gru`").into()),
    }
}

/// Trains one of the networks, tests it, and asks it about some sentences.
fn train<N>(options: &Options) -> Result<(), Box<dyn Error>>
where
    N: Words
        + Train<
            Element = f32,
            Input = Tensor1<WORDS, u32>,
            Output = Tensor1<1>,
            Predictions = Result<Vec<Tensor1<1>>, BadSample>,
        >,
{
    let mut rng = nn::rng(1);
    let (texts, friendly) = match &options.texts {
        Some(path) => read(path, &mut rng)?,
        None => reviews(5_000, &mut rng),
    };
    let trained = texts.len() * 4 / 5;
    let mut words = TextVectorization::new(TextVectorizationOptions { max_tokens: Some(IDS), ..Default::default() })?;
    words.adapt(&texts[..trained])?;
    let x: Vec<N::Input> = words.samples(&texts)?;
    println!("{}", N::summary());

    let mut net = N::new(&mut rng);
    let vectors = match &options.vectors {
        Some(path) => WordVectors::load(path, Format::Glove, &words.vocabulary())?,
        None => WordVectors::read(company(&x[..trained], &words)?.as_bytes(), Format::Glove, &words.vocabulary())?,
    };
    vectors.write_to(net.table())?;
    println!("{vectors}\n");

    std::fs::create_dir_all(&options.runs)?;
    let best = options.runs.join("best.safetensors");
    let mut stop = EarlyStopping::new("val_loss").patience(3).restore_best_weights(true);
    let mut checkpoint = ModelCheckpoint::new(best.to_string_lossy()).save_best_only(true);
    let steps = EPOCHS * (trained * 9 / 10).div_ceil(BATCH);
    let rate = CosineDecay { warmup_target: Some(3e-3), warmup_steps: steps / 20, ..CosineDecay::new(3e-4, steps) };

    let mut model = net.compile(Adam::new(rate), BinaryCrossentropy::default(), metrics::accuracy());
    let fit = Fit {
        epochs: EPOCHS,
        batch_size: BATCH,
        validation_split: 0.1,
        callbacks: &mut [&mut stop, &mut checkpoint],
        ..Fit::default()
    };
    model.fit(&x[..trained], &friendly[..trained], fit)?;
    let test = Evaluate { verbose: 0, ..Evaluate::default() };
    println!("\ntest: {}", model.evaluate(&x[trained..], &friendly[trained..], test)?);
    println!("the best weights are in {}, the words in words.json beside them\n", best.display());
    words.save(options.runs.join("words.json"))?;

    for text in ["The food was good.", "The food was not good!", "The service was slow, but the food was not bad."] {
        let friendly = model.predict(&[words.sample(text)?])?[0][0];
        println!("{:>3.0} % friendly: {text}", 100.0 * friendly);
    }
    Ok(())
}

/// Vectors of words in GloVe's form, by random indexing: each word has a direction of its own by chance, and its vector is the sum of the directions of those that stand
/// up to two places beside it, of length 1.
///
/// P. Kanerva, J. Kristofersson, A. Holst, Random Indexing of Text Samples for Latent Semantic Analysis, 2000.
fn company(texts: &[Tensor1<WORDS, u32>], words: &TextVectorization) -> Result<String, std::fmt::Error> {
    let vocabulary = words.vocabulary();
    let mut rng = nn::rng(2);
    let directions: Vec<[f32; NUMBERS]> =
        vocabulary.iter().map(|_| std::array::from_fn(|_| rng.random_range(-1.0..1.0))).collect();
    let mut vectors = vec![[0.0_f32; NUMBERS]; vocabulary.len()];
    for text in texts {
        let ids: Vec<usize> = text.0.iter().map(|id| *id as usize).filter(|id| *id > 1).collect();
        for (at, id) in ids.iter().enumerate() {
            let beside = &ids[at.saturating_sub(2)..ids.len().min(at + 3)];
            for direction in beside.iter().filter(|other| *other != id).map(|other| &directions[*other]) {
                vectors[*id].iter_mut().zip(direction).for_each(|(sum, number)| *sum += number);
            }
        }
    }
    let mut file = String::new();
    for (word, vector) in vocabulary.iter().zip(&vectors).skip(2) {
        let length = vector.iter().map(|number| number * number).sum::<f32>().sqrt().max(1e-6);
        write!(file, "{word}")?;
        for number in vector {
            write!(file, " {:.4}", number / length)?;
        }
        writeln!(file)?;
    }
    Ok(file)
}

/// The texts of a file, in an order by chance.
fn read(path: &Path, rng: &mut impl Rng) -> Result<Texts, Box<dyn Error>> {
    let file = std::fs::read_to_string(path).map_err(|error| format!("`{}`: {error}", path.display()))?;
    let line = |(index, line): (usize, &str)| match line.rsplit_once('\t') {
        Some((text, label @ ("0" | "1"))) => Ok((text.to_owned(), label == "1")),
        _ => Err(format!("`{}`, line {}: expected a text, a tab and 0 or 1", path.display(), index + 1)),
    };
    let mut texts = file.lines().enumerate().map(line).collect::<Result<Vec<_>, _>>()?;
    texts.shuffle(rng);
    Ok(texts.into_iter().unzip())
}

/// Reviews, and whether they are friendly.
fn reviews(count: usize, rng: &mut impl Rng) -> Texts {
    let review = |_| {
        let (first, friendly) = clause(rng);
        if rng.random_bool(0.4) {
            let (second, friendly) = clause(rng);
            return (format!("{first}, but {second}."), friendly);
        }
        (format!("{first}."), friendly)
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
    let text = format!("The {thing} was {}{how}{word}", if not { "not " } else { "" });
    (text, friendly != not)
}

/// What the command line says.
struct Options {
    kind: String,
    texts: Option<PathBuf>,
    vectors: Option<PathBuf>,
    runs: PathBuf,
}

impl Options {
    fn from_arguments() -> Result<Self, Box<dyn Error>> {
        let runs = std::env::temp_dir().join("sentiment");
        let mut options = Self { kind: "lstm".to_owned(), texts: None, vectors: None, runs };
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or_else(|| format!("`{argument}` needs a value"));
            match argument.as_str() {
                "--texts" => options.texts = Some(value()?.into()),
                "--vectors" => options.vectors = Some(value()?.into()),
                "--runs" => options.runs = value()?.into(),
                other if other.starts_with('-') => {
                    return Err(
                        format!("unknown argument `{other}`; there are `--texts`, `--vectors` and `--runs`").into()
                    );
                }
                kind => options.kind = kind.to_owned(),
            }
        }
        Ok(options)
    }
}
