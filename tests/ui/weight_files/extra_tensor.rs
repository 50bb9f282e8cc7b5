//! The file has a tensor that the network has not.

nn::network! {
    #[weights("net.safetensors")]
    pub struct Net = Input<4> => Dense<3, use_bias = false>;
}

fn main() {}
