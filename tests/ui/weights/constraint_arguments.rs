//! A constraint with too many arguments.

nn::network! {
    pub struct Net = Input<4> => Dense<3, bias_constraint = non_neg(1.0)>;
}

fn main() {}
