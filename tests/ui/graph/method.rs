//! A method of a value.

nn::network! {
    pub struct Net(x: Input<4>) -> y {
        let y = x.relu();
    }
}

fn main() {}
