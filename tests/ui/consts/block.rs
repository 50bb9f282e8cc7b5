//! A kernel too large in a copy of a block, through a constant.

const KERNEL: usize = 5;

nn::network! {
    pub struct Net(x: Input<4, 4, 1>) -> y {
        block b<const F: usize, const K: usize>(x) -> y { let y = x => Conv2D<F, K>; }
        let y = x => b<4, KERNEL>;
    }
}

fn main() {}
