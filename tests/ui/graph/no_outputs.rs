//! The outputs are missing.

nn::network! {
    pub struct Net(x: Input<4>) {
        let y = x => Dense<3>;
    }
}

fn main() {}
