//! A state that was not asked for.

nn::network! {
    pub struct Net(x: Input<10, 4>) -> y {
        let (out, h, c) = x => LSTM<8>;
        let y = Add(out, h, c);
    }
}

fn main() {}
