//! A padding that is nearly spelled right.

nn::network! {
    pub struct Net = Input<4, 4, 1> => MaxPool2D<2, padding = vaild>;
}

fn main() {}
