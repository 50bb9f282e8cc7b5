//! Commas after the last argument.

nn::network! {
    pub struct Net = Input<8, 8, 2,> => Conv2D<3, (3, 3,), strides = (2, 2),> => Flatten => Dense<4,>;
}

fn main() {}
