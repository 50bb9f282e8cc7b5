//! A window longer than the sequence.

nn::network! {
    pub struct Net = Input<3, 2> => AvgPool1D<9>;
}

fn main() {}
