//! Groups that do not divide the channels.

nn::network! {
    pub struct Net = Input<9, 5> => Conv1D<6, 3, groups = 2>;
}

fn main() {}
