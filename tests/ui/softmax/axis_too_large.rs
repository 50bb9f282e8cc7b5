//! An axis that is not there.

nn::network! {
    pub struct Net = Input<4> => Softmax<axis = 2>;
}

fn main() {}
