//! Every activation function.

nn::network! {
    pub struct Net = Input<4>
        => Activation<linear>
        => Activation<relu>
        => Activation<relu6>
        => Activation<leaky_relu>
        => Activation<leaky_relu(0.2)>
        => Activation<elu>
        => Activation<elu(1.0)>
        => Activation<selu>
        => Activation<gelu>
        => Activation<gelu(approximate)>
        => Activation<sigmoid>
        => Activation<hard_sigmoid>
        => Activation<tanh>
        => Activation<softmax>
        => Activation<log_softmax>
        => Activation<softplus>
        => Activation<softsign>
        => Activation<swish>
        => Activation<silu>
        => Activation<hard_swish>
        => Activation<mish>
        => Activation<exponential>;
}

fn main() {}
