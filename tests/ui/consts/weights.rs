//! The shape of a weight depends on a constant that only the compiler sees.

const UNITS: usize = 5;

nn::network! {
    #[weights("net.safetensors")]
    pub struct Net = Input<4> => Dense<UNITS>;
}

pub fn net() -> &'static Net {
    Net::PRETRAINED
}

fn main() {}
