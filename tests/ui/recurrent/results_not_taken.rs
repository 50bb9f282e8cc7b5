//! With its state, a layer gives several results.

nn::network! {
    pub struct Net(x: Input<10, 4>) -> y {
        let y = x => LSTM<8, return_state = true> => Dense<1>;
    }
}

fn main() {}
