//! Only one size can follow from the others.

nn::network! {
    pub struct Net = Input<3, 4> => Reshape<-1, -1>;
}

fn main() {}
