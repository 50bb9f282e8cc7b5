//! A label on two copies of a block.

nn::network! {
    pub struct Net(x: Input<4>) -> y {
        block b(x) -> y { let y = x => Dense<3>; }
        let y = x => a: b => a: b;
    }
}

fn main() {}
