//! A shape that does not fit, in a copy of a block.

nn::network! {
    pub struct Net(x: Input<4, 4, 1>) -> y {
        block b<const F: usize>(x) -> y { let y = x => Conv2D<F, 3>; }
        let y = x => b<4> => b<4>;
    }
}

fn main() {}
