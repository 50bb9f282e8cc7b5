//! The attribute is not built yet.

nn::network! {
    #[weights("net.safetensors")]
    pub struct Net = Input<4> => Dense<3>;
}

fn main() {}
