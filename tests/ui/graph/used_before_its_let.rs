//! A value that stands further down.

nn::network! {
    pub struct Net(x: Input<4>) -> y {
        let y = x + hidden => Dense<2>;
        let hidden = x => Dense<4>;
    }
}

fn main() {}
