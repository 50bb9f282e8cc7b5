//! A generative adversarial network: it learns to make points of a ring from noise, by nothing but the verdicts of a second network.
//!
//! ```text
//! cargo run --release --example gan               # some seconds
//! cargo run --release --example gan -- --seed 7
//! ```
//!
//! The discriminator learns to tell points of the ring from made ones; the generator learns to make points that it takes for
//! real. For that its gradient comes through the discriminator, which stays as it is in this half of a step: the gradient of its
//! inputs is that of the generator's outputs. `fit` has no such loop, so the steps are made by hand, on two
//! [`GradientTape`]s.
//!
//! Goodfellow et al.: [Generative Adversarial Networks](https://arxiv.org/abs/1406.2661), 2014.

mod common;

use std::error::Error;
use std::f32::consts::TAU;
use std::process::ExitCode;

use nn::prelude::*;
use nn::train::GradientTape;
use rand::{Rng, RngExt};

nn::network! {
    /// From noise to a point.
    pub struct Generator = Input<4> => [Dense<48, activation = relu>; 2] => Dense<2>;
}

nn::network! {
    /// From a point to how real it looks: a logit.
    pub struct Discriminator = Input<2> => [Dense<48, activation = leaky_relu(0.2)>; 2] => Dense<1>;
}

const STEPS: usize = 6_000;
const BATCH: usize = 64;
/// Points that are drawn and judged in the end.
const SHOWN: usize = 2_000;

fn main() -> ExitCode {
    common::finish(run())
}

fn run() -> Result<(), Box<dyn Error>> {
    let seed = seed()?;
    let mut rng = nn::rng(seed);
    let mut game = Game::new(seed, &mut rng);
    println!("{}\n{}", Generator::summary(), Discriminator::summary());
    println!("{}", pictures(&ring(SHOWN, &mut rng), &game.generator.predict(&noise(SHOWN, &mut rng))));
    for step in 1..=STEPS {
        let told_apart = game.teach_discriminator(&mut rng)?;
        let found_out = game.teach_generator(&mut rng)?;
        if step % (STEPS / 6) == 0 {
            println!("step {step}: the loss of the discriminator is {told_apart:.3}, of the generator {found_out:.3}");
        }
    }
    let made = game.generator.predict(&noise(SHOWN, &mut rng));
    println!("\n{}", pictures(&ring(SHOWN, &mut rng), &made));
    judge(&made)
}

/// Two networks that learn from each other.
struct Game {
    generator: Box<Generator>,
    discriminator: Box<Discriminator>,
    of_generator: GradientTape<Generator>,
    of_discriminator: GradientTape<Discriminator>,
    generator_optimizer: Adam,
    discriminator_optimizer: Adam,
}

impl Game {
    fn new(seed: u64, rng: &mut impl Rng) -> Self {
        // A short memory: what was right some steps ago is wrong by now.
        let adam = || Adam { beta_1: 0.5, ..Adam::new(1e-3) };
        Self {
            generator: Generator::new(rng),
            discriminator: Discriminator::new(rng),
            of_generator: GradientTape::new(seed),
            of_discriminator: GradientTape::new(seed),
            generator_optimizer: adam(),
            discriminator_optimizer: adam(),
        }
    }

    /// One step on as many real points as made ones.
    fn teach_discriminator(&mut self, rng: &mut impl Rng) -> Result<f64, Box<dyn Error>> {
        let Self { discriminator, of_discriminator: tape, .. } = self;
        let mut points = ring(BATCH, rng);
        points.extend(self.generator.predict(&noise(BATCH, rng)));
        let is_real: Vec<bool> = (0..2 * BATCH).map(|index| index < BATCH).collect();
        tape.forward(discriminator, &points)?;
        let (loss, gradient) = tape.loss(&BinaryCrossentropy::from_logits(), &is_real)?;
        tape.backward(discriminator, &gradient)?;
        tape.apply_gradients(discriminator, &mut self.discriminator_optimizer)?;
        Ok(loss)
    }

