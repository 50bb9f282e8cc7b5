//! A window that does not move.

nn::network! {
    pub struct Net = Input<10, 3> => MaxPool1D<2, strides = 0>;
}

fn main() {}
