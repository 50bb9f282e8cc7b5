//! An axis that one of the values does not have.

nn::network! {
    pub struct Net(a: Input<3, 4>, b: Input<4, 5>) -> y {
        let y = Dot<axes = (2, 3)>(a, b);
    }
}

fn main() {}
