//! Two options that do not go together.

nn::network! {
    pub struct Net = Input<28, 28, 3> => DepthwiseConv2D<3, strides = 2, dilation_rate = 2>;
}

fn main() {}
