//! An input of another size.

nn::network! {
    pub struct Net = Input<4> => fc: Dense<3>;
}

fn main() {
    let net = Net::zeros();
    let mut workspace = Net::workspace();
    let _ = net.infer(&nn::Tensor1::from([0.0; 5]), &mut workspace);
}
