use nn::__rt::Network;
nn::network! {
    /// LeNet-5
    pub struct LeNet = Input<28, 28, 1>
        => conv1: Conv2D<6, 3> => MaxPool2D<2> => ReLU
        => conv2: Conv2D<16, 3> => MaxPool2D<2> => ReLU
        => Flatten
        => Dense<120, activation = relu>
        => Dense<84, activation = relu>
        => Dense<10>;
}
fn main() {
    let net = LeNet::zeros();
    let mut ws = LeNet::workspace();
    println!("{:?} {} {} {}", net.infer(&LeNetInput::zeros(), &mut ws), LeNet::PARAMETERS, LeNet::MACS, LeNet::WORKSPACE_BYTES);
    println!("{}", LeNet::summary());
}
