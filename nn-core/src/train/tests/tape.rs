//! Training by hand: what `train_on_batch` does, in calls of its own.

use super::*;
use crate::optimizers::SGD;
use crate::train::GradientTape;

#[test]
fn a_step_by_hand_is_a_step_of_fit() {
    // Two shards, a regularizer, and a layer that needs the whole batch.
    let (mut model, x, y) = line(19, 0.5);
    let mut network = model.network().to_boxed();
    let mut tape = GradientTape::<Centred>::new(1);
    for _ in 0..2 {
        let logs = model.train_on_batch(&x, &y, None).unwrap();
        tape.forward(&network, &x).unwrap();
        let (loss, dy) = tape.loss(&MeanSquaredError::default(), &y).unwrap();
        tape.backward(&network, &dy).unwrap();
        let penalty = crate::train::penalty::value(Centred::PARAMS, network.as_flat());
        assert!((loss + penalty - logs["loss"]).abs() < 1e-12);
        tape.apply_gradients(&mut network, &mut Descent(0.5)).unwrap();
        let pairs = network.as_flat().iter().zip(model.network().as_flat());
        pairs.for_each(|(a, b)| assert!((a - b).abs() < 1e-12, "{a} or {b}"));
    }
}

#[test]
fn gradients_of_inputs_are_those_of_the_loss() {
    let (model, mut x, y) = line(18, 0.0);
    let network = model.network();
    let mut tape = GradientTape::<Centred>::new(1);
    let mut at = |x: &[Tensor1<2, f64>]| {
        tape.forward(network, x).unwrap();
        let (loss, dy) = tape.loss(&MeanSquaredError::default(), &y).unwrap();
        (loss, tape.backward(network, &dy).unwrap())
    };
    let (_, dx) = at(&x);
    for (sample, element) in [(0, 0), (3, 1), (17, 0)] {
        let mut moved = |by: f64| {
            x[sample][element] += by;
            at(&x).0
        };
        let slope = (moved(1e-6) - moved(-2e-6)) / 2e-6;
        moved(1e-6);
        assert!((slope - dx[sample][element]).abs() < 1e-8, "{slope} or {}", dx[sample][element]);
    }
}

#[test]
fn dropouts_are_others_in_each_call() {
    let (_, x, _) = classes(8, 0.0);
    let (network, mut tape) = (random::<Mlp>(), GradientTape::<Mlp>::new(1));
    let first = tape.forward(&network, &x).unwrap();
    assert_ne!(tape.forward(&network, &x).unwrap(), first);
    assert_eq!(GradientTape::<Mlp>::new(1).forward(&network, &x).unwrap(), first);
}

#[test]
fn what_does_not_fit_is_refused_and_changes_nothing() {
    let (model, x, y) = line(3, 0.1);
    let mut network = model.network().to_boxed();
    let mut tape = GradientTape::<Centred>::new(1);
    assert!(matches!(tape.forward(&network, &[]), Err(FitError::Empty { what: "x" })));
    let outputs = tape.forward(&network, &x).unwrap();
    let short = tape.loss(&MeanSquaredError::default(), &y[1..]);
    assert!(matches!(short, Err(FitError::Length { what: "y", expected: 3, found: 2, .. })));
    assert!(matches!(tape.loss(&MeanSquaredError::default(), &[f64::NAN; 3]), Err(FitError::Target { .. })));
    let short = tape.backward(&network, &outputs[..1]);
    assert!(matches!(short, Err(FitError::Length { what: "dy", expected: 3, found: 1, .. })));
    tape.backward(&network, &outputs).unwrap();
    let before = network.to_boxed();
    let mut bad = SGD { momentum: 2.0, ..SGD::new(0.1) };
    assert!(matches!(tape.apply_gradients(&mut network, &mut bad), Err(FitError::Option { .. })));
    assert_eq!(network, before);
}
