//! No axes.

nn::network! {
    pub struct Net = Input<3, 4> => Permute;
}

fn main() {}
