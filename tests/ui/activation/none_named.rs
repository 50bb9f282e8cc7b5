//! Which function?

nn::network! {
    pub struct Net = Input<4> => Activation;
}

fn main() {}
