//! A number where `true` or `false` belongs.

nn::network! {
    pub struct Net = Input<4, 4, 1> => GlobalAvgPool2D<keepdims = 1>;
}

fn main() {}
