//! An image where a sequence is needed.

nn::network! {
    pub struct Net = Input<28, 28, 3> => Conv1D<6, 3>;
}

fn main() {}
