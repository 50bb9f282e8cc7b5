//! A budget where the macro cannot see the sizes.

const UNITS: usize = 10;

nn::network! {
    #[budget(params <= 100)]
    pub struct Net = Input<10> => Dense<{ UNITS }>;
}

fn main() {}
