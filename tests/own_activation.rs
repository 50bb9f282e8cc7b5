//! Activations of the user's own: gradients against differences, whatever the derivative is computed from.

use fearless_simd::prelude::*;
use nn::Element;
use nn::activations::{Activation, Keeps};
use nn::prelude::*;

/// `x / (1 + |x|)`, with the derivative from the output or from the input.
#[derive(Clone, Copy)]
struct Soft<const FROM_OUTPUT: bool>;

const FROM_INPUT: Soft<false> = Soft;
const FROM_OUTPUT: Soft<true> = Soft;

impl<T: Element, const FROM_OUTPUT: bool> Activation<T> for Soft<FROM_OUTPUT> {
    const KEEPS: Keeps = if FROM_OUTPUT { Keeps::Output } else { Keeps::Input };
    const MONOTONE: bool = true;

    fn apply<S: Simd>(self, _: S, x: T::Vector<S>) -> T::Vector<S> {
        x / (x.abs() + T::one())
    }

    fn derivative<S: Simd>(self, simd: S, kept: T::Vector<S>, dy: T::Vector<S>) -> T::Vector<S> {
        let one = T::Vector::<S>::splat(simd, T::one());
        let root = if FROM_OUTPUT { one - kept.abs() } else { one / (kept.abs() + one) };
        dy * root * root
    }
}

nn::network! {
    #[dtype(f64)]
    struct OfInput = Input<6, 6, 1>
        => Conv2D<2, 3, activation = crate::FROM_INPUT> => MaxPool2D<2> => Activation<crate::FROM_INPUT>
        => Reshape<4, 2>
        => SimpleRNN<3, activation = crate::FROM_INPUT, return_sequences = true>
        => LSTM<2, activation = crate::FROM_INPUT, recurrent_activation = crate::FROM_INPUT, return_sequences = true>
        => GRU<2, activation = crate::FROM_INPUT, recurrent_activation = crate::FROM_INPUT>
        => Dense<3, activation = crate::FROM_INPUT> => Dense<2>;
}

nn::network! {
    #[dtype(f64)]
    struct OfOutput = Input<6, 6, 1>
        => Conv2D<2, 3, activation = crate::FROM_OUTPUT> => MaxPool2D<2> => Activation<crate::FROM_OUTPUT>
        => Reshape<4, 2>
        => SimpleRNN<3, activation = crate::FROM_OUTPUT, return_sequences = true>
        => LSTM<2, activation = crate::FROM_OUTPUT, recurrent_activation = crate::FROM_OUTPUT, return_sequences = true>
        => GRU<2, activation = crate::FROM_OUTPUT, recurrent_activation = crate::FROM_OUTPUT>
        => Dense<3, activation = crate::FROM_OUTPUT> => Dense<2>;
}

/// Compares the gradient that a step of training goes along with central differences of the loss.
fn check<N>() -> Vec<f64>
where
    N: Train<Element = f64, Input = Tensor3<6, 6, 1, f64>, Output = Tensor1<2, f64>>,
{
    let number = |i: usize| (i as f64 * 12.9898 + 1.0).sin();
    let x: Vec<N::Input> = (0..3)
        .map(|n| Tensor3(std::array::from_fn(|i| std::array::from_fn(|j| [number(100 * n + 6 * i + j)]))))
        .collect();
    let y = [[0.3, -0.2], [0.1, 0.9], [-0.5, 0.4]].map(Tensor1);
    let mut network: Box<N> = bytemuck::zeroed_box();
    network.as_flat_mut().iter_mut().enumerate().for_each(|(i, weight)| *weight = number(3 * i + 1));
    let loss = |network: &N| {
        let mut model = Box::new(*network).compile(SGD::new(1.0), MeanSquaredError::default(), ());
        model.test_on_batch(&x, &y, None).expect("the data fit the network")["loss"]
    };
    let mut model = network.clone().compile(SGD::new(1.0), MeanSquaredError::default(), ());
    model.train_on_batch(&x, &y, None).expect("the data fit the network");
    let pairs = network.as_flat().iter().zip(model.network().as_flat());
    let gradient: Vec<f64> = pairs.map(|(before, after)| before - after).collect();
    for param in N::PARAMS {
        for i in param.range() {
            let moved = |by: f64| {
                let mut network = network.clone();
                network.as_flat_mut()[i] += by;
                loss(&network)
            };
            let slope = (moved(1e-6) - moved(-1e-6)) / 2e-6;
            let off = (gradient[i] - slope).abs();
            assert!(off < 1e-7 + 1e-3 * slope.abs(), "{} of {}: {}, not {slope}", param.name, N::NAME, gradient[i]);
        }
    }
    gradient
}

#[test]
fn gradients_are_slopes_whatever_the_derivative_is_computed_from() {
    let (of_input, of_output) = (check::<OfInput>(), check::<OfOutput>());
    assert!(of_input.iter().any(|gradient| gradient.abs() > 1e-3));
    assert!(of_input.iter().zip(&of_output).all(|(a, b)| (a - b).abs() < 1e-12));
}
