//! Keras' open size.

nn::network! {
    pub struct Net = Input<None, 32> => GRU<8>;
}

fn main() {}
