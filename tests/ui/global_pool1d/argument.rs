//! It takes no size.

nn::network! {
    pub struct Net = Input<10, 3> => GlobalAvgPool1D<2>;
}

fn main() {}
