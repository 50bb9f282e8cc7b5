//! An operator after a layer.

nn::network! {
    pub struct Net(x: Input<4>) -> y {
        let y = x => Dense<4> + x;
    }
}

fn main() {}
