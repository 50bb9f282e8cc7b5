//! The memory of another network.

use nn::prelude::*;

nn::network! {
    pub struct Net = Input<4> => fc: Dense<3>;
}

nn::network! {
    pub struct Other = Input<4> => Dense<3> => Dense<2>;
}

fn main() {
    let net = Net::zeros();
    let mut workspace = OtherWorkspace::new();
    net.infer(&Tensor1::zeros(), &mut workspace);
}
