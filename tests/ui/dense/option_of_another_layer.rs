//! An option that another layer has.

nn::network! {
    pub struct Net = Input<4> => Dense<3, padding = same>;
}

fn main() {}
