//! Labels, repeats of classes, options, docs.

nn::network! {
    /// LeNet-5 for 28×28 grey-scale digits.
    #[budget(params <= 61_706, workspace <= 64 KiB, macs <= 600_000)]
    pub struct LeNet = Input<28, 28, 1>
        => conv1: Conv2D<6, 3> => MaxPool2D<2> => ReLU
        => conv2: Conv2D<16, 3> => MaxPool2D<2> => ReLU
        => Flatten
        => Dense<120, activation = relu>
        => Dense<84, activation = relu>
        => Dense<10>;
}

use nn::Network;

fn main() {
    let mut net = LeNet::zeros();
    net.conv1.kernel[0][1][0][5] = 1.0;
    net.dense_2.bias[9] = 1.0;
}
