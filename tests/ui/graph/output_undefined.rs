//! An output that no `let` defines.

nn::network! {
    pub struct Net(x: Input<4>) -> y {
        let out = x => Dense<3>;
    }
}

fn main() {}
