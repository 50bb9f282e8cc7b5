//! A `let` is missing.

nn::network! {
    pub struct Net(x: Input<4>) -> y {
        y = x => Dense<4>;
    }
}

fn main() {}
