//! A repeat of fewer than no times.

nn::network! {
    pub struct Net = Input<4> => [Dense<3>; -1] => Dense<2>;
}

fn main() {}
