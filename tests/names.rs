//! Layers may be called as they like: whatever a network defines for them, no two of them get the same name, nor that of
//! something which every network has.

#![expect(non_snake_case, reason = "names that differ by nothing but their case")]
#![allow(dead_code, reason = "that they compile is the test")]

use nn::prelude::*;

macro_rules! networks {
    ($($module:ident: [$($network:tt)+])+) => { $(
        mod $module {
            nn::network! { $($network)+ }
        }
    )+ };
}

networks! {
    only_case_differs: [pub struct Net = Input<6> => a: Dense<5> => A: Dense<5>;]
    case_and_underscores: [pub struct Net = Input<9, 9, 2> => conv_1: Conv2D<2, 3> => conv1: Conv2D<2, 3> => Conv1: Conv2D<2, 3>
        => _conv1: Conv2D<2, 3> => CONV1: LayerNormalization;]
    states: [pub struct Net = Input<3, 2> => rnn: LSTM<3, stateful = true, return_sequences = true>
        => RNN: LSTM<3, stateful = true>;]
    of_a_state: [pub struct Net = Input<3, 2> => len: LSTM<3, stateful = true, return_sequences = true>
        => carried: LSTM<3, stateful = true, return_sequences = true> => layout: GRU<3, stateful = true>;]
    of_a_stream: [#[stream] pub struct Net = Input<6, 2> => len: Conv1D<3, 3, padding = causal>
        => layout: LSTM<3, return_sequences = true> => Len: LSTM<3, return_sequences = true>;]
    of_a_network: [pub struct Net = Input<6> => parameters: Dense<5> => layout: Dense<5> => workspace_bytes: Dense<5>
        => new: Dense<5> => zeros: Dense<4>;]
    of_the_training: [pub struct Net = Input<6> => Dense<5> => BatchNormalization => batch_normalization_partial: Dense<3>
        => Tanh => values: Dense<4> => spare: Dense<3> => phase: Dense<2>;]
    of_types: [pub struct Net = Input<6> => f32: Dense<3> => usize: Dense<4> => Some: Dense<4> => None: Dense<3> => core: Softmax;]
    of_an_input: [pub struct Net(dense: Input<6>) -> dense_1 { let dense_1 = dense => Dense<3> => Softmax; }]
    input_and_output: [pub struct Net = Input<6> => input: Dense<3> => output: Dense<3>;]
    // The gradients of `v`, which is there twice, are not called as that of `v_1`.
    numbered: [pub struct Net(x: Input<6>) -> (y, z, w) {
        let a = x => v: Dense<6, activation = tanh>;
        let b = x => v_1: Dense<6, activation = tanh>;
        let y = Concatenate(a, a, b) => Dense<3>;
        let z = a => Dense<3>;
        let w = b => Dense<2>;
    }]
}

#[test]
fn a_layer_called_as_the_input_is_its_own() {
    let mut net = of_an_input::Net::zeros();
    net.dense.bias = [0.0, 200.0, 0.0];
    let y = net.infer(&[0.0; 6].into(), &mut of_an_input::NetWorkspace::new());
    assert_eq!(y.0, [0.0, 1.0, 0.0]);
}
