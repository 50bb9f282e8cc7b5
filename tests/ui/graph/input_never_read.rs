//! An input that nothing reads.

nn::network! {
    pub struct Net(x: Input<4>, side: Input<2>) -> y {
        let y = x => Dense<2>;
    }
}

fn main() {}
