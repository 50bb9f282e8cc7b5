//! Groups that do not divide the filters.

nn::network! {
    pub struct Net = Input<8, 8, 4> => Conv2D<5, 3, groups = 2>;
}

fn main() {}
