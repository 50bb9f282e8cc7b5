//! Convolution and pooling of sequences, and their options.

const STEPS: usize = 64;
const DILATION: usize = 4;

nn::network! {
    pub struct Net = Input<STEPS, 4>
        => Conv1D<8, 3, strides = 1, padding = causal, dilation_rate = DILATION, groups = 2, activation = relu, use_bias = true,
            trainable = true, kernel_initializer = he_normal, bias_initializer = zeros, kernel_regularizer = l2(0.01),
            bias_regularizer = l1(0.01), kernel_constraint = max_norm(2.0), bias_constraint = non_neg,
            data_format = channels_last>
        => DepthwiseConv1D<DILATION, padding = same, depth_multiplier = { DILATION / 2 }, use_bias = false>
        => SeparableConv1D<DILATION, 3, padding = same, depth_multiplier = { DILATION / 2 }, use_bias = false>
        => BatchNorm
        => MaxPool1D<2, strides = 2, padding = same>
        => Conv1D<6, 2, strides = 2, padding = same>
        => AvgPool1D<2, padding = valid>
        => MaxPooling1D
        => Conv1D<5, 1, use_bias = false>
        => AveragePooling1D
        => GlobalAveragePooling1D<keepdims = true>
        => GlobalMaxPooling1D;
}

fn main() {}
