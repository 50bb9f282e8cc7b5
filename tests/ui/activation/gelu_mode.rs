//! A word that gelu does not know.

nn::network! {
    pub struct Net = Input<4> => Activation<gelu(exact)>;
}

fn main() {}
