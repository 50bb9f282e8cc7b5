//! A constant that is not there.

nn::network! {
    pub struct Net = Input<4> => Dense<UNITS>;
}

fn main() {}
