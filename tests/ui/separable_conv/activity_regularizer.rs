//! An option that is not built yet.

nn::network! {
    pub struct Net = Input<10, 3> => SeparableConv1D<6, 3, activity_regularizer = l2>;
}

fn main() {}
