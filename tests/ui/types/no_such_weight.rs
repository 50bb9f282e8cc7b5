//! A bias that was left out.

use nn::prelude::*;

nn::network! {
    pub struct Net = Input<4> => fc: Dense<3, use_bias = false>;
}

fn main() {
    let net = Net::zeros();
    let _: f32 = net.fc.bias;
}
