//! Forecasts the sunspot number of the next year, and says how good two simpler ways are at it.
//!
//! ```text
//! cargo run --release --example sunspots
//! cargo run --release --example sunspots -- --seed 3 --plot spots.svg
//! ```
//!
//! A `GRU` reads the last 24 years. The yearly numbers from 1700 to 1948 are for training; the last 60 years, to 2008, are held out.
//! The two others are persistence (next year is like this one) and a linear autoregression over nine years, fitted by
//! least squares to the same years. A plot shows all of it.

#[path = "../common/mod.rs"]
mod common;
mod linear;
mod plot;

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use nn::prelude::*;

/// Years that the network sees.
const YEARS: usize = 24;
/// Years that are held out.
const TEST: usize = 60;
/// The network computes with numbers about this times smaller.
const SCALE: f32 = 100.0;
const EPOCHS: usize = 60;

nn::network! {
    /// The change from this year to the next, from the years before.
    pub struct Forecast = Input<YEARS, 1> => GRU<16> => Dense<1>;
}

/// The yearly mean sunspot numbers.
const CSV: &str = include_str!("../data/sunspots.csv");

fn main() -> ExitCode {
    common::finish(run())
}

fn run() -> Result<(), Box<dyn Error>> {
    let Options { seed, plot } = Options::from_arguments()?;
    let (years, spots) = read()?;
    let first = spots.len() - TEST;

    let net = train(&spots[..first], seed)?;
    let by_network: Vec<f32> = (first..spots.len()).map(|year| forecast(&net, &spots[..year])).collect();
    let regression = linear::Autoregression::fit(&spots[..first])?;
    let by_regression: Vec<f32> = (first..spots.len()).map(|year| regression.forecast(&spots[..year])).collect();
    let by_persistence = &spots[first - 1..spots.len() - 1];

    let truth = &spots[first..];
    println!("\nthe last {TEST} years, root of the mean squared error of the forecast for one year:");
    for (name, forecasts) in
        [("GRU", &by_network[..]), ("linear autoregression", &by_regression), ("persistence", by_persistence)]
    {
        println!("{name:>22}: {:6.2}", error(truth, forecasts));
    }
    plot::draw(&plot, &plot::Series { years: &years, spots: &spots, network: &by_network, linear: &by_regression })?;
    println!("\nplot: {}", plot.display());
    Ok(())
}

/// The years and their numbers.
fn read() -> Result<(Vec<i32>, Vec<f32>), Box<dyn Error>> {
    let row = |row: &str| {
        let (year, spots) = row.split_once(',')?;
        Some((year.parse::<i32>().ok()?, spots.parse::<f32>().ok()?))
    };
    let rows: Option<Vec<(i32, f32)>> = CSV.lines().skip(1).map(row).collect();
    let rows = rows.ok_or("a row of the sunspots is not a year and a number")?;
    Ok(rows.into_iter().unzip())
}

/// What the network sees before a year.
fn window(before: &[f32]) -> ForecastInput {
    let last = &before[before.len() - YEARS..];
    ForecastInput::from(std::array::from_fn(|year| [last[year] / SCALE]))
}

fn train(spots: &[f32], seed: u64) -> Result<Box<Forecast>, Box<dyn Error>> {
    let (x, y): (Vec<ForecastInput>, Vec<f32>) =
        (YEARS..spots.len()).map(|year| (window(&spots[..year]), (spots[year] - spots[year - 1]) / SCALE)).unzip();
    let net = Forecast::new(&mut nn::rng(seed));
    let mut model = net.compile(Adam::new(5e-3), MeanSquaredError::default(), ());
    let mut slower = LearningRateScheduler::new(|epoch, _| 5e-3 * 0.96_f64.powi(epoch as i32));
    model.fit(
        &x,
        &y,
        Fit { epochs: EPOCHS, batch_size: 16, seed: Some(seed), callbacks: &mut [&mut slower], ..Fit::default() },
    )?;
    Ok(model.into_network())
}

/// The number of the next year: this year's and the change, and never below zero.
fn forecast(net: &Forecast, before: &[f32]) -> f32 {
    let change = net.infer(&window(before), &mut ForecastWorkspace::new())[0];
    (before[before.len() - 1] + SCALE * change).max(0.0)
}

fn error(truth: &[f32], forecasts: &[f32]) -> f64 {
    let squares = truth.iter().zip(forecasts).map(|(truth, forecast)| f64::from(truth - forecast).powi(2));
    (squares.sum::<f64>() / truth.len() as f64).sqrt()
}

/// What the command line says.
struct Options {
    seed: u64,
    plot: PathBuf,
}

impl Options {
    fn from_arguments() -> Result<Self, Box<dyn Error>> {
        let mut options = Self { seed: 1, plot: "sunspots.svg".into() };
        let mut arguments = std::env::args().skip(1);
        while let Some(name) = arguments.next() {
            let value = arguments.next().ok_or_else(|| format!("`{name}` needs a value"))?;
            match name.as_str() {
                "--seed" => options.seed = value.parse().map_err(|_| format!("`--seed {value}`: not a number"))?,
                "--plot" => options.plot = value.into(),
                _ => return Err(format!("unknown argument `{name}`; there are `--seed N` and `--plot FILE`").into()),
            }
        }
        Ok(options)
    }
}
