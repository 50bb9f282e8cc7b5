//! A network is a struct.

nn::network! {
    pub enum Net = Input<4> => Dense<3>;
}

fn main() {}
