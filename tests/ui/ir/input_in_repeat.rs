//! An input that is repeated.

nn::network! {
    pub struct Net = [Input<4>; 2] => Dense<3>;
}

fn main() {}
