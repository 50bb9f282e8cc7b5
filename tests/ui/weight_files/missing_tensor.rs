//! The network has a weight that the file has not.

nn::network! {
    #[weights("net.safetensors")]
    pub struct Net = Input<4> => Dense<3> => scores: Dense<3, use_bias = false>;
}

fn main() {}
