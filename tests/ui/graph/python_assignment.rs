//! As it would stand in Python: no let, and the value after the layer.

nn::network! {
    pub struct Net(x: Input<4>) -> y {
        h = Dense<8>(x);
        y = Dense<2>(h);
    }
}

fn main() {}
