//! Every layer and every option that inference has code for.

nn::network! {
    /// Every option of convolutions.
    pub struct Convolutions = Input<19, 17, 4>
        => Conv2D<8, (3, 2), padding = same, groups = 2, use_bias = false>
        => Conv2D<5, 3, strides = 2, padding = same, activation = swish>
        => Conv2D<33, 3, dilation_rate = 2, padding = same, activation = tanh>
        => Conv2D<1, 1>
        => Conv2D<3, (2, 3), strides = (2, 1)>;
}

nn::network! {
    /// Convolutions by channel, with one filter for each and with several.
    pub struct Depthwise = Input<19, 17, 5>
        => DepthwiseConv2D<3, padding = same, use_bias = false> => BatchNorm => ReLU
        => DepthwiseConv2D<(2, 3), strides = 2, padding = same, depth_multiplier = 3, activation = swish>
        => DepthwiseConv2D<2, dilation_rate = 2> => MaxPool2D<2>
        => Reshape<12, 15> => DepthwiseConv1D<3> => DepthwiseConv1D<2, depth_multiplier = 2>;
}

nn::network! {
    /// Convolutions in two parts, with and without what is fused behind them.
    pub struct Separable = Input<19, 17, 5>
        => SeparableConv2D<8, 3, padding = same, use_bias = false> => BatchNorm => ReLU
        => SeparableConv2D<20, (2, 3), strides = 2, padding = same, depth_multiplier = 3, activation = swish>
        => SeparableConv2D<3, 2, dilation_rate = 2> => MaxPool2D<2>
        => Reshape<12, 3> => SeparableConv1D<7, 3> => SeparableConv1D<4, 2, depth_multiplier = 2, activation = tanh>;
}

nn::network! {
    /// Pooling that is not fused.
    pub struct Pooling = Input<21, 18, 5>
        => AvgPool2D<3, strides = 2, padding = same> => Sigmoid => MeanShiftPool2D<2, strides = 1, padding = same>
        => MaxPool2D<2, strides = 1>
        => MaxPool2D<(1, 3), padding = same>;
}

nn::network! {
    /// Pooling of many channels, after a convolution that it cannot be fused with.
    pub struct Overlapping = Input<16, 16, 3>
        => Conv2D<24, 3, activation = relu> => MaxPool2D<3, strides = 2> => AvgPool2D<2, strides = 1, padding = same>;
}

nn::network! {
    /// Pooling over whole images.
    pub struct Global = Input<9, 7, 70> => Conv2D<70, 1> => GlobalMaxPool2D<keepdims = true> => GlobalAvgPool2D;
}

nn::network! {
    /// The same for less than a vector of channels.
    pub struct GlobalOfFew = Input<9, 7, 3> => GlobalAvgPool2D => Dense<4> => Reshape<2, 2, 1> => GlobalMaxPool2D;
}

nn::network! {
    /// Pooling of volumes, of few channels and of many.
    pub struct Volumes = Input<5, 6, 7, 20>
        => MaxPool3D<(1, 2, 2), padding = same> => AvgPool3D<3, strides = 1> => Reshape<3, 1, 2, 20>
        => Reshape<3, 4, 5, 2> => L2Pool3D<2, strides = 1, padding = same> => AdaptiveAvgPool3D<(2, 3, 7)> => AdaptiveMaxPool3D<(3, 4, 5)>
        => AvgPool3D<2, padding = same> => MaxPool3D<2, strides = 1>
        => GlobalMaxPool3D<keepdims = true> => GlobalAvgPool3D;
}

nn::network! {
    /// Convolutions in time.
    pub struct Videos = Input<3, 9, 7, 3> => ConvLSTM2D<5, 3, padding = same, return_sequences = true, strides = 2>
        => ConvLSTM2D<18, (2, 3), activation = relu, go_backwards = true> => Reshape<4, 36> => Masking => TimeDistributed<Reshape<2, 18>>
        => ConvLSTM1D<3, 2, use_bias = false>;
}

nn::network! {
    /// Attention without projections, norms, and constants along an axis.
    pub struct Attending(query: Input<5, 20>, value: Input<7, 20>) -> y {
        let a = Attention<use_scale = true, use_causal_mask = true>(query, value) => UnitNormalization;
        let b = AdditiveAttention(a, value) => Masking;
        let c = Attention<score_mode = concat>(b, value) => Rescaling<2.0, offset = (1.0, 0.5, 0.25, 2.0, 3.0, 1.0, 0.5, 0.25, 2.0, 3.0,
            1.0, 0.5, 0.25, 2.0, 3.0, 1.0, 0.5, 0.25, 2.0, 3.0)>;
        let y = c => Normalization<(1.0, 2.0, 3.0, 4.0, 5.0), 2.0, axis = 1> => Dense<3> => Rescaling<(1.0, 2.0, 3.0)>;
    }
}

