//! A file that is not there is reported beside what else is wrong.

nn::network! {
    #[weights("digits.safetensors")]
    pub struct Net = Input<4> => Dense<0>;
}

fn main() {}
