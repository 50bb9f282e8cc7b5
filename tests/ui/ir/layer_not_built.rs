//! A layer that is promised and not built yet.

nn::network! {
    pub struct Net = Input<8, 8, 3> => L2Pool2D<2>;
}

fn main() {}
