//! A shared layer on inputs of two shapes.

nn::network! {
    pub struct Net(x: Input<4>, w: Input<5>) -> y {
        layer shared = Dense<3>;
        let a = x => shared;
        let b = w => shared;
        let y = a + b;
    }
}

fn main() {}