    /// One step towards points that the discriminator takes for real.
    fn teach_generator(&mut self, rng: &mut impl Rng) -> Result<f64, Box<dyn Error>> {
        let Self { generator, discriminator, of_generator, of_discriminator, .. } = self;
        let points = of_generator.forward(generator, &noise(BATCH, rng))?;
        of_discriminator.forward(discriminator, &points)?;
        let (loss, gradient) = of_discriminator.loss(&BinaryCrossentropy::from_logits(), &[true; BATCH])?;
        let of_points = of_discriminator.backward(discriminator, &gradient)?;
        of_generator.backward(generator, &of_points)?;
        of_generator.apply_gradients(generator, &mut self.generator_optimizer)?;
        Ok(loss)
    }
}

fn noise(count: usize, rng: &mut impl Rng) -> Vec<GeneratorInput> {
    (0..count).map(|_| Tensor1(std::array::from_fn(|_| rng.random_range(-1.0..1.0)))).collect()
}

/// Points of a ring around 0 with the radius 1, give or take a tenth.
fn ring(count: usize, rng: &mut impl Rng) -> Vec<DiscriminatorInput> {
    let point = |_| {
        let (angle, radius) = (rng.random_range(0.0..TAU), rng.random_range(0.9..1.1_f32));
        Tensor1([radius * angle.cos(), radius * angle.sin()])
    };
    (0..count).map(point).collect()
}

/// Says how many points lie near the ring, and how they are spread over it; an error if it was not learned.
fn judge(points: &[GeneratorOutput]) -> Result<(), Box<dyn Error>> {
    let near = points.iter().filter(|point| (0.8..1.2).contains(&point[0].hypot(point[1]))).count();
    let mut sectors = [0; 8];
    for point in points {
        let turn = point[1].atan2(point[0]) / TAU + 0.5;
        sectors[(turn * 8.0) as usize % 8] += 1;
    }
    let share = |count: usize| 100.0 * count as f64 / points.len() as f64;
    let least = sectors.into_iter().min().unwrap_or(0);
    println!(
        "{:.1} % of the points lie near the ring; the emptiest eighth of it has {:.1} %",
        share(near),
        share(least)
    );
    if share(near) < 80.0 || share(least) < 3.0 {
        return Err("the generator has not learned the ring: try another seed".into());
    }
    Ok(())
}

/// Real points to the left, made ones to the right.
fn pictures(real: &[Tensor1<2>], made: &[Tensor1<2>]) -> String {
    let (real, made) = (picture(real), picture(made));
    let lines = real.lines().zip(made.lines()).map(|(real, made)| format!("{real}   {made}\n"));
    format!("{:<width$}made\n", "real", width = WIDTH + 3) + &lines.collect::<String>()
}

const WIDTH: usize = 34;
const HEIGHT: usize = 17;

/// The points from -1.5 to 1.5, the darker the more of them.
fn picture(points: &[Tensor1<2>]) -> String {
    let mut counts = [[0_usize; WIDTH]; HEIGHT];
    for point in points {
        let [column, row] = [(point[0], WIDTH), (-point[1], HEIGHT)].map(|(x, cells)| (x / 3.0 + 0.5) * cells as f32);
        if column >= 0.0 && row >= 0.0 && (column as usize) < WIDTH && (row as usize) < HEIGHT {
            counts[row as usize][column as usize] += 1;
        }
    }
    let shade = |count: &usize| [' ', '.', ':', 'o', 'O', '@'][(count.div_ceil(4)).min(5)];
    counts.iter().map(|row| row.iter().map(shade).chain(['\n']).collect::<String>()).collect()
}

/// `--seed 7`.
fn seed() -> Result<u64, Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => Ok(1),
        ["--seed", seed] => Ok(seed.parse()?),
        _ => Err("usage: gan [--seed NUMBER]".into()),
    }
}
