//! An output of another size.

use nn::prelude::*;

nn::network! {
    pub struct Net = Input<4> => fc: Dense<3>;
}

fn main() {
    let net = Net::zeros();
    let mut workspace = NetWorkspace::new();
    let _: Tensor1<4> = net.infer(&Tensor1::zeros(), &mut workspace);
}
