//! A `;` is missing.

nn::network! {
    pub struct Net(x: Input<4>) -> y {
        let h = x => Dense<4>
        let y = h => ReLU;
    }
}

fn main() {}
