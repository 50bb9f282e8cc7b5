//! A layer without units, through a constant.

const UNITS: usize = 0;

nn::network! {
    pub struct Net = Input<4> => Dense<UNITS>;
}

fn main() {}
