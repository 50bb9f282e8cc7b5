//! A value that is used before its `let`.

nn::network! {
    pub struct Net(x: Input<4>) -> y {
        let y = h => ReLU;
        let h = x => Dense<3>;
    }
}

fn main() {}
