//! The layer takes no size.

nn::network! {
    pub struct Net = Input<4, 4, 1> => Flatten<16>;
}

fn main() {}
