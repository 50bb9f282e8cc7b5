//! The path leads to a folder.

nn::network! {
    #[weights(".")]
    pub struct Net = Input<4> => Dense<3>;
}

fn main() {}
