//! No copy.

nn::network! {
    pub struct Net = Input<3> => RepeatVector<0>;
}

fn main() {}
