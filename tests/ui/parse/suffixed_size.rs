//! A size is a literal without a suffix.

nn::network! {
    pub struct Net = Input<4> => Dense<3u8>;
}

fn main() {}
