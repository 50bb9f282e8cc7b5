//! A result that nothing uses.

nn::network! {
    pub struct Net(x: Input<5, 4>) -> y {
        let (a, b, _) = x => LSTM<3, return_state = true>;
        let y = a => ReLU;
    }
}

fn main() {}
