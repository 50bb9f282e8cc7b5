//! An angle bracket that nothing closes.

nn::network! {
    pub struct Net = Input<4> => Dense<3 => ReLU;
}

fn main() {}
