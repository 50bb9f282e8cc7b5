//! A budget is an upper bound that may be reached.

nn::network! {
    #[budget(params < 100)]
    pub struct Net = Input<4> => Dense<3>;
}

fn main() {}
