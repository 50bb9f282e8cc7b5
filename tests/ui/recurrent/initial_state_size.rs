//! An initial state of another size.

nn::network! {
    pub struct Net(x: Input<10, 4>, h: Input<6>, c: Input<8>) -> y {
        let y = LSTM<8>(x, h, c) => Dense<1>;
    }
}

fn main() {}
