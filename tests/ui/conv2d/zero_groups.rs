//! No group.

nn::network! {
    pub struct Net = Input<8, 8, 4> => Conv2D<4, 3, groups = 0>;
}

fn main() {}
