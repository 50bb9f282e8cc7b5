//! Groups that do not divide the channels, through a constant.

const GROUPS: usize = 2;

nn::network! {
    pub struct Net = Input<8, 8, 3> => Conv2D<4, 3, groups = GROUPS>;
}

fn main() {}
