//! A mask counts rows of the last axis.

nn::network! {
    pub struct Net = Input<5, dtype = u32> => Embedding<7, 3, mask_zero = true> => BatchNormalization<axis = 1>;
}

nn::network! {
    pub struct Deeper = Input<5, 4> => Masking => TimeDistributed<Reshape<2, 2>> => BatchNormalization;
}

fn main() {}
