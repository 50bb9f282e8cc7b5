//! Two element types.

nn::network! {
    #[dtype(f32)]
    #[dtype(f64)]
    pub struct Net = Input<4> => Dense<3>;
}

fn main() {}
