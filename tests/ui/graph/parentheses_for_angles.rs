//! The arguments of a layer in parentheses.

nn::network! {
    pub struct Net(x: Input<4>) -> y {
        let y = x => Dense(3);
    }
}

fn main() {}
