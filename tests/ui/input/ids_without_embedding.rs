//! Ids go into an Embedding, not into a layer that computes with numbers.

nn::network! {
    pub struct Net = Input<80, dtype = u32> => Dense<3>;
}

fn main() {}
