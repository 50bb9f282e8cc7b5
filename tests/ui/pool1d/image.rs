//! An image where a sequence is needed.

nn::network! {
    pub struct Net = Input<28, 28, 3> => MaxPool1D;
}

fn main() {}
