//! Two tensors have other shapes than the weights.

nn::network! {
    #[weights("net.safetensors")]
    pub struct Net = Input<4> => Dense<5>;
}

fn main() {}
