//! A kernel for images.

nn::network! {
    pub struct Net = Input<10, 3> => Conv1D<6, (3, 3)>;
}

fn main() {}
