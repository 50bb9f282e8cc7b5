//! A kernel larger than what pooling leaves.

nn::network! {
    pub struct Net = Input<12, 12, 3> => MaxPool2D<4> => SeparableConv2D<8, 5>;
}

fn main() {}
