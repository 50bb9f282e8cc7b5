//! A value that nothing uses.

nn::network! {
    pub struct Net(x: Input<4>) -> y {
        let a = x => Dense<3>;
        let y = x => ReLU;
    }
}

fn main() {}
