//! Every mistake of a layer is reported.

nn::network! {
    pub struct Net = Input<28, 28, 1> => Conv2D<6, 3, padding = sane, strides = 0, bias = false, activation = rellu>;
}

fn main() {}
