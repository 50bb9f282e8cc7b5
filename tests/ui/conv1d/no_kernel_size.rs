//! Half of what it needs.

nn::network! {
    pub struct Net = Input<10, 3> => Conv1D<6>;
}

fn main() {}
