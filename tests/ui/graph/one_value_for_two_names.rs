//! Two names for one value.

nn::network! {
    pub struct Net(x: Input<4>) -> y {
        let (a, b) = x => Dense<3>;
        let y = a + b;
    }
}

fn main() {}
