//! Three values.

nn::network! {
    pub struct Net(a: Input<3>, b: Input<3>) -> y {
        let y = Dot<1>(a, b, a);
    }
}

fn main() {}
