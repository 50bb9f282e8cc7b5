//! One argument too many.

nn::network! {
    pub struct Net = Input<4> => Activation<leaky_relu(0.2, 0.3)>;
}

fn main() {}
