//! Weights and activations of `f64`.

nn::network! {
    #[dtype(f64)]
    pub struct Net = Input<4> => fc: Dense<3, activation = tanh>;
}

use nn::Network;

fn main() {
    let mut net = Net::zeros();
    net.fc.bias[0] = 1.0_f64;
}
