//! A type that networks do not compute in.

nn::network! {
    #[weights("half.safetensors")]
    pub struct Net = Input<4> => Dense<3>;
}

fn main() {}
