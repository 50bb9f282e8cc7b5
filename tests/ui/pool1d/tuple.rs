//! A window for images.

nn::network! {
    pub struct Net = Input<10, 3> => MaxPool1D<(2, 2)>;
}

fn main() {}
