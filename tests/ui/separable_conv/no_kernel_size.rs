//! Half of what it needs.

nn::network! {
    pub struct Net = Input<28, 28, 3> => SeparableConv2D<8>;
}

fn main() {}
