//! A vector where an image is needed.

nn::network! {
    pub struct Net = Input<784> => DepthwiseConv2D<3>;
}

fn main() {}