nn::network! {
    /// Convolutions of volumes, of few channels and of many, with what is fused behind them.
    pub struct VolumeConvolutions = Input<5, 6, 7, 4>
        => Conv3D<6, (2, 3, 2), padding = same, groups = 2, use_bias = false> => BatchNorm => ReLU
        => Conv3D<33, 2, strides = (1, 2, 2), activation = swish> => Conv3D<3, 2, dilation_rate = 2, padding = same>
        => Conv3DTranspose<20, 2, strides = 2> => Conv3DTranspose<5, (1, 2, 3), padding = same, activation = tanh>;
}

nn::network! {
    /// Transposed convolutions, of few channels and of many.
    pub struct Transposed = Input<4, 5, 3>
        => Conv2DTranspose<40, 3, strides = 2, padding = same> => BatchNorm => ReLU
        => Conv2DTranspose<17, (2, 3), output_padding = 0, use_bias = false>
        => Conv2DTranspose<1, 3, dilation_rate = 2, activation = sigmoid> => Reshape<13, 16>
        => Conv1DTranspose<2, 4, strides = 3, output_padding = 1>;
}

nn::network! {
    /// Normalization in the epilogue of a layer.
    pub struct Normalized = Input<12, 12, 3>
        => Conv2D<6, 3> => BatchNorm => ReLU => MaxPool2D<2> => Flatten => Dense<7> => BatchNorm<scale = false>;
}

nn::network! {
    /// Normalization as a pass of its own: channels few and many, last and not.
    pub struct NormalizedAlone = Input<6, 5, 8>
        => BatchNorm => MaxPool2D<2> => BatchNorm<axis = 1, center = false> => BatchNorm<axis = 2>
        => Reshape<48> => BatchNorm => Reshape<2, 24> => BatchNorm<axis = 2>;
}

nn::network! {
    /// Learned slopes, shared and not.
    pub struct Slopes = Input<6, 5, 3> => PReLU => PReLU<shared_axes = (1, 2)> => PReLU<shared_axes = 3>;
}

nn::network! {
    /// Softmax of rows and columns, short and long.
    pub struct SoftmaxOfAxes = Input<4, 50, 7>
        => Softmax => Softmax<axis = 1> => Softmax<axis = 2> => Flatten => Dense<40, activation = softmax>
        => Dense<10, activation = log_softmax> => Dense<3, activation = softmax> => Dense<50, activation = log_softmax>;
}

nn::network! {
    /// Every activation.
    pub struct Activations = Input<9>
        => Dense<17, activation = relu> => Dense<17, activation = relu6> => Dense<17, activation = leaky_relu(0.2)>
        => Dense<17, activation = elu(1.0)> => Dense<17, activation = selu> => Dense<17, activation = gelu>
        => Dense<17, activation = gelu(approximate)> => Dense<17, activation = sigmoid>
        => Dense<17, activation = hard_sigmoid> => Dense<17, activation = tanh> => Dense<17, activation = softplus>
        => Dense<17, activation = softsign> => Dense<17, activation = swish> => Dense<17, activation = hard_swish>
        => Dense<17, activation = mish> => Dense<17, activation = exponential> => Tanh => ReLU => Sigmoid;
}

nn::network! {
    /// Nothing but views.
    pub struct Views = Input<3, 4> => Reshape<2, -1> => Dropout<0.5> => Flatten;
}

nn::network! {
    /// In double precision.
    #[dtype(f64)]
    pub struct Tabular = Input<12>
        => [Dense<16, activation = gelu>; 3] => BatchNorm => Dense<3, activation = softmax>;
}

nn::network! {
    /// Two inputs, two outputs, and a Concatenate whose parts are written or copied into place.
    pub struct Joint(headline: Input<20, dtype = u32>, extra: Input<5>) -> (main, aux) {
        let encoded = headline => Embedding<100, 16> => LSTM<12>;
        let aux = encoded => Dense<1, activation = sigmoid>;
        let main = Concatenate(encoded, extra) => Dense<8, activation = relu> => Dense<1, activation = sigmoid>;
    }
}

nn::network! {
    /// Recurrent layers of few and of many units, in both forms of `GRU`.
    pub struct Sequences = Input<9, 5>
        => SimpleRNN<7, return_sequences = true>
        => LSTM<40, return_sequences = true>
        => GRU<20, return_sequences = true>
        => GRU<3, reset_after = false, go_backwards = true, use_bias = false>;
}

nn::network! {
    /// Both directions, side by side and merged.
    pub struct BothWays = Input<9, 5>
        => Bidirectional<LSTM<6, return_sequences = true>>
        => Bidirectional<GRU<5, return_sequences = true>, merge_mode = mul>
        => Bidirectional<SimpleRNN<4>, merge_mode = ave>;
}

nn::network! {
    /// Masks that are made, joined and read.
    pub struct Masked(a: Input<7, dtype = u32>, b: Input<7, dtype = u8>, c: Input<7, 4>) -> y {
        let a = a => Embedding<9, 4, mask_zero = true>;
        let b = b => Embedding<9, 4, mask_zero = true>;
        let c = c => Masking<mask_value = -1.0>;
        let sum = Multiply(a, b) => GRU<4, return_sequences = true>;
        let y = Concatenate<axis = 1>(sum, c) => LSTM<5> => Dense<2>;
    }
}

