//! No axes.

nn::network! {
    pub struct Net(a: Input<3>, b: Input<3>) -> y {
        let y = Dot(a, b);
    }
}

fn main() {}
