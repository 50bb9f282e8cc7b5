//! The body ends in a value.

nn::network! {
    pub struct Net(x: Input<4>) -> y {
        let y = x => Dense<4>;
        y
    }
}

fn main() {}
