//! Repeats of a layer and of a chain, and their names.

nn::network! {
    pub struct Net = Input<5> => [fc: Dense<6, activation = relu>; 3] => [Dense<6> => Tanh; 2] => [[Dense<4>; 2] => ReLU; 2];
}

use nn::Network;

fn main() {
    let mut net = Net::zeros();
    net.fc_2.bias[5] = 1.0;
    net.dense_1.bias[5] = 1.0;
    net.dense_5.bias[3] = 1.0;
}
