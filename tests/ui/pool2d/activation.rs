//! An option that pooling does not have.

nn::network! {
    pub struct Net = Input<4, 4, 1> => MaxPool2D<2, activation = relu>;
}

fn main() {}
