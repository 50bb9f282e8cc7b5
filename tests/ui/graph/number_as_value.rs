//! A number as a value.

nn::network! {
    pub struct Net(x: Input<4>) -> y {
        let y = x * 2;
    }
}

fn main() {}
