//! Every mistake of a network is reported, not only the first.

nn::network! {
    pub struct Net = Input<28, 28, 1> => Con2D<6, 3> => Dense<0> => Dropout<1.5> => Dense<3, activation = rellu>;
}

fn main() {}
