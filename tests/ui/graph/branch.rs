//! A branch.

nn::network! {
    pub struct Net(x: Input<4>) -> y {
        let y = if deep { x => Dense<4> } else { x };
    }
}

fn main() {}
