//! Strides and dilation go together, but the kernel has to fit.

nn::network! {
    pub struct Net = Input<4, 3> => SeparableConv1D<6, 3, strides = 2, dilation_rate = 2>;
}

fn main() {}
