//! An option of another layer.

nn::network! {
    pub struct Net = Input<10, 3> => Conv1D<6, 3, keepdims = true>;
}

fn main() {}
