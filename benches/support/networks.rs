//! The reference networks of the benchmarks.

nn::network! {
    /// LeNet on 28×28 digits.
    pub struct LeNet = Input<28, 28, 1>
        => conv1: Conv2D<6, 3> => MaxPool2D<2> => ReLU
        => conv2: Conv2D<16, 3> => MaxPool2D<2> => ReLU
        => Flatten
        => Dense<120, activation = relu>
        => Dense<84, activation = relu>
        => Dense<10>;
}

nn::network! {
    /// The network with two convolutions of the Keras notes.
    pub struct KerasCnn = Input<64, 64, 3>
        => Conv2D<32, 3, padding = same, activation = relu> => MaxPool2D<2>
        => Conv2D<64, 3, padding = same, activation = relu> => MaxPool2D<2>
        => Flatten
        => Dense<64, activation = relu>
        => Dense<10, activation = softmax>;
}
