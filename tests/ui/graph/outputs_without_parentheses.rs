//! Several outputs without parentheses.

nn::network! {
    pub struct Net(x: Input<4>) -> y, z {
        let y = x => Dense<3>;
        let z = x => ReLU;
    }
}

fn main() {}
