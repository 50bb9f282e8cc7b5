//! A repeat of no times.

nn::network! {
    pub struct Net = Input<4> => [Dense<3>; 0] => Dense<2>;
}

fn main() {}
