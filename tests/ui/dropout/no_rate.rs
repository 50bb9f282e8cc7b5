//! How much is dropped?

nn::network! {
    pub struct Net = Input<4> => Dropout;
}

fn main() {}
