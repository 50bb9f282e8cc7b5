//! Less than nothing is dropped.

nn::network! {
    pub struct Net = Input<4> => Dropout<-0.5>;
}

fn main() {}
