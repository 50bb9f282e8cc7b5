//! An output of another size.

nn::network! {
    pub struct Net = Input<4> => fc: Dense<3>;
}

fn main() {
    let net = Net::zeros();
    let mut workspace = Net::workspace();
    let _: nn::Tensor1<4> = net.infer(&nn::Tensor1::zeros(), &mut workspace);
}
