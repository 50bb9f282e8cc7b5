//! A declared layer that nothing uses.

nn::network! {
    pub struct Net(x: Input<4>) -> y {
        layer shared = Dense<3>;
        let y = x => ReLU;
    }
}

fn main() {}
