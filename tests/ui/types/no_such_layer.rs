//! A layer of another name.

use nn::prelude::*;

nn::network! {
    pub struct Net = Input<4> => fc: Dense<3>;
}

fn main() {
    let net = Net::zeros();
    println!("{}", net.fc1.bias[0]);
}
