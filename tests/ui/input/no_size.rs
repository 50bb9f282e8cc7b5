//! An input without a size.

nn::network! {
    pub struct Net = Input => Dense<3>;
}

fn main() {}
