//! How often a layer is repeated must be written in the macro.

const TIMES: usize = 2;

nn::network! {
    pub struct Net = Input<4> => [Dense<3>; TIMES] => Dense<2>;
}

fn main() {}
