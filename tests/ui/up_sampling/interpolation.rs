//! An interpolation that there is not.

nn::network! {
    pub struct Net = Input<3, 4, 2> => UpSampling2D<2, interpolation = linear>;
}

fn main() {}
