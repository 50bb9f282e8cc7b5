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

nn::network! {
    /// A table of numbers, yes or no.
    pub struct Mlp = Input<20>
        => Dense<64, activation = relu> => Dropout<0.5>
        => Dense<64, activation = relu> => Dropout<0.5>
        => Dense<1, activation = sigmoid>;
}

nn::network! {
    /// Six million weights for as many multiply-adds.
    pub struct Wide = Input<784>
        => Dense<2048, activation = relu> => Dense<2048, activation = relu>
        => Dense<10>;
}

nn::network! {
    /// A text of 80 ids to a probability, with two plain recurrent layers.
    pub struct Rnn = Input<80, dtype = u32>
        => Embedding<10_000, 100>
        => SimpleRNN<64, return_sequences = true> => SimpleRNN<64>
        => Dense<1, activation = sigmoid>;
}

nn::network! {
    /// The same with `LSTM`.
    pub struct Lstm = Input<80, dtype = u32>
        => Embedding<10_000, 100>
        => LSTM<64, return_sequences = true> => LSTM<64>
        => Dense<1, activation = sigmoid>;
}

nn::network! {
    /// The same with `GRU`.
    pub struct Gru = Input<80, dtype = u32>
        => Embedding<10_000, 100>
        => GRU<64, return_sequences = true> => GRU<64>
        => Dense<1, activation = sigmoid>;
}

nn::network! {
    /// Two inputs and two outputs: a headline and five side features.
    pub struct Headline(headline: Input<100, dtype = u32>, extra: Input<5>) -> (main, aux) {
        let encoded = headline => Embedding<10_000, 512> => LSTM<32>;
        let aux = encoded => Dense<1, activation = sigmoid>;
        let main = Concatenate(encoded, extra)
            => [Dense<64, activation = relu>; 3]
            => Dense<1, activation = sigmoid>;
    }
}

nn::network! {
    /// ResNet-8 on 32×32 colour pictures.
    pub struct ResNet8(picture: Input<32, 32, 3>) -> classes {
        block same<const F: usize>(x) -> y {
            let inner = x
                => Conv2D<F, 3, padding = same> => BatchNorm => ReLU
                => Conv2D<F, 3, padding = same> => BatchNorm;
            let y = x + inner => ReLU;
        }
        block halved<const F: usize>(x) -> y {
            let inner = x
                => Conv2D<F, 3, strides = 2, padding = same> => BatchNorm => ReLU
                => Conv2D<F, 3, padding = same> => BatchNorm;
            let skip = x => Conv2D<F, 1, strides = 2, padding = same>;
            let y = skip + inner => ReLU;
        }
        let classes = picture
            => Conv2D<16, 3, padding = same> => BatchNorm => ReLU
            => same<16> => halved<32> => halved<64>
            => AvgPool2D<8> => Flatten
            => Dense<10, activation = softmax>;
    }
}

nn::network! {
    /// A keyword spotter of depthwise and pointwise convolutions, on 49 spectra of 10 coefficients.
    pub struct DsCnn(sound: Input<49, 10, 1>) -> words {
        block mixed(x) -> y {
            let y = x
                => DepthwiseConv2D<3, padding = same> => BatchNorm => ReLU
                => Conv2D<64, 1> => BatchNorm => ReLU;
        }
        let words = sound
            => Conv2D<64, (10, 4), strides = 2, padding = same> => BatchNorm => ReLU => Dropout<0.2>
            => mixed => mixed => mixed => mixed => Dropout<0.4>
            => AvgPool2D<(24, 5)> => Flatten
            => Dense<12, activation = softmax>;
    }
}

nn::network! {
    /// MobileNet with a quarter of its channels, on 96×96 colour pictures.
    pub struct MobileNet(picture: Input<96, 96, 3>) -> classes {
        block mixed<const F: usize, const S: usize>(x) -> y {
            let y = x
                => DepthwiseConv2D<3, strides = S, padding = same, use_bias = false> => BatchNorm => ReLU
                => Conv2D<F, 1, use_bias = false> => BatchNorm => ReLU;
        }
        let classes = picture
            => Conv2D<8, 3, strides = 2, padding = same, use_bias = false> => BatchNorm => ReLU
            => mixed<16, 1> => mixed<32, 2> => mixed<32, 1> => mixed<64, 2> => mixed<64, 1>
            => mixed<128, 2> => mixed<128, 1> => mixed<128, 1> => mixed<128, 1> => mixed<128, 1> => mixed<128, 1>
            => mixed<256, 2> => mixed<256, 1>
            => AvgPool2D<3> => Flatten
            => Dense<2, activation = softmax>;
    }
}

nn::network! {
    /// An autoencoder of ten dense layers, whose weights fill the second cache.
    pub struct Autoencoder(x: Input<640>) -> y {
        block dense<const UNITS: usize>(x) -> y {
            let y = x => Dense<UNITS> => BatchNorm => ReLU;
        }
        let y = x
            => dense<128> => dense<128> => dense<128> => dense<128> => dense<8>
            => dense<128> => dense<128> => dense<128> => dense<128> => Dense<640>;
    }
}

nn::network! {
    /// An encoder block of ten steps.
    pub struct Attention(x: Input<10, 64>) -> y {
        let seen = x + (x => MultiHeadAttention<4, 32>) => LayerNormalization;
        let y = seen + (seen => Dense<128, activation = gelu> => Dense<64>) => LayerNormalization;
    }
}

nn::network! {
    /// An audio plug-in's network, one sample after another.
    #[stream]
    pub struct AudioLstm = Input<64, 1> => LSTM<20, return_sequences = true> => Dense<1>;
}

nn::network! {
    /// A smaller one.
    #[stream]
    pub struct AudioGru = Input<64, 1> => GRU<8, return_sequences = true> => Dense<1>;
}

nn::network! {
    /// One that looks back over 31 samples.
    #[stream]
    pub struct AudioTcn = Input<64, 1>
        => Conv1D<8, 3, padding = causal, dilation_rate = 1, activation = relu>
        => Conv1D<8, 3, padding = causal, dilation_rate = 2, activation = relu>
        => Conv1D<8, 3, padding = causal, dilation_rate = 4, activation = relu>
        => Conv1D<8, 3, padding = causal, dilation_rate = 8, activation = relu>
        => Dense<1>;
}

nn::network! {
    /// One without memory.
    #[stream]
    pub struct AudioDense = Input<64, 1> => [Dense<8, activation = tanh>; 3] => Dense<1>;
}
