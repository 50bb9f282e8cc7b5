//! One step: the loss and the gradient of a batch.

use super::*;
use crate::losses::{BadTarget, Loss, LossFor, Reduction, Tversky, evaluate};
use crate::train::OutputActivation;

/// The training loss of one batch, nothing learnt.
fn loss(network: &Centred, x: &[Tensor1<2, f64>], y: &[f64], weights: Option<&[f64]>) -> f64 {
    let mut model = network.to_boxed().compile(Descent(0.0), MeanSquaredError::default(), ());
    model.train_on_batch(x, y, weights).unwrap()["loss"]
}

/// The gradient by a step of size one, against central differences of the loss.
fn check_gradient(samples: usize, weights: Option<&[f64]>, indices: impl Iterator<Item = usize>) {
    let (mut model, x, y) = line(samples, 1.0);
    let before = model.network().to_boxed();
    model.train_on_batch(&x, &y, weights).unwrap();
    for index in indices {
        let gradient = before.as_flat()[index] - model.network().as_flat()[index];
        let at = |shift: f64| {
            let mut network = before.to_boxed();
            network.as_flat_mut()[index] += shift;
            loss(&network, &x, &y, weights)
        };
        let expected = (at(1e-5) - at(-1e-5)) / 2e-5;
        assert!((gradient - expected).abs() < 1e-8, "{samples} samples, weight {index}: {gradient} or {expected}");
    }
}

/// The weights of `Centred` that are trained.
fn trained() -> impl Iterator<Item = usize> {
    (0..9).chain(12..16)
}

#[test]
fn gradients_are_those_of_the_loss() {
    for samples in [1, 15, 16, 17, 37] {
        check_gradient(samples, None, trained());
    }
}

#[test]
fn gradients_respect_sample_weights() {
    let weights: Vec<_> = (0..37).map(|i| 1.0 + noise(i)).collect();
    check_gradient(37, Some(&weights), trained());
}

#[test]
fn workers_of_several_shards_add_up() {
    check_gradient(16 * 64 * 2 + 5, None, [0, 4, 8, 13].into_iter());
}

/// Samples of all shards count in one value.
#[test]
fn losses_of_whole_batches_see_all_shards() {
    for weights in [None, Some((0..37).map(|i| 1.5 + noise(i)).collect::<Vec<_>>())] {
        let (model, x, y) = line(37, 0.0);
        let y: Vec<_> = y.iter().map(|y| y.abs() + 1.0).collect();
        let network = model.into_network();
        let tversky = Tversky { alpha: 0.3, beta: 0.9, ..Default::default() };
        let compiled = |network: &Centred, rate| network.to_boxed().compile(Descent(rate), tversky, ());
        let loss =
            |network: &Centred| compiled(network, 0.0).train_on_batch(&x, &y, weights.as_deref()).unwrap()["loss"];
        let mut model = compiled(&network, 1.0);
        model.train_on_batch(&x, &y, weights.as_deref()).unwrap();
        for index in trained() {
            let gradient = network.as_flat()[index] - model.network().as_flat()[index];
            let at = |shift: f64| {
                let mut network = network.to_boxed();
                network.as_flat_mut()[index] += shift;
                loss(&network)
            };
            let expected = (at(1e-5) - at(-1e-5)) / 2e-5;
            assert!(
                (gradient - expected).abs() < 1e-7 * expected.abs().max(1.0),
                "weight {index}: {gradient} or {expected}"
            );
        }
        // In evaluation it is the loss of what is predicted.
        let penalty: f64 = 0.02 * network.dense.bias.iter().map(|b| b.abs()).sum::<f64>();
        let y_pred: Vec<_> = network.predict(&x).iter().map(|y| y[0]).collect();
        let expected = penalty + evaluate(&tversky, &y, &y_pred, 1, weights.as_deref()).value;
        let found = compiled(&network, 0.0).test_on_batch(&x, &y, weights.as_deref()).unwrap()["loss"];
        assert!((found - expected).abs() < 1e-12, "{found} or {expected}");
    }
}

#[test]
fn penalties_are_part_of_the_loss() {
    let (mut model, x, y) = line(20, 0.0);
    let network = model.network().to_boxed();
    let penalty: f64 = 0.02 * network.dense.bias.iter().map(|b| b.abs()).sum::<f64>();
    let squares = |(x, y): (&Tensor1<2, f64>, &f64)| (network.predict(&[*x])[0][0] - y).powi(2);
    let expected = penalty + x.iter().zip(&y).map(squares).sum::<f64>() / 20.0;
    assert!((model.test_on_batch(&x, &y, None).unwrap()["loss"] - expected).abs() < 1e-12);
}

