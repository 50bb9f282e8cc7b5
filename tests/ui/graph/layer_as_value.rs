//! A declared layer where a value belongs.

nn::network! {
    pub struct Net(x: Input<4>) -> y {
        layer h = Dense<3>;
        let y = h => ReLU;
    }
}

fn main() {}
