//! The layers of [`network!`](crate::network), one item each: formula, arguments, shapes, defaults, an example.
//!
//! The items hold no code. The macro refers to them, so that hovering over a layer's name shows its page here and
//! go-to-definition leads to it.
//!
//! | what it does | layers |
//! | --- | --- |
//! | input | [`Input`] |
//! | weighted sums | [`Dense`], [`Conv1D`], [`Conv2D`], [`Conv3D`], [`Conv1DTranspose`], [`Conv2DTranspose`], [`Conv3DTranspose`], [`DepthwiseConv1D`], [`DepthwiseConv2D`], [`SeparableConv1D`], [`SeparableConv2D`] |
//! | weights of no layer | [`Weight`]: `weight table: [100, 64] = normal(0.0, 0.02);` |
//! | pooling | [`MaxPool1D`], [`MaxPool2D`], [`MaxPool3D`], [`AvgPool1D`], [`AvgPool2D`], [`AvgPool3D`], [`GlobalMaxPool1D`], [`GlobalMaxPool2D`], [`GlobalMaxPool3D`], [`GlobalAvgPool1D`], [`GlobalAvgPool2D`], [`GlobalAvgPool3D`], [`AdaptiveMaxPool1D`], [`AdaptiveMaxPool2D`], [`AdaptiveMaxPool3D`], [`AdaptiveAvgPool1D`], [`AdaptiveAvgPool2D`], [`AdaptiveAvgPool3D`] and Keras' long names; [`L2Pool1D`], [`L2Pool2D`], [`L2Pool3D`], [`MeanShiftPool1D`], [`MeanShiftPool2D`] |
//! | shape | [`Flatten`], [`Reshape`], [`Permute`], [`RepeatVector`], [`GetItem`]: `x[1..5]` |
//! | steps, images, volumes | [`UpSampling1D`], [`UpSampling2D`], [`UpSampling3D`], [`Resizing`], [`ZeroPadding1D`], [`ZeroPadding2D`], [`ZeroPadding3D`], [`Cropping1D`], [`Cropping2D`], [`Cropping3D`] |
//! | sequences | [`SimpleRNN`], [`LSTM`], [`GRU`], [`ConvLSTM1D`], [`ConvLSTM2D`], [`Bidirectional`], [`TimeDistributed`], and the cells [`SimpleRNNCell`], [`LSTMCell`], [`GRUCell`] |
//! | ids and masks | [`Embedding`], [`Masking`], [`OneHot`], [`Cast`] |
//! | attention | [`MultiHeadAttention`], [`Attention`], [`AdditiveAttention`] |
//! | normalization | [`BatchNormalization`], [`LayerNormalization`], [`RMSNormalization`], [`GroupNormalization`], [`UnitNormalization`] |
//! | noise in training | [`Dropout`], [`SpatialDropout1D`], [`SpatialDropout2D`], [`SpatialDropout3D`], [`AlphaDropout`], [`GaussianDropout`], [`GaussianNoise`] |
//! | pictures changed in training | [`RandomFlip`], [`RandomTranslation`], [`RandomRotation`], [`RandomZoom`], [`RandomContrast`], [`RandomBrightness`]; always: [`CenterCrop`] |
//! | penalty in training | [`ActivityRegularization`], and `activity_regularizer` of layers with weights |
//! | several inputs | [`Add`], [`Subtract`], [`Multiply`], [`Divide`], [`Average`], [`Maximum`], [`Minimum`], [`Concatenate`], [`Dot`], [`BilinearPool`] |
//! | constants | [`Rescaling`], [`Normalization`], [`Identity`] |
//! | operations on each element | [`Abs`], [`Exp`], [`Log`], [`Sqrt`], [`Rsqrt`], [`Square`], [`Reciprocal`], [`Sign`], [`Floor`], [`Ceil`], [`Round`], [`Sin`], [`Cos`], [`Erf`], [`Clip`], [`Power`] |
//! | operations along axes | [`Sum`], [`Mean`], [`Max`], [`Min`], [`Prod`], [`Variance`], [`Norm`], [`ArgMax`], [`CumSum`] |
//! | operations on several values | [`Matmul`], [`Stack`], [`Split`], [`Where`], [`Greater`], [`GreaterEqual`], [`Less`], [`LessEqual`], [`Equal`], [`NotEqual`]; numbers among them: [`Constant`]; what one call leaves for the next: [`State`], [`Carry`] |
//! | operations that move | [`Pad`], [`Take`] |
//! | activation | [`Activation`], [`ReLU`], [`LeakyReLU`], [`ELU`], [`PReLU`], [`Softmax`], [`Sigmoid`], [`Tanh`] and the others below |
//! | your own | [`Lambda`] without weights, [`Custom`] with weights |
//!
//! # What holds for all of them
//!
//! - **Shapes** are those of one sample, without the batch, channels last: `height × width × channels`.
//! - **Sizes** are integer literals, paths to constants (`CLASSES`) or const blocks (`{ 2 * N }`). Where a layer wants
//!   a size for height and for width, one number stands for both and a pair gives each: `Conv2D<4, (3, 5)>`.
//! - **Options** follow the positional arguments, as `name = value`, in any order, with Keras' names and defaults.
//! - **Names**: `label: Layer<…>` names the field of the struct; without it Keras' default applies (`conv2d`,
//!   `conv2d_1`, `dense`).
//! - **Axes**: `axis`, `axes` and `shared_axes` count the batch as axis 0, as Keras does; `Permute` and
//!   `Reshape` leave it out, as Keras does.
//!
//! # Initializers
//!
//! `kernel_initializer`, `bias_initializer` and their kind take one of Keras' initializers, here with the numbers that hold
//! where they are left out; [`Initializer`](crate::initializers::Initializer) says what each of them does:
//! `zeros`, `ones`, `constant(0.0)`, `uniform(-0.05, 0.05)`, `normal(0.0, 0.05)`, `truncated_normal(0.0, 0.05)`,
//! `glorot_uniform`, `glorot_normal`, `he_uniform`, `he_normal`, `lecun_uniform`, `lecun_normal`, `orthogonal(1.0)`,
//! `identity(1.0)`, or the path of a function of your own: see [`Fill`](crate::initializers::Fill).
//!
//! # Regularizers and constraints
//!
//! A regularizer adds a penalty to the loss of training: `l1(0.01)` the sum of absolute values, `l2(0.01)` the sum of squares,
//! `l1_l2(0.01, 0.01)` both, each times its factor; that of a weight with `trainable = false` counts nothing, as in Keras.
//! `activity_regularizer` is such a penalty on the results of a layer, behind its activation: the mean over the samples of a batch of
//! what the numbers of a sample cost, masked steps too. It is part of the loss of `evaluate` as well, and costs `infer` nothing. Of a layer with
//! several results each one counts. [`ActivityRegularization`] is a layer of its own for it. One of your own for a weight is the path of a function,
//! `kernel_regularizer = crate::smooth`: see [`Penalty`](crate::regularizers::Penalty).
//! A constraint holds after each step of training: `non_neg` (no number below zero), `max_norm(2.0)`, `unit_norm`,
//! `min_max_norm(0.0, 1.0, 1.0)` (lower bound, upper bound, rate). Norms are those along axis 0, as in Keras. One of your own is the path of a
//! function, too: see [`Project`](crate::constraints::Project).
//!
//! # Activations
//!
//! `activation = …` of [`Dense`] and the convolutions, and the argument of [`Activation`]:
//!
//! | name | formula | a layer of its own |
//! | --- | --- | --- |
//! | `linear` | x | |
//! | `relu` | max(x, 0) | [`ReLU`] |
//! | `relu6` | min(max(x, 0), 6) | [`ReLU6`] |
//! | `leaky_relu`, `leaky_relu(a)` | x above 0, a·x below; a is 0.2 | [`LeakyReLU`] (there 0.3) |
//! | `elu`, `elu(a)` | x above 0, a·(eˣ − 1) below; a is 1 | [`ELU`] |
//! | `selu` | 1.0507·x above 0, 1.7581·(eˣ − 1) below | [`SELU`] |
//! | `gelu` | x·Φ(x), Φ the normal distribution | [`GELU`] |
//! | `gelu(approximate)` | ½·x·(1 + tanh(√(2/π)·(x + 0.044715·x³))) | `GELU<approximate = true>` |
//! | `sigmoid` | 1 / (1 + e⁻ˣ) | [`Sigmoid`] |
//! | `hard_sigmoid` | min(max(x/6 + ½, 0), 1) | [`HardSigmoid`] |
//! | `tanh` | (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ) | [`Tanh`] |
//! | `softmax` | eˣ / Σ eˣ along the last axis | [`Softmax`] |
//! | `log_softmax` | x − ln Σ eˣ along the last axis | [`LogSoftmax`] |
//! | `softplus` | ln(1 + eˣ) | [`Softplus`] |
//! | `softsign` | x / (1 + \|x\|) | [`Softsign`] |
//! | `swish`, `silu` | x·sigmoid(x) | [`Swish`], [`SiLU`] |
//! | `hard_swish` | x·hard_sigmoid(x) | [`HardSwish`] |
//! | `mish` | x·tanh(softplus(x)) | [`Mish`] |
//! | `exponential` | eˣ | [`Exponential`] |
//!
//! A path to a value that implements [`activations::Activation`](crate::activations::Activation) is an activation of
//! your own.

mod activation;
mod attention;
mod augmentation;
mod conv_lstm;
mod convolution;
mod custom;
mod dense;
mod depthwise;
mod embedding;
mod input;
mod merging;
mod noise;
mod normalization;
mod operations;
mod pooling;
mod pooling_1d;
mod pooling_3d;
mod pooling_adaptive;
mod recurrent;
mod rescaling;
mod reshaping;
mod separable;
mod space;
mod transposed;
mod weight;

pub use activation::*;
pub use attention::*;
pub use augmentation::*;
pub use conv_lstm::*;
pub use convolution::*;
pub use custom::*;
pub use dense::*;
pub use depthwise::*;
pub use embedding::*;
pub use input::*;
pub use merging::*;
pub use noise::*;
pub use normalization::*;
pub use operations::*;
pub use pooling::*;
pub use pooling_1d::*;
pub use pooling_3d::*;
pub use pooling_adaptive::*;
pub use recurrent::*;
pub use rescaling::*;
pub use reshaping::*;
pub use separable::*;
pub use space::*;
pub use transposed::*;
pub use weight::*;
