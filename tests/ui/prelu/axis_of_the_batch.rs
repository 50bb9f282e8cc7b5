//! The batch is axis 0.

nn::network! {
    pub struct Net = Input<4, 4, 2> => PReLU<shared_axes = 0>;
}

fn main() {}
