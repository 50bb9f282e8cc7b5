//! Every activation function that is a layer.

nn::network! {
    pub struct Net = Input<4>
        => ReLU => LeakyReLU => ELU => PReLU => Softmax => Sigmoid => Tanh;
}

fn main() {}
