//! The forms of a graph.

use nn::Network;

const UNITS: usize = 6;

mod networks {
    nn::network! {
        /// Several inputs and outputs, blocks, shared layers, operators, several results.
        pub struct Whole(a: Input<5, 3>, b: Input<5, 3>, ids: Input<7, dtype = u32>,) -> (main, side) {
            layer shared = Dense<{ 2 * 3 }, activation = relu>;
            block residual<const F: usize, const TIMES: usize>(x, skip) -> (sum, inner) {
                let inner = x => [Dense<F, activation = tanh>; TIMES];
                let sum = (inner => Dense<F>) + skip;
            }
            let words = ids => Embedding<9, 3> => LSTM<super::UNITS>;
            let a = a => shared;
            let b = b => shared;
            let (h, _) = residual<super::UNITS, 2>(a * b - a, b);
            let (h, inner) = last: residual<F = { 2 * 3 }, TIMES = 1>(h, a);
            let (steps, _, c) = h => decode: LSTM<6, return_sequences = true, return_state = true>;
            let h = Add(steps, inner, h => [fc: Dense<6> => ReLU; 2]) => GlobalAvgPool1D;
            let main = Concatenate<axis = -1>(h, c, words) => Dense<1, activation = sigmoid>;
            let side = Dot<axes = 1>(h => Dense<6>, words);
        }
    }
}

nn::network! {
    struct Private(a: Input<4>, b: Input<4>) -> y {
        let y = out: Maximum(a, b);
    }
}

nn::network! {
    struct Within(x: Input<4>) -> (x1, x2) {
        let x1 = x => Dense<3>;
        let x2 = x1 => Dense<2>;
    }
}

fn main() {
    let net = networks::Whole::zeros();
    let _ = (&net.dense, &net.residual_1_dense, &net.last_dense, &net.decode, &net.lstm, &net.fc_1);
    let y = net.infer(&networks::WholeInput::default(), &mut Default::default());
    assert_eq!(y.side.0, [0.0]);
    let x = PrivateInput { a: [1.0; 4].into(), b: [2.0; 4].into() };
    assert_eq!(Private::zeros().infer(&x, &mut Default::default()).0, [2.0; 4]);
    let _ = Within::zeros().infer(&[1.0; 4].into(), &mut Default::default()).x2;
    let sum = nn::network!((a: Input<2>, b: Input<2>) -> y { let y = a + b; });
    let _ = sum;
}
