//! An element type that inputs do not have.

nn::network! {
    pub struct Net = Input<80, dtype = f23> => Dense<3>;
}

fn main() {}
