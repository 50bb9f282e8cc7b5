//! A vector.

nn::network! {
    pub struct Net = Input<3> => UpSampling1D<2>;
}

fn main() {}
