//! A size below −1.

nn::network! {
    pub struct Net = Input<3, 4> => Reshape<-2, 6>;
}

fn main() {}
