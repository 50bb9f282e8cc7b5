//! An option that inputs do not have.

nn::network! {
    pub struct Net = Input<4, batch = 8> => Dense<3>;
}

fn main() {}
