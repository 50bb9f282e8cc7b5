//! The backward half would have to know the future.

nn::network! {
    #[stream]
    pub struct Net = Input<10, 4> => Bidirectional<LSTM<8>> => Dense<1>;
}

fn main() {}
