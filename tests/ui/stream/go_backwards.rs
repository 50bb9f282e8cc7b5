//! Backwards begins at the end.

nn::network! {
    #[stream]
    pub struct Net = Input<10, 4> => GRU<8, go_backwards = true> => Dense<1>;
}

fn main() {}
