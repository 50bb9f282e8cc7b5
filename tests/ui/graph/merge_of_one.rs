//! A layer of several inputs gets one.

nn::network! {
    pub struct Net = Input<4> => Dense<3> => Add => Dense<2>;
}

fn main() {}
