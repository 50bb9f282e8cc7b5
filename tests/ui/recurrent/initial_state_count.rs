//! An LSTM has two states.

nn::network! {
    pub struct Net(x: Input<10, 4>, h: Input<8>) -> y {
        let y = LSTM<8>(x, h) => Dense<1>;
    }
}

fn main() {}
