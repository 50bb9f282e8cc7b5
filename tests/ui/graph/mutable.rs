//! A `let mut`.

nn::network! {
    pub struct Net(x: Input<4>) -> y {
        let mut y = x => Dense<4>;
    }
}

fn main() {}
