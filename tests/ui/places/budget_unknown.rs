//! A budget of something else.

nn::network! {
    #[budget(flops <= 100)]
    pub struct Net = Input<4> => Dense<3>;
}

fn main() {}
