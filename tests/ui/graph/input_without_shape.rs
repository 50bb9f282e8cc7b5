//! An input without a shape.

nn::network! {
    pub struct Net(x) -> y {
        let y = x => Dense<3>;
    }
}

fn main() {}
