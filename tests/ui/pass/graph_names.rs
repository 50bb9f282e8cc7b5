//! A graph whose names are those that the expansion uses itself.

nn::network! {
    #[stream]
    #[derive(Debug)]
    pub struct Net(x: Input<10, 4>, memory: Input<10, 4>) -> (y, state) {
        layer simd = Dense<4, activation = relu>;
        block samples<const N: usize>(input, pass) -> (output, scratch) {
            let output = input + pass => kernel: Dense<N>;
            let scratch = input * pass;
        }
        let (first, shard) = samples<4>(x => simd, memory => simd);
        let workspace = first - shard => LSTM<3, return_sequences = true>;
        let values = first => LSTM<3>;
        let y = Concatenate(workspace, memory) => GRU<2>;
        let state = values => Dense<1>;
    }
}

nn::network! {
    struct Stateful = Input<10, 4> => state: LSTM<8, stateful = true> => memory: Dense<1>;
}

fn main() {
    let mut state = NetState::new();
    let NetStepOutput { y, state: _ } = Net::zeros().step(&NetStepInput::default(), &mut state);
    assert_eq!(y.0, [0.0; 2]);
    let mut state = StatefulState::new();
    let _ = Stateful::zeros().infer_stateful(&StatefulInput::zeros(), &mut state, &mut StatefulWorkspace::new());
}

use nn::prelude::*;
