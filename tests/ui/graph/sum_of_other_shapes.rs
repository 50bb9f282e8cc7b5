//! A sum of two shapes.

nn::network! {
    pub struct Net(x: Input<4>) -> y {
        let h = x => Dense<3>;
        let y = x + h;
    }
}

fn main() {}
