//! A loop.

nn::network! {
    pub struct Net(x: Input<4>) -> y {
        for _ in 0..3 { let x = x => Dense<4>; }
        let y = x => Dense<4>;
    }
}

fn main() {}
