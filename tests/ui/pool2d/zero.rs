//! A window without rows.

nn::network! {
    pub struct Net = Input<4, 4, 1> => MaxPool2D<0>;
}

fn main() {}
