//! A layer that is used again must fit its weights.

nn::network! {
    pub struct Net(a: Input<4>, b: Input<5>) -> y {
        layer shared = Dense<3>;
        let y = Subtract(shared(a), shared(b));
    }
}

fn main() {}
