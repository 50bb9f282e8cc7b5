//! Attention looks at all steps.

nn::network! {
    #[stream]
    pub struct Net = Input<10, 8> => MultiHeadAttention<2, 4> => Dense<1>;
}

fn main() {}
