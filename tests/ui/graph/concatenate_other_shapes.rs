//! Values that differ in another axis than the one that is joined.

nn::network! {
    pub struct Net(x: Input<12, 3>) -> y {
        let halves = x => MaxPool1D<2>;
        let y = Concatenate(x, halves) => LSTM<4>;
    }
}

fn main() {}
