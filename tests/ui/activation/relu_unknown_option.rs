//! An option of another layer.

nn::network! {
    pub struct Net = Input<4> => ReLU<alpha = 0.1>;
}

fn main() {}
