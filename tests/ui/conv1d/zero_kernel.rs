//! A kernel of nothing.

nn::network! {
    pub struct Net = Input<10, 3> => Conv1D<6, 0>;
}

fn main() {}
