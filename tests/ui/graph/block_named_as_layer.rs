//! A block with the name of a layer.

nn::network! {
    pub struct Net(x: Input<4>) -> y {
        block Dense(x) -> y { let y = x => ReLU; }
        let y = x => Dense<3>;
    }
}

fn main() {}
