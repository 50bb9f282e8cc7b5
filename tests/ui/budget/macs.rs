//! More multiply-adds than the budget allows.

nn::network! {
    #[budget(macs <= 99)]
    pub struct Net = Input<10> => Dense<10>;
}

fn main() {}
