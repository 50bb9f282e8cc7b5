//! A vector where a sequence is needed.

nn::network! {
    pub struct Net = Input<10> => SeparableConv1D<6, 3>;
}

fn main() {}
