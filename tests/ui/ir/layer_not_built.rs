//! A layer that is promised and not built yet.

nn::network! {
    pub struct Net = Input<8, 8, 3> => Conv2DTranspose<4, 3>;
}

fn main() {}
