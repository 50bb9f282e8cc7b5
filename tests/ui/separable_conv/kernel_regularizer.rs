//! Two kernels, whose options have names of their own.

nn::network! {
    pub struct Net = Input<28, 28, 3> => SeparableConv2D<6, 3, kernel_regularizer = l2>;
}

fn main() {}
