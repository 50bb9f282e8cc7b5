//! As Keras calls it, with a list.

nn::network! {
    pub struct Net(a: Input<4>, b: Input<5>) -> y {
        let y = Concatenate([a, b]) => Dense<3>;
    }
}

fn main() {}
