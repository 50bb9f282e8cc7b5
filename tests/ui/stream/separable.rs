//! A convolution in two parts.

nn::network! {
    #[stream]
    pub struct Net = Input<10, 4> => SeparableConv1D<8, 3> => Dense<1>;
}

fn main() {}
