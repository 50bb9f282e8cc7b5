//! The file is one of `f32`.

nn::network! {
    #[weights("net.safetensors")]
    #[dtype(f64)]
    pub struct Net = Input<4> => Dense<3>;
}

fn main() {}
