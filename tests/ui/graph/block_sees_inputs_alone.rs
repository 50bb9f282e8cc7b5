//! A block that reads a value of the network.

nn::network! {
    pub struct Net(x: Input<4>) -> y {
        let h = x => Dense<3>;
        block b(x) -> y { let y = x + h; }
        let y = h => b;
    }
}

fn main() {}
