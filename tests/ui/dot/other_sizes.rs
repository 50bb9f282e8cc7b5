//! Axes of different sizes.

nn::network! {
    pub struct Net(a: Input<3, 4>, b: Input<4, 5>) -> y {
        let y = Dot<axes = 1>(a, b);
    }
}

fn main() {}
