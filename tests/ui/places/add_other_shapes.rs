//! Two values of different shapes in a sum.

nn::network! {
    pub struct Net(left: Input<4>, right: Input<5>) -> y {
        let a = left => Dense<3>;
        let b = right => wide: Dense<4>;
        let y = a + b => ReLU;
    }
}

fn main() {}
