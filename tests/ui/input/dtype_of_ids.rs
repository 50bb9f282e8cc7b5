//! The type of ids has another name here.

nn::network! {
    pub struct Net = Input<80, dtype = int32> => Dense<3>;
}

fn main() {}
