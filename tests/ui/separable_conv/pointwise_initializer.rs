//! An initializer that is nearly spelled right.

nn::network! {
    pub struct Net = Input<28, 28, 3> => SeparableConv2D<6, 3, pointwise_initializer = he_nromal>;
}

fn main() {}
