//! Groups, which are the channels.

nn::network! {
    pub struct Net = Input<28, 28, 3> => SeparableConv2D<6, 3, groups = 3>;
}

fn main() {}
