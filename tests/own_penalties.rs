//! Regularizers and constraints of the user's own: what they add to the loss, to the gradient, and what holds after a step.

use nn::prelude::*;

/// The squares of the differences between neighbours in a row, half of it.
pub fn smooth(shape: &[usize], weight: &[f64], gradient: &mut [f64]) -> f64 {
    assert_eq!(shape, [2, 3]);
    let mut cost = 0.0;
    for (row, gradient) in weight.chunks(shape[1]).zip(gradient.chunks_mut(shape[1])) {
        for at in 1..row.len() {
            let difference = row[at] - row[at - 1];
            cost += difference * difference / 2.0;
            gradient[at] += difference;
            gradient[at - 1] -= difference;
        }
    }
    cost
}

/// Each column sums up to one.
pub fn sums_to_one(shape: &[usize], weight: &mut [f64]) {
    for column in 0..shape[1] {
        let sum: f64 = weight.iter().skip(column).step_by(shape[1]).sum();
        weight.iter_mut().skip(column).step_by(shape[1]).for_each(|weight| *weight /= sum);
    }
}

nn::network! {
    struct Smooth = Input<2> => Dense<3, kernel_regularizer = crate::smooth, use_bias = false>;
}

nn::network! {
    struct Ones = Input<2> => Dense<3, kernel_constraint = crate::sums_to_one>;
}

nn::network! {
    struct Frozen = Input<2> => Dense<3, kernel_regularizer = crate::smooth, trainable = false>;
}

#[test]
fn a_regularizer_is_part_of_the_loss_and_of_the_gradient() {
    let mut net = Smooth::zeros();
    net.dense.kernel = [[0.0, 2.0, 1.0], [1.0, 1.0, 4.0]];
    let mut model = net.compile(SGD::new(0.1), MeanSquaredError::default(), ());
    let (x, y) = ([[0.0, 0.0].into()], [[0.0_f32; 3]].map(Tensor1));
    let logs = model.train_on_batch(&x, &y, None).unwrap();
    assert!((logs["loss"] - 7.0).abs() < 1e-6, "{logs}");
    let expected = [[0.2, 1.7, 1.1], [1.0, 1.3, 3.7]];
    for (row, expected) in model.network().dense.kernel.iter().zip(expected) {
        row.iter()
            .zip(expected)
            .for_each(|(weight, expected)| assert!((weight - expected).abs() < 1e-6_f32, "{row:?}"));
    }
    assert!(model.test_on_batch(&x, &y, None).unwrap()["loss"] < 7.0);
}

#[test]
fn a_constraint_holds_after_each_step() {
    let mut net = Ones::zeros();
    net.dense.kernel = [[1.0, 4.0, 1.0], [3.0, 4.0, 1.0]];
    let mut model = net.compile(SGD::new(0.0), MeanSquaredError::default(), ());
    model.train_on_batch(&[[1.0, 2.0].into()], &[Tensor1([0.0_f32; 3])], None).unwrap();
    assert_eq!(model.network().dense.kernel, [[0.25, 0.5, 0.5], [0.75, 0.5, 0.5]]);
}

#[test]
fn what_is_not_trained_costs_nothing() {
    assert!(Frozen::PARAMS.iter().all(|param| param.penalty.is_none()));
    assert!(Smooth::PARAMS[0].penalty.is_some());
}
