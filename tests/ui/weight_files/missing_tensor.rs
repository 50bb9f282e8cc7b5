//! The file has no tensor for a weight of the network.

nn::network! {
    #[weights("net.safetensors")]
    pub struct Net = Input<4> => Dense<3> => scores: Dense<3, use_bias = false>;
}

fn main() {}
