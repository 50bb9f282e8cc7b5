//! The tables: what the suite covers of layers, options, losses and so on.

const CONVOLUTION: &[&str] = &["strides", "padding", "dilation_rate", "groups", "activation", "use_bias", "weights"];

/// Of convolutions by channel, with and without a mixture behind.
const DEPTHWISE: &[&str] =
    &["strides", "padding", "depth_multiplier", "dilation_rate", "activation", "use_bias", "weights"];

/// Those of one of the three are refused by the macro for the others.
const RECURRENT: &[&str] = &[
    "activation",
    "recurrent_activation",
    "use_bias",
    "return_sequences",
    "return_state",
    "go_backwards",
    "stateful",
    "unroll",
    "dropout",
    "recurrent_dropout",
    "unit_forget_bias",
    "reset_after",
    "weights",
];

const CELL: &[&str] = &[
    "activation",
    "recurrent_activation",
    "use_bias",
    "dropout",
    "recurrent_dropout",
    "unit_forget_bias",
    "reset_after",
    "weights",
];

/// Layers that take a layer as their argument.
pub const WRAPPERS: [&str; 2] = ["Bidirectional", "TimeDistributed"];

/// The types of inputs.
pub const DTYPES: &[&str] = &["f32", "f64", "u32", "u8"];

/// Layers and their options. `weights` stands for the options of each weight and `trainable`.
pub const LAYERS: &[(&str, &[&str])] = &[
    ("Input", &["dtype"]),
    ("Dense", &["activation", "use_bias", "weights"]),
    ("Conv1D", CONVOLUTION),
    ("Conv2D", CONVOLUTION),
    ("DepthwiseConv1D", DEPTHWISE),
    ("DepthwiseConv2D", DEPTHWISE),
    ("SeparableConv1D", DEPTHWISE),
    ("SeparableConv2D", DEPTHWISE),
    ("MaxPool1D", &["strides", "padding"]),
    ("MaxPooling1D", &["strides", "padding"]),
    ("AvgPool1D", &["strides", "padding"]),
    ("AveragePooling1D", &["strides", "padding"]),
    ("MaxPool2D", &["strides", "padding"]),
    ("MaxPooling2D", &["strides", "padding"]),
    ("AvgPool2D", &["strides", "padding"]),
    ("AveragePooling2D", &["strides", "padding"]),
    ("GlobalMaxPool1D", &["keepdims"]),
    ("GlobalMaxPooling1D", &["keepdims"]),
    ("GlobalAvgPool1D", &["keepdims"]),
    ("GlobalAveragePooling1D", &["keepdims"]),
    ("GlobalMaxPool2D", &["keepdims"]),
    ("GlobalMaxPooling2D", &["keepdims"]),
    ("GlobalAvgPool2D", &["keepdims"]),
    ("GlobalAveragePooling2D", &["keepdims"]),
    ("Flatten", &["data_format"]),
    ("Reshape", &[]),
    ("Permute", &[]),
    ("RepeatVector", &[]),
    ("UpSampling1D", &[]),
    ("UpSampling2D", &["interpolation", "data_format"]),
    ("UpSampling3D", &["data_format"]),
    ("ZeroPadding1D", &["data_format"]),
    ("ZeroPadding2D", &["data_format"]),
    ("ZeroPadding3D", &["data_format"]),
    ("Cropping1D", &[]),
    ("Cropping2D", &["data_format"]),
    ("Cropping3D", &["data_format"]),
    ("Dropout", &["seed"]),
    ("BatchNormalization", &["axis", "momentum", "epsilon", "center", "scale", "weights"]),
    ("BatchNorm", &["axis", "momentum", "epsilon", "center", "scale", "weights"]),
    ("LayerNormalization", &["axis", "epsilon", "center", "scale", "weights"]),
    ("LayerNorm", &["axis", "epsilon", "center", "scale", "weights"]),
    ("RMSNormalization", &["axis", "epsilon", "weights"]),
    ("GroupNormalization", &["axis", "epsilon", "center", "scale", "weights"]),
    ("Embedding", &["mask_zero", "weights"]),
    ("Masking", &["mask_value"]),
    ("SimpleRNN", RECURRENT),
    ("LSTM", RECURRENT),
    ("GRU", RECURRENT),
    ("SimpleRNNCell", CELL),
    ("LSTMCell", CELL),
    ("GRUCell", CELL),
    ("Bidirectional", &["merge_mode"]),
    ("TimeDistributed", &[]),
    ("MultiHeadAttention", &["value_dim", "dropout", "use_bias", "output_shape", "use_causal_mask", "weights"]),
    ("Add", &[]),
    ("Subtract", &[]),
    ("Multiply", &[]),
    ("Average", &[]),
    ("Maximum", &[]),
    ("Minimum", &[]),
    ("Concatenate", &["axis"]),
    ("Dot", &["axes", "normalize"]),
    ("Activation", &[]),
    ("ReLU", &["max_value", "negative_slope", "threshold"]),
    ("LeakyReLU", &["negative_slope"]),
    ("ELU", &["alpha"]),
    ("PReLU", &["shared_axes", "weights"]),
    ("Softmax", &["axis"]),
    ("LogSoftmax", &["axis"]),
    ("ReLU6", &[]),
    ("SELU", &[]),
    ("GELU", &["approximate"]),
    ("Sigmoid", &[]),
    ("HardSigmoid", &[]),
    ("Tanh", &[]),
    ("Softplus", &[]),
    ("Softsign", &[]),
    ("Swish", &[]),
    ("SiLU", &[]),
    ("HardSwish", &[]),
    ("Mish", &[]),
    ("Exponential", &[]),
];

pub const ACTIVATIONS: &[&str] = &[
    "linear",
    "relu",
    "relu6",
    "leaky_relu",
    "elu",
    "selu",
    "gelu",
    "sigmoid",
    "hard_sigmoid",
    "tanh",
    "softmax",
    "log_softmax",
    "softplus",
    "softsign",
    "swish",
    "silu",
    "hard_swish",
    "mish",
    "exponential",
];

pub const INITIALIZERS: &[&str] = &[
    "zeros",
    "ones",
    "constant",
    "uniform",
    "normal",
    "truncated_normal",
    "glorot_uniform",
    "glorot_normal",
    "he_uniform",
    "he_normal",
    "lecun_uniform",
    "lecun_normal",
    "orthogonal",
    "identity",
];

pub const REGULARIZERS: &[&str] = &["l1", "l2", "l1_l2"];

pub const CONSTRAINTS: &[&str] = &["non_neg", "max_norm", "unit_norm", "min_max_norm"];
