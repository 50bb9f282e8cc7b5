//! An input that is never read.

nn::network! {
    pub struct Net(x: Input<4>, w: Input<3>) -> y {
        let y = x => ReLU;
    }
}

fn main() {}
