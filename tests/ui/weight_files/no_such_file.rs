//! Nothing lies at the path.

nn::network! {
    #[weights("digits.safetensors")]
    pub struct Net = Input<4> => Dense<3>;
}

fn main() {}
