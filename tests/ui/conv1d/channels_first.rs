//! A layout that is not built yet.

nn::network! {
    pub struct Net = Input<3, 28> => Conv1D<6, 3, data_format = channels_first>;
}

fn main() {}
