//! An input of another element type.

use nn::prelude::*;

nn::network! {
    pub struct Net = Input<4> => fc: Dense<3>;
}

fn main() {
    let net = Net::zeros();
    let mut workspace = NetWorkspace::new();
    net.infer(&Tensor1([0.0_f64; 4]), &mut workspace);
}
