//! The axis of the batch.

nn::network! {
    pub struct Net(a: Input<3>, b: Input<3>) -> y {
        let y = Dot<axes = 0>(a, b);
    }
}

fn main() {}
