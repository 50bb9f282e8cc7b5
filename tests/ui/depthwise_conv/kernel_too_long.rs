//! A kernel longer than the sequence: there is no causal padding to propose.

nn::network! {
    pub struct Net = Input<4, 3> => DepthwiseConv1D<5>;
}

fn main() {}
