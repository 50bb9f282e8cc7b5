//! The file is none of safetensors.

nn::network! {
    #[weights("text.safetensors")]
    pub struct Net = Input<4> => Dense<3>;
}

fn main() {}
