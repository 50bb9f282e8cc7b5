//! Two options that do not go together.

nn::network! {
    pub struct Net = Input<10, 3> => SeparableConv1D<6, 3, strides = 2, dilation_rate = 2>;
}

fn main() {}
