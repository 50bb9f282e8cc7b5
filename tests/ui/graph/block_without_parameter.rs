//! A parameter of a block is missing.

nn::network! {
    pub struct Net(x: Input<4>) -> y {
        block b<const F: usize, const S: usize>(x) -> y { let y = x => Dense<F> => Dense<S>; }
        let y = x => b<3>;
    }
}

fn main() {}
