//! A layer that is like none.

nn::network! {
    pub struct Net = Input<4> => Quux<3>;
}

fn main() {}
