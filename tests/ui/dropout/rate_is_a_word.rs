//! A rate is a number.

nn::network! {
    pub struct Net = Input<4> => Dropout<half>;
}

fn main() {}
