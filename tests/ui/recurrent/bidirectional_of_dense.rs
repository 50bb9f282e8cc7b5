//! Only a recurrent layer runs in two directions.

nn::network! {
    pub struct Net = Input<10, 4> => Bidirectional<Dense<8>> => Dense<1>;
}

fn main() {}
