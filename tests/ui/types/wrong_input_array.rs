//! An array of another size.

use nn::prelude::*;

nn::network! {
    pub struct Net = Input<4> => fc: Dense<3>;
}

fn main() {
    let net = Net::zeros();
    let mut workspace = NetWorkspace::new();
    net.infer(&[0.0; 5].into(), &mut workspace);
}
