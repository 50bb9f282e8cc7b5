//! A padding that convolutions have.

nn::network! {
    pub struct Net = Input<10, 3> => AvgPool1D<2, padding = causal>;
}

fn main() {}
