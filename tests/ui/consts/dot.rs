//! Axes of different sizes, through a constant.

const N: usize = 3;

nn::network! {
    pub struct Net(a: Input<N, 4>, b: Input<4, 5>) -> y {
        let y = Dot<axes = 1>(a, b);
    }
}

fn main() {}
