//! A block that nothing uses.

nn::network! {
    pub struct Net(x: Input<4>) -> y {
        block twice(x) -> y { let y = x => Dense<3> => Dense<3>; }
        let y = x => ReLU;
    }
}

fn main() {}
