//! The file has a tensor for which the network has no weight.

nn::network! {
    #[weights("net.safetensors")]
    pub struct Net = Input<4> => Dense<3, use_bias = false>;
}

fn main() {}
