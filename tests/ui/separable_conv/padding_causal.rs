//! A padding that Keras has for other layers only.

nn::network! {
    pub struct Net = Input<10, 3> => SeparableConv1D<6, 3, padding = causal>;
}

fn main() {}
