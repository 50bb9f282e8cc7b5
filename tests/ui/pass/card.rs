//! The network on the card.

nn::network! {
    pub struct Card = Input<28,28,1> => Conv2D<6,3> => MaxPool2D<2> => Flatten => Dense<10>;
}

fn main() {}
