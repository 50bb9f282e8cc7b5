//! A shape without axes.

nn::network! {
    pub struct Net = Input<3, 4> => Reshape;
}

fn main() {}
