//! A word that is nearly right.

nn::network! {
    pub struct Net = Input<10, 3> => Conv1D<6, 3, padding = casual>;
}

fn main() {}
