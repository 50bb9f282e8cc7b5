//! Convolutions one step at a time give what the whole sequence gives.

use nn::prelude::*;

const STEPS: usize = 40;

nn::network! {
    /// The network of an audio plugin.
    #[stream]
    struct Causal = Input<STEPS, 1>
        => ZeroPadding1D<(2, 0)> => Conv1D<8, 3, activation = tanh>
        => Conv1D<8, 3, padding = causal, dilation_rate = 2> => BatchNorm => ReLU
        => Conv1D<8, 3, padding = causal, dilation_rate = 4, groups = 2, use_bias = false>
        => Conv1D<8, 3, padding = causal, dilation_rate = 8, activation = relu>
        => Dense<1>;
}

nn::network! {
    /// Windows inside of the sequence: outputs come later.
    #[stream]
    #[dtype(f64)]
    struct Valid = Input<STEPS, 3>
        => Conv1D<20, 4, dilation_rate = 3> => Conv1D<5, 1> => DepthwiseConv1D<3, depth_multiplier = 2> => Conv1D<7, 3>
        => SeparableConv1D<6, 3, dilation_rate = 2, depth_multiplier = 2, activation = tanh>;
}

/// Numbers between −1 and 1.
fn numbers(count: usize) -> impl Iterator<Item = f64> {
    (0..count).map(|i| ((i * 37 % 19) as f64 - 9.0) / 9.0)
}

#[test]
fn causal() {
    let net = Causal::new(&mut nn::rng(3));
    let x: Vec<f32> = numbers(STEPS).map(|x| x as f32).collect();
    let mut whole = CausalInput::zeros();
    whole.as_flat_mut().copy_from_slice(&x);
    let expected = net.infer(&whole, &mut CausalWorkspace::new());
    assert_eq!((Causal::LATENCY, Causal::RECEPTIVE_FIELD), (0, Some(1 + 2 * (1 + 2 + 4 + 8))));
    let mut state = CausalState::new();
    for (x, expected) in x.iter().zip(expected.as_flat()) {
        let y = net.step(&[*x].into(), &mut state);
        assert!((y[0] - expected).abs() < 1e-5, "{} is not {expected}", y[0]);
    }
}

#[test]
fn valid() {
    let net = Valid::new(&mut nn::rng(3));
    let x: Vec<f64> = numbers(STEPS * 3).collect();
    let mut whole = ValidInput::zeros();
    whole.as_flat_mut().copy_from_slice(&x);
    let expected = net.infer(&whole, &mut ValidWorkspace::new());
    assert_eq!((Valid::LATENCY, Valid::RECEPTIVE_FIELD), (9 + 2 + 2 + 4, Some(1 + 9 + 2 + 2 + 4)));
    let mut state = ValidState::new();
    let mut got = Vec::new();
    for x in x.chunks_exact(3) {
        got.extend(net.step(&[x[0], x[1], x[2]].into(), &mut state).0);
    }
    let got = &got[Valid::LATENCY * 6..];
    assert_eq!(got.len(), expected.as_flat().len());
    for (got, expected) in got.iter().zip(expected.as_flat()) {
        assert!((got - expected).abs() < 1e-12, "{got} is not {expected}");
    }
}
