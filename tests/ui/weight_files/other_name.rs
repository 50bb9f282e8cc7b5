//! The names are alike, but not the same.

nn::network! {
    #[weights("net.safetensors")]
    pub struct Net = Input<4> => dense1: Dense<3>;
}

fn main() {}
