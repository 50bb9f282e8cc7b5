//! The option is not built yet.

nn::network! {
    pub struct Net = Input<4, 3> => Dropout<0.5, noise_shape = (1, 3)>;
}

fn main() {}
