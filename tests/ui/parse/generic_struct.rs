//! A network takes no generic arguments.

nn::network! {
    pub struct Net<const N: usize> = Input<4> => Dense<3>;
}

fn main() {}
