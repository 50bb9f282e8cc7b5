//! A parameter of a block that is no size.

nn::network! {
    pub struct Net(x: Input<4>) -> y {
        block b<F>(x) -> y { let y = x => Dense<F>; }
        let y = x => b<3>;
    }
}

fn main() {}
