//! Token ids come with Embedding.

nn::network! {
    pub struct Net = Input<80, dtype = u32> => Dense<3>;
}

fn main() {}
