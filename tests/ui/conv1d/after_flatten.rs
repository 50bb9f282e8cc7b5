//! Steps are gone after a Flatten.

nn::network! {
    pub struct Net = Input<10, 3> => Flatten => Conv1D<6, 3>;
}

fn main() {}
