//! A constant that is no `usize`.

const UNITS: i32 = 3;

nn::network! {
    pub struct Net = Input<4> => Dense<UNITS>;
}

fn main() {}
