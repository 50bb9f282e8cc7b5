//! Nothing here is called `nn`.
#![forbid(unsafe_code)]

use nn_renamed::deps;
use nn_renamed::deps::nn::prelude::*;

/// A size of the user's.
const UNITS: usize = 3;

deps::nn::network! {
    /// Through the crate that hands it on.
    #[stream]
    pub struct Streamed = Input<5, 1>
        => Conv1D<4, 2, padding = causal> => BatchNorm => LSTM<3, return_sequences = true> => Dense<UNITS>;
}

deps::nn::network! {
    /// Several inputs and outputs.
    pub struct Several(x: Input<UNITS>, ids: Input<2, dtype = u32>) -> (a, b) {
        let words = ids => Embedding<10, UNITS> => Flatten;
        let a = Concatenate(x, words) => Dense<2, activation = self::SQUARE>;
        let b = x => Dense<4>;
    }
}

/// An activation of the user's.
const SQUARE: neural::activations::Function<f32> =
    neural::activations::Function { function: |x| x * x, derivative: |x| 2.0 * x };

mod nn {
    //! Not the crate.
}

mod elsewhere {
    //! The path may be said.
    use nn_renamed::deps::nn::network;

    network! {
        #[crate(nn_renamed::deps::nn)]
        pub struct Said = Input<4> => Dense<super::UNITS>;
    }

    pub mod rt {
        //! A name that the expansion uses.
        pub use nn_renamed::deps::nn;
    }

    network! {
        #[crate(rt::nn)]
        pub struct Captured = Input<4> => Dense<3>;
    }
}

#[test]
fn networks_of_a_renamed_crate_run() {
    let own = nn_renamed::Own::new(&mut neural::rng(1));
    let y = own.infer(&[1.0, 2.0, 3.0, 4.0].into(), &mut nn_renamed::OwnWorkspace::new());
    assert_eq!(y.0.len(), 3);
    let said = elsewhere::Said::new(&mut neural::rng(1));
    let captured = elsewhere::Captured::new(&mut neural::rng(1));
    let x = [1.0, 2.0, 3.0, 4.0].into();
    assert_eq!(said.infer(&x, &mut Default::default()), captured.infer(&x, &mut Default::default()));
}

#[test]
fn networks_of_a_crate_that_is_handed_on_run() {
    let net = Streamed::new(&mut neural::rng(1));
    let x = [[0.1], [0.4], [-0.2], [0.3], [0.9]];
    let whole = net.infer(&x.into(), &mut StreamedWorkspace::new());
    let mut state = StreamedState::new();
    for (x, y) in x.iter().zip(whole.0) {
        let step = net.step(&(*x).into(), &mut state);
        assert!(step.0.iter().zip(y).all(|(a, b)| (a - b).abs() < 1e-5));
    }
    let net = Several::new(&mut neural::rng(1));
    let x = SeveralInput { x: [1.0, 2.0, 3.0].into(), ids: [1, 2].into() };
    let SeveralOutput { a, b } = net.infer(&x, &mut SeveralWorkspace::new());
    assert!(a.0.iter().all(|a| *a >= 0.0));
    assert_eq!(b.0.len(), 4);
}

#[test]
fn an_expression_finds_the_crate() {
    let net = neural::network!(Input<4> => Dense<UNITS>);
    assert_eq!(net.dense.bias.len(), 3);
}

#[test]
fn it_trains() {
    let x: Vec<nn_renamed::OwnInput> = vec![[0.0; 4].into(), [1.0; 4].into()];
    let y = [0_u8, 1];
    let net = nn_renamed::Own::new(&mut neural::rng(1));
    let mut model = net.compile(SGD::new(0.1), SparseCategoricalCrossentropy::default(), ());
    let history = model.fit(&x, &y, Fit { epochs: 2, verbose: 0, ..Fit::default() }).expect("data that fits");
    assert_eq!(history.get("loss").len(), 2);
}
