//! More weights than the budget allows.

nn::network! {
    #[budget(params <= 100)]
    pub struct Net = Input<10> => Dense<10>;
}

fn main() {}
