//! Groups that do not divide the channels.

nn::network! {
    pub struct Net = Input<8, 8, 3> => Conv2D<4, 3, groups = 2>;
}

fn main() {}
