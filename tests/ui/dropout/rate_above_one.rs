//! More than everything is dropped.

nn::network! {
    pub struct Net = Input<4> => Dropout<1.5>;
}

fn main() {}
