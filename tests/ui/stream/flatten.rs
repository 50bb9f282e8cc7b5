//! Flatten takes all steps at once.

nn::network! {
    #[stream]
    pub struct Net = Input<10, 4> => GRU<8, return_sequences = true> => Flatten => Dense<1>;
}

fn main() {}
