//! A vector where a sequence is needed.

nn::network! {
    pub struct Net = Input<10> => GlobalMaxPool1D;
}

fn main() {}
