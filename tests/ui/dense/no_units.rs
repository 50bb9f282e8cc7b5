//! How many units?

nn::network! {
    pub struct Net = Input<4> => Dense;
}

fn main() {}
