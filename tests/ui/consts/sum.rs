//! A sum of two shapes, through a constant.

const N: usize = 3;

nn::network! {
    pub struct Net(x: Input<4>) -> y {
        let h = x => Dense<N>;
        let y = x + h;
    }
}

fn main() {}
