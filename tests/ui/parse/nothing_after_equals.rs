//! Nothing after the equals sign.

nn::network! {
    pub struct Net = ;
}

fn main() {}
