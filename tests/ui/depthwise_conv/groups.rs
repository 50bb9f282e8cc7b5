//! Groups, which are the channels.

nn::network! {
    pub struct Net = Input<28, 28, 3> => DepthwiseConv2D<3, groups = 3>;
}

fn main() {}
