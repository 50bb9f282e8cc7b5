//! Weights in the program, without `unsafe`, without warnings, with names of the user's that the expansion uses, too.

#![forbid(unsafe_code)]
#![deny(warnings, missing_docs)]

const WEIGHTS: usize = 3;

nn::network! {
    /// The network.
    #[weights("net.safetensors")]
    pub struct Net = Input<4> => Dense<WEIGHTS>;
}

/// The network, and no copy of it.
pub static NET: &Net = Net::PRETRAINED;

fn main() {
    assert_eq!(NET.dense.bias, [0.0; 3]);
}
