//! A repeat says how often.

nn::network! {
    pub struct Net = Input<4> => [Dense<3>] => Dense<2>;
}

fn main() {}
