//! An input that is no vector.

nn::network! {
    pub struct Net = Input<3, 4> => RepeatVector<2>;
}

fn main() {}
