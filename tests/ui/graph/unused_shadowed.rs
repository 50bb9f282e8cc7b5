//! A value that is shadowed before anything uses it.

nn::network! {
    pub struct Net(x: Input<4>) -> y {
        let h = x => Dense<3>;
        let h = x => Dense<4>;
        let y = h => ReLU;
    }
}

fn main() {}
