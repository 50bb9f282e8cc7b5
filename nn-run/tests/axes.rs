//! Losses along another axis than the last: training is that of a network with its axes exchanged.

use std::error::Error;

use nn_core::losses::{CosineSimilarity, Dice, Loss};
use nn_core::optimizers::SGD;
use nn_run::{Data, Evaluate, Fit, Network};

const SAMPLES: usize = 21;

fn filled(text: &str) -> Network {
    let mut network: Network = Network::from_text(text).unwrap_or_else(|mistakes| panic!("{mistakes}"));
    network.initialize(&mut nn_core::rng(3));
    network
}

fn numbers(count: usize, seed: usize) -> Vec<f32> {
    (0..count).map(|at| ((at * 37 + seed * 11) % 61) as f32 / 61.0 + 0.1).collect()
}

/// The loss after two epochs.
fn trained(text: &str, loss: Box<dyn Loss<f32>>, y: &[f32]) -> Result<f64, Box<dyn Error>> {
    let x = numbers(SAMPLES * 8, 1);
    let mut model = filled(text).compile(SGD::new(0.1), vec![loss])?;
    model.fit(&[Data::Real(&x)], y, Fit { epochs: 2, batch_size: 18, verbose: 0, shuffle: false, ..Fit::default() })?;
    let logs = model.evaluate(&[Data::Real(&x)], y, Evaluate { verbose: 0, ..Evaluate::default() })?;
    Ok(logs.get("loss").ok_or("a loss")?)
}

#[test]
fn the_same_as_with_the_axes_exchanged() -> Result<(), Box<dyn Error>> {
    let y = numbers(SAMPLES * 6, 2);
    let turned: Vec<f32> = y.chunks_exact(6).flat_map(|y| (0..6).map(|at| y[at % 2 * 3 + at / 2])).collect();
    let (plain, exchanged) = (
        "Input<2, 4> => Dense<3, activation = sigmoid>",
        "Input<2, 4> => Dense<3, activation = sigmoid> => Permute<2, 1>",
    );
    type Along = fn(i64) -> Box<dyn Loss<f32>>;
    let losses: [Along; 2] = [
        |axis| Box::new(CosineSimilarity { axis, ..Default::default() }),
        |axis| Box::new(Dice { axis: Some(axis), ..Default::default() }),
    ];
    for loss in losses {
        let (along, last) = (trained(plain, loss(1), &y)?, trained(exchanged, loss(-1), &turned)?);
        assert!((along - last).abs() < 1e-5, "{along} is not {last}");
        assert!((along - trained(plain, loss(-1), &y)?).abs() > 1e-3, "the axis matters");
    }
    Ok(())
}

#[test]
fn the_batch_is_no_axis() {
    let error = trained(
        "Input<2, 4> => Dense<3>",
        Box::new(CosineSimilarity { axis: 0, ..Default::default() }),
        &[0.5; SAMPLES * 6],
    );
    let error = error.expect_err("the batch").to_string();
    assert!(error.contains("axis"), "{error}");
}
