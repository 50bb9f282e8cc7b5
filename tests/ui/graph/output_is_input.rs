//! An output that is an input.

nn::network! {
    pub struct Net(x: Input<4>) -> y {
        let y = x;
    }
}

fn main() {}