#[test]
fn moving_statistics_move_towards_the_batch() {
    let (mut model, x, y) = line(40, 0.0);
    let before = model.network().to_boxed();
    model.train_on_batch(&x, &y, None).unwrap();
    for unit in 0..3 {
        let value = |x: &Tensor1<2, f64>| {
            before.dense.bias[unit] + (0..2).map(|i| x[i] * before.dense.kernel[i][unit]).sum::<f64>()
        };
        let mean = x.iter().map(value).sum::<f64>() / 40.0;
        let expected = 0.9 * before.moving_mean[unit] + 0.1 * mean;
        assert!((model.network().moving_mean[unit] - expected).abs() < 1e-12);
    }
    let moved = model.network().moving_mean;
    model.test_on_batch(&x, &y, None).unwrap();
    assert_eq!(model.network().moving_mean, moved, "evaluation moves nothing");
}

#[test]
fn reductions_scale_the_loss() {
    let (_, x, y) = line(37, 0.0);
    let weights: Vec<_> = (0..37).map(|i| 1.5 + noise(i)).collect();
    let mut network = random::<Centred>();
    network.dense.bias = [0.0; 3];
    let loss = |reduction, weights| {
        let loss = MeanSquaredError { reduction };
        let mut model = network.to_boxed().compile(Descent(0.0), loss, ());
        let train = model.train_on_batch(&x, &y, weights).unwrap()["loss"];
        (train, model.test_on_batch(&x, &y, weights).unwrap()["loss"])
    };
    let (sum, mean) = (loss(Reduction::Sum, Some(&weights[..])), loss(Reduction::Mean, Some(&weights)));
    let weighted = loss(Reduction::MeanWithSampleWeight, Some(&weights));
    assert!((sum.0 - 37.0 * mean.0).abs() < 1e-9);
    assert!((sum.0 - weights.iter().sum::<f64>() * weighted.0).abs() < 1e-9);
    assert!(sum.1 > 0.0 && (mean.1 * 37.0 - sum.1).abs() < 1e1, "{sum:?} {mean:?}");
    assert!((loss(Reduction::SumOverBatchSize, None).0 - loss(Reduction::Sum, None).0 / 37.0).abs() < 1e-12);
}

/// Crossentropy that insists on probabilities.
#[derive(Clone, Copy)]
struct OnProbabilities(SparseCategoricalCrossentropy);

impl LossFor<Tensor1<2>, u8, f32> for OnProbabilities {}

impl Loss<f32> for OnProbabilities {
    fn name(&self) -> &'static str {
        "on_probabilities"
    }
    fn reduction(&self) -> Reduction {
        Reduction::default()
    }
    fn target_width(&self, _: usize) -> usize {
        1
    }
    fn prefers_logits_of(&self) -> OutputActivation {
        OutputActivation::Other
    }
    fn check(&self, y_true: &[f32], classes: usize) -> Result<(), BadTarget> {
        self.0.check(y_true, classes)
    }
    fn rows(&self, y_true: &[f32], y_pred: &[f32], classes: usize, logits: bool, values: &mut [f32]) {
        assert!(!logits);
        self.0.rows(y_true, y_pred, classes, logits, values);
    }
    fn gradient(&self, y_true: &[f32], y_pred: &[f32], classes: usize, logits: bool, factor: &[f32], dy: &mut [f32]) {
        assert!(!logits);
        self.0.gradient(y_true, y_pred, classes, logits, factor, dy);
    }
}

#[test]
fn logits_and_probabilities_give_the_same_gradient() {
    let (mut logits, x, y) = classes(45, 1.0);
    let mut probabilities = logits.network().to_boxed().compile(Descent(1.0), OnProbabilities(Default::default()), ());
    let a = logits.train_on_batch(&x, &y, None).unwrap()["loss"];
    let b = probabilities.train_on_batch(&x, &y, None).unwrap()["loss"];
    assert!((a - b).abs() < 1e-6);
    for (a, b) in logits.network().as_flat().iter().zip(probabilities.network().as_flat()) {
        assert!((a - b).abs() < 1e-5, "{a} or {b}");
    }
}

#[test]
fn dropout_changes_with_each_step() {
    let (mut model, x, y) = classes(32, 0.0);
    let mut losses: Vec<_> = (0..4).map(|_| model.train_on_batch(&x, &y, None).unwrap()["loss"]).collect();
    losses.dedup();
    assert_eq!(losses.len(), 4);
}

#[test]
fn smaller_batches_after_larger_ones_are_right() {
    let (mut model, x, y) = line(100, 0.0);
    let alone = |samples: usize| loss(&random::<Centred>(), &x[..samples], &y[..samples], None);
    for samples in [100, 3, 40, 1] {
        let weights = random::<Centred>();
        model.network_mut().as_flat_mut().copy_from_slice(weights.as_flat());
        let loss = model.train_on_batch(&x[..samples], &y[..samples], None).unwrap()["loss"];
        assert_eq!(loss, alone(samples));
    }
}
