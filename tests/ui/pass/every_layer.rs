//! Every layer and its options.

nn::network! {
    pub struct Net = Input<16, 16, 4>
        => Conv2D<8, (3, 2), strides = (1, 1), padding = same, dilation_rate = (1, 1), groups = 2, activation = relu,
            use_bias = true, trainable = false>
        => DepthwiseConv2D<(2, 3), strides = (1, 1), padding = same, depth_multiplier = 1, dilation_rate = (1, 1),
            activation = relu, use_bias = true, trainable = true, data_format = channels_last,
            depthwise_initializer = he_normal, depthwise_regularizer = l2(0.01), depthwise_constraint = max_norm(2.0),
            bias_initializer = ones, bias_regularizer = l1(0.01), bias_constraint = non_neg>
        => SeparableConv2D<8, (2, 3), strides = (1, 1), padding = same, depth_multiplier = 2, dilation_rate = (1, 1),
            activation = mish, use_bias = true, trainable = true, data_format = channels_last,
            depthwise_initializer = he_normal, depthwise_regularizer = l2(0.01), depthwise_constraint = max_norm(2.0),
            pointwise_initializer = he_normal, pointwise_regularizer = l2(0.01), pointwise_constraint = max_norm(2.0),
            bias_initializer = ones, bias_regularizer = l1(0.01), bias_constraint = non_neg>
        => BatchNormalization<axis = -1, momentum = 0.9, epsilon = 0.01, center = true, scale = false>
        => PReLU<shared_axes = (1, 2)>
        => MaxPool2D<2, strides = 2, padding = valid>
        => AvgPool2D<(2, 1), padding = same>
        => Dropout<0.25, seed = 3>
        => GlobalAvgPool2D<keepdims = true>
        => Reshape<2, -1>
        => Flatten
        => Dense<8, activation = leaky_relu(0.1), kernel_initializer = he_normal, bias_initializer = constant(0.1),
            kernel_regularizer = l1_l2(0.01, 0.02), kernel_constraint = max_norm(2.0), bias_constraint = non_neg>
        => ReLU<max_value = 6.0, negative_slope = 0.1>
        => LeakyReLU<negative_slope = 0.2>
        => ELU<alpha = 0.5>
        => Activation<gelu(approximate)>
        => Softmax<axis = -1>;
}

fn main() {}
