//! An axis that is not there.

nn::network! {
    pub struct Net = Input<4, 4, 2> => PReLU<shared_axes = (1, 4)>;
}

fn main() {}
