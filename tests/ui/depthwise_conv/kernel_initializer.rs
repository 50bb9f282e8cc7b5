//! The kernel's options have other names than elsewhere.

nn::network! {
    pub struct Net = Input<28, 28, 3> => DepthwiseConv2D<3, kernel_initializer = he_normal>;
}

fn main() {}
