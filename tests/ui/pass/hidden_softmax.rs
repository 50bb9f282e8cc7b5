//! A layer with a softmax in the middle of a network: two steps of one name.

nn::network! {
    pub struct Net = Input<4, 4, 2>
        => Conv2D<3, 2, activation = softmax> => Flatten
        => Dense<6, activation = softmax>
        => Dense<5, activation = log_softmax>
        => Dense<3, activation = softmax>;
}

fn main() {}
