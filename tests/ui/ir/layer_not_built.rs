//! A layer that is promised and not built yet.

nn::network! {
    pub struct Net = Input<4, 5> => LSTM<3>;
}

fn main() {}