nn::network! {
    /// An encoder block, and the other normalizations.
    pub struct Encoder(x: Input<10, 24>) -> y {
        let seen = x + (x => MultiHeadAttention<3, 8>) => LayerNormalization;
        let far = MultiHeadAttention<2, 5, use_causal_mask = true, value_dim = 3>(seen, x) => GroupNormalization<6>;
        let y = seen + (far => Dense<32, activation = gelu> => Dense<24>) => RMSNormalization;
    }
}

nn::network! {
    /// Layers on each step.
    pub struct PicturesInTime = Input<3, 10, 9, 2>
        => TimeDistributed<Conv2D<5, 3, padding = same, activation = relu>>
        => TimeDistributed<MaxPool2D<2>>
        => TimeDistributed<Conv2DTranspose<4, 2, strides = 2, activation = relu>>
        => TimeDistributed<Flatten>
        => TimeDistributed<Dense<8>>
        => GlobalAvgPool1D;
}

nn::network! {
    /// Values that meet, in every way.
    pub struct Joined(a: Input<3, 4>, b: Input<3, 4>, c: Input<1, 4>) -> (sum, most, dot) {
        let sum = a + b - b * c;
        let most = Average(Maximum(a, b, c), Minimum(a, b)) => ReLU;
        let dot = Dot<axes = 2, normalize = true>(a, Concatenate(b, a) => Dense<4>);
    }
}

nn::network! {
    /// Numbers that only move, and sequences as images of one row.
    pub struct Moved = Input<12, 6>
        => Conv1D<8, 3, padding = causal, dilation_rate = 2, activation = tanh>
        => MaxPool1D<2> => AvgPool1D<3, strides = 1, padding = same>
        => ZeroPadding1D<1> => UpSampling1D<2> => Cropping1D<(1, 2)>
        => Permute<2, 1> => Flatten => RepeatVector<2> => Conv1D<3, 1, use_bias = false>
        => Reshape<2, 3, 1> => UpSampling2D<2, interpolation = bilinear>;
}

nn::network! {
    /// Recurrent layers step by step.
    #[stream]
    pub struct Recurrent = Input<9, 3>
        => LSTM<20, return_sequences = true> => GRU<8, return_sequences = true> => SimpleRNN<5> => Dense<2>;
}

nn::network! {
    /// Causal convolutions step by step.
    #[stream]
    pub struct StreamedConvolutions = Input<40, 2>
        => Conv1D<8, 3, padding = causal, activation = relu>
        => Conv1D<7, 3, padding = causal, dilation_rate = 4> => BatchNorm => Tanh
        => LayerNormalization => Dense<1>;
}

nn::network! {
    /// Numbers beside values, operations on single elements, and parts of values; all of it step by step too.
    #[stream]
    pub struct Arithmetic(x: Input<6, 5>) -> y {
        weight gain: [5] = ones;
        let h = x * gain => Dense<5>;
        let a = (1.0 - h * 0.5) / (Square(h) + 2) + Sin(h) * Cos(h) - Erf(h) + Abs(h) * Sign(h);
        let b = Log(Sqrt(Exp(x) + Rsqrt(Clip<0.1, 4>(x)))) + Power<1.5>(Power<3>(x)) + Floor(x) - Ceil(x) * Round(x) / 3;
        let y = a[.., 1..] * b[.., (..-1).step_by(1)] - h[.., -1..];
    }
}

nn::network! {
    /// Parts of values along all axes.
    pub struct Sliced(x: Input<6, 4, 3>) -> y {
        let y = x[(1..).step_by(2), .., 0] * x[-1, 1..2][..1, 0] => Flatten => Dense<2>;
    }
}

nn::network! {
    /// One number for many, products, parts and choices.
    pub struct Operations(x: Input<5, 6>, ids: Input<3, dtype = u32>, image: Input<4, 5, 2>) -> (a, b, c) {
        weight table: [6, 4] = ones;
        let product = Matmul(x, table);
        let (first, second) = product => Split<2>;
        let best = Where(GreaterEqual(first, second) * NotEqual(first, 0.5), first, Minimum(second, 0.5));
        let sums = Sum<axis = 1>(x) + Mean<axis = 1>(x) * Max<axis = 1>(x) - Min<axis = 1>(x);
        let a = Stack(Prod<axis = 2>(best), Variance<axis = 2>(product), Norm<axis = 2>(product), ArgMax<axis = 2>(x));
        let b = Take<axis = 1>(CumSum<axis = 1>(x), ids) * OneHot<6>(ids) + sums * Sum(Cast<float>(ids));
        let around = Pad<1, mode = reflect>(image) + Pad<1, mode = edge>(image) + Pad<1, mode = symmetric>(image);
        let c = (around + Pad<1, constant_values = 0.5>(image)) => Resizing<3, 3>;
    }
}
