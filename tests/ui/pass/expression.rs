//! Without a struct, an expression: an anonymous network, initialised.

fn main() {
    let net = nn::network!(Input<4> => Dense<3>);
    let _ = net;
}
