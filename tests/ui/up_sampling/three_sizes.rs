//! A size too many.

nn::network! {
    pub struct Net = Input<3, 4, 2> => UpSampling2D<(2, 3, 1)>;
}

fn main() {}
