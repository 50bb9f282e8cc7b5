//! The gradients that networks are trained by, against central differences in `f64`: every layer and activation, run by the
//! interpreter, whose kernels and plans are those
//! of compiled networks (`twins.rs` compares the two).
//!
//! The batch is larger than a shard, so that gradients and the statistics of the batch are combined as in training.

use nn_run::{Data, Kind, Network, Part, SHARD, Step};
use rand::RngExt;

/// Samples of a batch: more than one shard, the last of them not full.
const BATCH: usize = SHARD + 3;

/// The key of the random numbers of dropouts.
const KEY: u64 = 5;

/// How far from the middle the two points of a difference are.
const STEP: f64 = 1e-6;

/// Most differences of one network; which ones is drawn at random.
const MOST: usize = 120;

/// Ids are below this.
const IDS: u32 = 3;

/// One input of the batch.
enum Input {
    Real(Vec<f64>),
    Ids(Vec<u32>),
    Signed(Vec<i32>),
    Bytes(Vec<u8>),
}

impl Input {
    fn data(&self) -> Data<'_, f64> {
        match self {
            Input::Real(numbers) => Data::Real(numbers),
            Input::Ids(ids) => Data::U32(ids),
            Input::Signed(ids) => Data::I32(ids),
            Input::Bytes(bytes) => Data::U8(bytes),
        }
    }

    fn add(&mut self, index: usize, offset: f64) {
        if let Input::Real(numbers) = self {
            numbers[index] += offset;
        }
    }
}

fn data(x: &[Input]) -> Vec<Data<'_, f64>> {
    x.iter().map(Input::data).collect()
}

/// The sum of all results, each times its gradient, and what the layers cost.
fn loss(network: &Network<f64>, x: &[Input], dy: &[Vec<f64>]) -> f64 {
    let step = Step::forward(network, &data(x), BATCH, KEY).expect("the batch fits");
    let part = |(part, dy): (usize, &Vec<f64>)| step.output(part).iter().zip(dy).map(|(y, dy)| y * dy).sum::<f64>();
    dy.iter().enumerate().map(part).sum::<f64>() + step.penalty()
}

/// A chain, or what follows the name of the struct of a graph.
fn check(text: &str) {
    let definition = if text.starts_with('(') { format!("struct Net{text}") } else { format!("struct Net = {text};") };
    let network = Network::<f64>::from_text(&format!("#[dtype(f64)] {definition}"));
    let mut network = network.unwrap_or_else(|mistakes| panic!("{text}:\n{mistakes}"));
    let mut rng = nn::rng(7);
    let mut random = |len: usize| -> Vec<f64> { (0..len).map(|_| rng.random_range(0.1..1.0)).collect() };
    // Weights of both signs, but variances above zero.
    let params = network.params().to_vec();
    for param in &params {
        let sign = |index: usize| if param.name.ends_with("variance") || index.is_multiple_of(2) { 1.0 } else { -1.0 };
        let weights = random(param.len());
        let flat = &mut network.weights_mut()[param.range()];
        flat.iter_mut().zip(&weights).enumerate().for_each(|(index, (to, from))| *to = from * sign(index));
    }
    let mut input = |part: &Part| {
        let numbers = random(BATCH * part.len()).into_iter();
        match part.kind {
            Kind::Real => Input::Real(numbers.map(|x| x * 2.0 - 1.0).collect()),
            Kind::U8 => Input::Bytes(numbers.map(|x| (x * f64::from(IDS)) as u8).collect()),
            Kind::I32 => Input::Signed(numbers.map(|x| (x * f64::from(IDS)) as i32).collect()),
            Kind::U32 => Input::Ids(numbers.map(|x| (x * f64::from(IDS)) as u32).collect()),
        }
    };
    let mut x: Vec<Input> = network.inputs().iter().map(&mut input).collect();
    let mut dy = |part: &Part| random(BATCH * part.len()).iter().map(|dy| dy - 0.5).collect();
    let dy: Vec<Vec<f64>> = network.outputs().iter().map(&mut dy).collect();
    let cotangents: Vec<&[f64]> = dy.iter().map(Vec::as_slice).collect();
    let mut step = Step::forward(&network, &data(&x), BATCH, KEY).expect("the batch fits");
    let gradients = step.backward(&cotangents).expect("the gradients fit");
    for part in 0..x.len() {
        let Input::Real(numbers) = &x[part] else { continue };
        for index in sample(numbers.len()) {
            let mut at = |offset: f64| {
                x[part].add(index, offset);
                let value = loss(&network, &x, &dy);
                x[part].add(index, -offset);
                value
            };
            let difference = (at(STEP) - at(-STEP)) / (2.0 * STEP);
            compare(text, &format!("input {part}, element {index}"), gradients.inputs[part][index], difference);
        }
    }
    let trainable = params.iter().filter(|param| param.trainable);
    for (param, index) in trainable.flat_map(|param| sample(param.len()).map(move |index| (param, index))) {
        let place = param.range().start + index;
        let mut at = |offset: f64| {
            let middle = network.weights()[place];
            network.weights_mut()[place] = middle + offset;
            let value = loss(&network, &x, &dy);
            network.weights_mut()[place] = middle;
            value
        };
        let difference = (at(STEP) - at(-STEP)) / (2.0 * STEP);
        compare(text, &format!("{}, element {index}", param.name), gradients.weights[place], difference);
    }
}

/// All indices, or some that are spread over them.
fn sample(len: usize) -> impl Iterator<Item = usize> {
    (0..len).step_by(len.div_ceil(MOST).max(1))
}

fn compare(text: &str, what: &str, got: f64, want: f64) {
    let close = (got - want).abs() <= 1e-6 + 1e-6 * want.abs();
    assert!(close, "{text}: the gradient of {what} is {got}, the difference {want}");
}

/// One test for each line: its name, and the network.
macro_rules! gradients {
    ($($name:ident: $network:literal)+) => { $(
        #[test]
        fn $name() {
            check($network);
        }
    )+ };
}

gradients! {
    dense: "Input<5> => Dense<4>"
    dense_without_bias: "Input<5> => Dense<4, use_bias = false>"
    dense_on_rows: "Input<3, 5> => Dense<4, activation = tanh>"
    dense_deep: "Input<5> => Dense<7, activation = softplus> => Dense<3, activation = sigmoid>"
    dense_softmax: "Input<5> => Dense<4, activation = softmax>"
    conv2d: "Input<6, 7, 2> => Conv2D<3, 3>"
    conv2d_same: "Input<6, 7, 2> => Conv2D<5, (3, 2), padding = same, activation = tanh>"
    conv2d_strides: "Input<7, 8, 3> => Conv2D<4, 3, strides = (2, 1), padding = same, use_bias = false>"
    conv2d_dilation: "Input<8, 7, 2> => Conv2D<3, 2, dilation_rate = (3, 2)>"
    conv2d_groups: "Input<5, 6, 4> => Conv2D<6, 3, groups = 2>"
    conv2d_wide: "Input<4, 5, 17> => Conv2D<19, 2>"
    conv2d_twice: "Input<8, 8, 1> => Conv2D<6, 3, activation = elu> => Conv2D<4, 3, padding = same>"
    conv1d: "Input<9, 2> => Conv1D<3, 3>"
    conv1d_same: "Input<7, 3> => Conv1D<5, 4, strides = 2, padding = same, activation = tanh>"
    conv1d_causal: "Input<6, 2> => Conv1D<4, 3, padding = causal, dilation_rate = 2, use_bias = false>"
    conv1d_causal_strides: "Input<8, 3> => Conv1D<9, 2, padding = causal, strides = 3>"
    conv1d_groups: "Input<7, 6> => Conv1D<4, 3, groups = 2>"
    conv1d_wide: "Input<5, 17> => Conv1D<19, 2, padding = causal>"
    conv1d_twice: "Input<9, 1> => Conv1D<8, 3, padding = causal, activation = elu> => Conv1D<8, 3, padding = causal, dilation_rate = 4>"
    conv1d_pool_relu: "Input<12, 1> => Conv1D<3, 3, padding = same> => BatchNorm => MaxPool1D<2> => ReLU => Flatten => Dense<2>"
    depthwise_conv2d: "Input<6, 7, 3> => DepthwiseConv2D<3>"
    depthwise_conv2d_same: "Input<7, 6, 5> => DepthwiseConv2D<(3, 2), strides = 2, padding = same, activation = tanh>"
    depthwise_conv2d_multiplier: "Input<5, 6, 3> => DepthwiseConv2D<3, depth_multiplier = 3, use_bias = false>"
    depthwise_conv2d_dilation: "Input<8, 7, 9> => DepthwiseConv2D<2, dilation_rate = (3, 2), padding = same>"
    depthwise_conv2d_strided_dilation: "Input<9, 8, 3> => DepthwiseConv2D<(3, 2), strides = 2, dilation_rate = (2, 3), padding = same, depth_multiplier = 2>"
    depthwise_conv2d_of_one: "Input<5, 6, 1> => DepthwiseConv2D<3, depth_multiplier = 4>"
    depthwise_conv2d_pool: "Input<8, 8, 2> => DepthwiseConv2D<3, padding = same> => BatchNorm => MaxPool2D<2> => ReLU => Flatten => Dense<2>"
    depthwise_conv1d: "Input<9, 3> => DepthwiseConv1D<3, activation = sigmoid>"
    depthwise_conv1d_multiplier: "Input<8, 4> => DepthwiseConv1D<4, strides = 2, padding = same, depth_multiplier = 2>"
    separable_conv2d: "Input<6, 7, 3> => SeparableConv2D<4, 3>"
    separable_conv2d_same: "Input<7, 6, 3> => SeparableConv2D<5, (3, 2), strides = 2, padding = same, depth_multiplier = 2, activation = tanh>"
    separable_conv2d_mish: "Input<5, 6, 2> => SeparableConv2D<3, 3, dilation_rate = 2, use_bias = false, activation = mish>"
    separable_conv2d_softmax: "Input<4, 5, 2> => SeparableConv2D<3, 2, activation = softmax>"
    separable_conv2d_pool: "Input<8, 8, 2> => SeparableConv2D<3, 3, padding = same> => BatchNorm => MaxPool2D<2> => ReLU => Flatten => Dense<2>"
    separable_conv1d: "Input<9, 3> => SeparableConv1D<4, 3, activation = sigmoid>"
    separable_conv1d_twice: "Input<8, 4> => SeparableConv1D<3, 4, strides = 2, padding = same> => SeparableConv1D<2, 2>"
    separable_conv1d_strided_dilation: "Input<11, 3> => SeparableConv1D<4, 3, strides = 2, dilation_rate = 2, activation = tanh>"
    separable_in_time: "Input<2, 7, 3> => TimeDistributed<SeparableConv1D<4, 3, depth_multiplier = 2, activation = tanh>>"
    max_pool1d: "Input<7, 3> => MaxPool1D<2>"
    max_pool1d_same: "Input<8, 2> => MaxPool1D<3, strides = 2, padding = same>"
    avg_pool1d: "Input<9, 3> => AvgPool1D<3>"
    avg_pool1d_same: "Input<8, 2> => AvgPool1D<3, strides = 1, padding = same>"
    global_max_pool1d: "Input<5, 3> => GlobalMaxPool1D"
    global_avg_pool1d: "Input<5, 3> => GlobalAvgPool1D<keepdims = true>"
    global_avg_pool1d_masked: "Input<5, 3> => Masking => GlobalAvgPool1D"
    max_pool2d: "Input<6, 7, 3> => MaxPool2D<2>"
    max_pool2d_same: "Input<5, 7, 2> => MaxPool2D<3, strides = 2, padding = same>"
    avg_pool2d: "Input<6, 7, 3> => AvgPool2D<(2, 3)>"
    avg_pool2d_same: "Input<5, 7, 2> => AvgPool2D<3, strides = 2, padding = same>"
    conv_pool_relu: "Input<8, 8, 1> => Conv2D<3, 3> => MaxPool2D<2> => ReLU => Flatten => Dense<2>"
    global_max_pool2d: "Input<4, 5, 3> => GlobalMaxPool2D"
    global_avg_pool2d: "Input<4, 5, 3> => GlobalAvgPool2D<keepdims = true>"
    up_sampling1d: "Input<4, 3> => UpSampling1D<3>"
    up_sampling2d: "Input<3, 4, 2> => Dense<5> => UpSampling2D<(2, 3)>"
    up_sampling2d_first: "Input<2, 3, 4> => UpSampling2D<2, data_format = channels_first>"
    up_sampling2d_bilinear: "Input<3, 4, 2> => UpSampling2D<(2, 3), interpolation = bilinear>"
    up_sampling2d_bilinear_first: "Input<2, 3, 4> => UpSampling2D<2, interpolation = bilinear, data_format = channels_first>"
    up_sampling3d: "Input<2, 3, 2, 2> => UpSampling3D<(2, 1, 3)>"
    zero_padding1d: "Input<4, 3> => Dense<5> => ZeroPadding1D<(1, 2)>"
    zero_padding2d: "Input<3, 4, 2> => ZeroPadding2D<((1, 0), (2, 3))> => Conv2D<3, 2>"
    zero_padding3d_first: "Input<2, 3, 2, 2> => ZeroPadding3D<((1, 0), (0, 2), (1, 1)), data_format = channels_first>"
    cropping1d: "Input<7, 3> => Dense<5> => Cropping1D<(1, 2)>"
    cropping2d_first: "Input<2, 6, 7> => Cropping2D<((1, 2), (0, 3)), data_format = channels_first>"
    cropping3d: "Input<4, 5, 6, 2> => Cropping3D<((1, 0), (2, 1), (1, 3))>"
    permute: "Input<3, 4> => Dense<5> => Permute<2, 1> => Dense<2>"
    permute_3d: "Input<2, 3, 4> => Permute<3, 1, 2>"
    repeat_vector: "Input<4> => Dense<5> => RepeatVector<3>"
    flatten_first: "Input<3, 2, 4> => Flatten<data_format = channels_first> => Dense<2>"
    time_distributed_permute: "Input<2, 3, 4> => TimeDistributed<Permute<2, 1>> => TimeDistributed<ZeroPadding1D<(1, 0)>>"
    reshape: "Input<2, 6> => Reshape<3, -1> => Dense<3> => Flatten => Dense<2>"
    batch_normalization: "Input<5> => BatchNorm"
    batch_normalization_images: "Input<3, 4, 2> => BatchNorm => Conv2D<2, 2>"
    batch_normalization_axis: "Input<3, 4> => BatchNorm<axis = 1, scale = false>"
    batch_normalization_frozen: "Input<5> => BatchNorm<trainable = false> => Dense<2>"
    batch_normalization_twice: "Input<4> => Dense<5, use_bias = false> => BatchNorm => Tanh => Dense<3> => BatchNorm"
    activity: "Input<5> => Dense<4, activation = tanh, activity_regularizer = l1_l2(0.3, 0.7)> => Dense<2>"
    activity_of_outputs: "Input<5> => Dense<4, activity_regularizer = l2(0.7)> => Softmax => ActivityRegularization<0.1, 0.5>"
    activity_of_input: "Input<5> => ActivityRegularization<l1 = 0.3, l2 = 0.2> => Dense<3, activation = sigmoid, activity_regularizer = l2>"
    activity_before_maxima: "Input<4, 4, 2> => Conv2D<3, 3, padding = same, activation = relu, activity_regularizer = l2(0.2)> => MaxPool2D<2>"
    activity_channels_first: "Input<2, 4, 5> => Conv2D<3, 2, data_format = channels_first, activity_regularizer = l1(0.2)> => MaxPool2D<2, data_format = channels_first>"
    activity_in_phases: "Input<4> => Dense<5> => BatchNorm<activity_regularizer = l2(0.3)> => Tanh => Dense<3> => BatchNorm<activity_regularizer = l1(0.2)>"
    activity_of_states: "(x: Input<3, 2>) -> y { let (y, _, _) = LSTM<3, return_sequences = true, return_state = true, activity_regularizer = l2(0.3)>(x); }"
    activity_of_directions: "Input<3, 2> => Bidirectional<GRU<2, activity_regularizer = l2(0.3)>, activity_regularizer = l1(0.1)>"
    activity_in_time: "Input<3, 2> => TimeDistributed<Dense<2>, activity_regularizer = l2(0.3)>"
    activity_of_rows: "Input<4, dtype = u32> => Embedding<3, 2, activity_regularizer = l2(0.3)> => Flatten => Dense<2>"
    adaptive_max_pool1d: "Input<7, 2> => Dense<3> => AdaptiveMaxPool1D<3>"
    adaptive_avg_pool2d_first: "Input<3, 5, 4> => Tanh => AdaptiveAvgPool2D<(2, 3), data_format = channels_first>"
    adaptive_avg_pool3d: "Input<3, 2, 5, 2> => Tanh => AdaptiveAvgPool3D<(2, 3, 1)>"
    l2_pool1d: "Input<7, 2> => Dense<3> => L2Pool1D<3, strides = 2, padding = same>"
    l2_pool2d_first: "Input<3, 5, 4> => Tanh => L2Pool2D<2, data_format = channels_first>"
    l2_pool3d: "Input<3, 4, 5, 2> => Tanh => L2Pool3D<(2, 1, 3), strides = 1> => Flatten => Dense<2>"
    unit_normalization: "Input<3, 4> => Dense<5> => UnitNormalization"
    unit_normalization_first: "Input<3, 4, 2> => Tanh => UnitNormalization<axis = 1> => Dense<2>"
    unit_normalization_all: "Input<3, 4> => Tanh => UnitNormalization<axis = (1, 2)>"
    normalization_by_one: "Input<6> => Dense<5> => Normalization<3.0, 0.5> => Tanh"
    normalization_by_each: "Input<2, 3> => Dense<3> => Normalization<(1.0, -0.5, 0.0), (0.25, 2.0, 1.5)> => Tanh"
    normalization_axis: "Input<2, 3, 4> => Tanh => Normalization<(1.0, -0.5, 0.0), (0.25, 2.0, 1.5), axis = 2, invert = true> => Dense<2>"
    rescaling_by_each: "Input<2, 17> => Dense<3> => TimeDistributed<Rescaling<(1.0, -0.5, 0.25), offset = 2.0>> => Tanh"
    dropout: "Input<9> => Dropout<0.4> => Dense<3> => Dropout<0.5>"
    dropout_noise_shape: "Input<3, 4> => Tanh => Dropout<0.4, noise_shape = (1, 4)> => Dense<2> => AlphaDropout<0.4, noise_shape = (None, None, 1)>"
    attention: "(q: Input<3, 4>, v: Input<5, 2>, k: Input<5, 4>) -> y { let y = Attention<use_scale = true, use_causal_mask = true>(q, v, k); }"
    attention_self: "(x: Input<3, 4>) -> y { let h = x => Dense<5>; let y = Attention<dropout = 0.3>(h, h) => Dense<2>; }"
    attention_concat: "(q: Input<3, 17>, v: Input<4, 17>) -> y { let y = Attention<score_mode = concat, use_scale = true>(q, v); }"
    attention_concat_plain: "(q: Input<3, 4>, v: Input<4, 2>, k: Input<4, 4>) -> y { let y = Attention<score_mode = concat, dropout = 0.4>(q, v, k); }"
    attention_masked: "(a: Input<5, dtype = u32>, b: Input<4, dtype = u32>) -> y { let q = a => Embedding<3, 4, mask_zero = true>; let v = b => Embedding<3, 4, mask_zero = true>; let y = Attention<use_scale = true>(q, v) => Dense<2>; }"
    additive_attention: "(q: Input<3, 20>, v: Input<5, 2>, k: Input<5, 20>) -> y { let y = AdditiveAttention(q, v, k); }"
    additive_attention_plain: "(x: Input<3, 4>) -> y { let h = x => Dense<5>; let y = AdditiveAttention<use_scale = false, dropout = 0.2, use_causal_mask = true>(h, h); }"
    attention_masked_dropout: "(a: Input<5, dtype = u32>, b: Input<3, dtype = u32>) -> y { let q = a => Embedding<3, 4, mask_zero = true>; let v = b => Embedding<3, 4, mask_zero = true>; let y = MultiHeadAttention<2, 3, dropout = 0.3>(q, v); }"
    ids_in_another_shape: "Input<6, dtype = u32> => Reshape<3, 2> => Embedding<3, 2, mask_zero = true> => Reshape<3, 4> => LSTM<2>"
    ids_made_flat: "(a: Input<2, 2, dtype = i32>, b: Input<3, dtype = u32>) -> y { let y = Concatenate<axis = 1>(a => Flatten => Embedding<3, 2>, b => Embedding<3, 2>) => Dense<2>; }"
    attention_mask: "(q: Input<3, 4>, v: Input<5, 2>, a: Input<3, 5>, b: Input<3, 5>) -> y { let m = Greater(a, b); let y = MultiHeadAttention<2, 3>(q, v, attention_mask = m); }"
    attention_mask_of_heads: "(x: Input<3, 4>, a: Input<2, 1, 3>, b: Input<2, 1, 3>) -> y { let m = Greater(a, b); let y = MultiHeadAttention<2, 3, dropout = 0.3, use_causal_mask = true>(x, attention_mask = m); }"
    attention_output_shape: "Input<3, 4> => MultiHeadAttention<2, 3, output_shape = (2, 5)> => Dense<2>"
    attention_mask_by_name: "(q: Input<3, 4>, v: Input<5, 4>, a: Input<5>, b: Input<5>) -> y { let m = Greater(a, b); let y = Attention(q, v, mask = (None, m)); }"
    mask_and_states_by_name: "(x: Input<4, 3>, a: Input<4>, h: Input<3>, c: Input<3>) -> (y, z) { let m = a => ReLU; let y = LSTM<3>(x, initial_state = (h, c), mask = m); let z = m => Dense<2>; }"
    mask_that_nothing_else_reads: "(x: Input<4, 3>, a: Input<4>) -> y { let m = a => Dense<4, activation = relu>; let y = GRU<3>(x, mask = m); }"
    conv_lstm2d_channels_first: "Input<3, 2, 2, 4> => ConvLSTM2D<2, 2, data_format = channels_first, return_sequences = true> => Dense<2>"
    conv_lstm1d_channels_first: "Input<3, 2, 4> => ConvLSTM1D<3, 2, data_format = channels_first> => Dense<2>"
    conv_lstm2d: "Input<3, 2, 4, 2> => ConvLSTM2D<2, 2, strides = (1, 2)> => Dense<2>"
    conv_lstm2d_sequences: "Input<2, 2, 3, 1> => Tanh => ConvLSTM2D<2, (2, 3), padding = same, return_sequences = true, go_backwards = true, activation = swish> => Dense<2>"
    conv_lstm2d_states: "(x: Input<2, 3, 2, 1>) -> (y, h, c) { let (y, h, c) = x => ConvLSTM2D<2, 2, return_state = true, use_bias = false>; }"
    conv_lstm2d_carry: "(x: Input<2, 3, 4, 1>) -> y { let (_, _, c) = ConvLSTM2D<1, 2, dilation_rate = 2, return_state = true, return_sequences = true>(x); let y = c => Dense<2>; }"
    adaptive_avg_pool1d: "Input<7, 2> => Tanh => AdaptiveAveragePooling1D<3>"
    adaptive_max_pool2d: "Input<5, 6, 2> => Dense<2> => AdaptiveMaxPool2D<(2, 3)>"
    adaptive_max_pool3d: "Input<3, 4, 5, 1> => Dense<2> => AdaptiveMaxPool3D<2>"
    average: "(a: Input<2, 3>, b: Input<2, 3>) -> y { let y = Average(a, b) => Dense<2>; }"
    avg_pool3d: "Input<3, 4, 5, 2> => Tanh => AvgPool3D<2, padding = same>"
    max_pool3d: "Input<3, 4, 5, 2> => Dense<2> => MaxPool3D<2, strides = 1>"
    global_pools3d: "(x: Input<2, 3, 2, 2>) -> (a, b) { let x = x => Dense<2>; let a = x => GlobalAvgPool3D; let b = x => GlobalMaxPool3D; }"
    conv3d: "Input<3, 4, 3, 2> => Conv3D<3, (2, 3, 2), padding = same, activation = tanh>"
    conv1d_transpose: "Input<4, 2> => Conv1DTranspose<3, 3, strides = 2, padding = same>"
    conv2d_transpose: "Input<3, 2, 2> => Conv2DTranspose<3, 3, strides = 2, output_padding = 1>"
    conv3d_transpose: "Input<2, 2, 2, 1> => Conv3DTranspose<2, 2, strides = (1, 2, 2)>"
    cells: "(x: Input<3>, h: Input<2>, c: Input<2>) -> (a, b, d) { let (a, _) = SimpleRNNCell<2>(x, h); let (b, _) = GRUCell<2>(x, h); let (d, _, _) = LSTMCell<2>(x, h, c); }"
    simple_rnn: "Input<4, 2> => SimpleRNN<3, return_sequences = true> => Dense<2>"
    normalizations: "(x: Input<3, 4>) -> (a, b, c) { let a = x => LayerNormalization; let b = x => GroupNormalization<2>; let c = x => RMSNormalization; }"
    differences: "(a: Input<3>, b: Input<3>) -> (y, z) { let y = Subtract(a, b) => Dense<2>; let z = Multiply(a, b) => Dense<2>; }"
    embedding_signed: "Input<5, dtype = i32> => Embedding<3, 4, mask_zero = true> => LSTM<2>"
    conv_lstm2d_masked: "Input<4, 6> => Masking => TimeDistributed<Reshape<1, 3, 2>> => ConvLSTM2D<2, 2, padding = same, return_sequences = true> => Dense<2>"
    conv_lstm1d_masked_backwards: "Input<4, 6> => Masking => TimeDistributed<Reshape<3, 2>> => ConvLSTM1D<2, 2, go_backwards = true>"
    conv_lstm2d_initial: "(x: Input<2, 2, 3, 1>, h: Input<2, 3, 2>, c: Input<2, 3, 2>) -> (y, last) { let (y, _, last) = ConvLSTM2D<2, 2, padding = same, return_state = true>(x, h, c); }"
    conv_lstm2d_dropout: "Input<3, 2, 3, 2> => ConvLSTM2D<2, 2, dropout = 0.3, recurrent_dropout = 0.4, return_sequences = true>"
    conv_lstm1d: "Input<2, 3, 1> => ConvLSTM1D<5, 2, padding = same> => Dense<2>"
    bilinear_pool: "(a: Input<3, 2, 4>, b: Input<3, 2, 2>) -> y { let y = BilinearPool(a, b) => Dense<2>; }"
    bilinear_pool_of_itself: "(a: Input<3, 2>) -> y { let h = a => Dense<3>; let y = BilinearPool<normalize = true>(h, h) => Dense<2>; }"
    mean_shift_pool1d: "Input<7, 2> => Dense<3> => MeanShiftPool1D<3, strides = 2, padding = same, bandwidth = 0.7, iterations = 4>"
    mean_shift_pool2d_first: "Input<3, 4, 4> => Tanh => MeanShiftPool2D<2, data_format = channels_first, iterations = 1> => Dense<2>"
    random_flip: "Input<3, 4, 2> => Dense<2> => RandomFlip => Dense<2>"
    random_translation: "Input<4, 3, 2> => Dense<2> => RandomTranslation<0.4, (-0.2, 0.6), fill_mode = constant, fill_value = 0.5> => Tanh"
    random_rotation: "Input<4, 5, 2> => Tanh => RandomRotation<0.5> => Dense<2>"
    random_rotation_nearest: "Input<2, 4, 5> => RandomRotation<0.5, interpolation = nearest, fill_mode = wrap, data_format = channels_first> => Tanh"
    random_zoom: "Input<4, 5, 2> => Tanh => RandomZoom<0.6, fill_mode = nearest> => RandomZoom<(-0.9, 0), 1> => Dense<2>"
    random_contrast: "Input<4, 5, 2> => RandomContrast<(0.9, 1), value_range = (-1, 1.5)> => Dense<2>"
    random_contrast_first: "Input<2, 3, 5> => Dense<5> => RandomContrast<1, value_range = (-2, 2), data_format = channels_first> => Tanh"
    random_brightness: "Input<4, 5, 2> => RandomBrightness<0.4, value_range = (-1, 1)> => Dense<2>"
    random_bytes: "Input<4, 5, 2, dtype = u8> => RandomZoom<0.4> => RandomContrast<0.5> => CenterCrop<2, 2> => Dense<2>"
    random_in_time: "Input<3, 4, 5, 2> => TimeDistributed<RandomRotation<0.5>> => TimeDistributed<TimeDistributed<Dense<2>>> => TimeDistributed<RandomContrast<0.5, value_range = (-2, 2)>>"
    center_crop: "Input<4, 5, 2> => Tanh => CenterCrop<3, 2> => CenterCrop<4, 4>"
    alpha_dropout: "Input<9> => Dense<5> => AlphaDropout<0.4> => Dense<3>"
    gaussian_dropout: "Input<9> => Dense<5> => GaussianDropout<0.4> => Dense<3>"
    gaussian_noise: "Input<9> => Dense<5> => GaussianNoise<0.4> => Tanh"
    spatial_dropout1d: "Input<4, 3> => Dense<5> => SpatialDropout1D<0.4> => Tanh"
    spatial_dropout2d_first: "Input<5, 2, 3> => Tanh => SpatialDropout2D<0.4, data_format = channels_first, seed = 3> => Dense<2>"
    spatial_dropout3d: "Input<2, 2, 3, 4> => Tanh => SpatialDropout3D<0.4> => Dense<2>"
    spatial_dropout_in_time: "Input<2, 3, 4> => TimeDistributed<SpatialDropout1D<0.4>> => Dense<3, activation = tanh>"
    dropout_in_lstm: "Input<3, 4> => LSTM<3, dropout = 0.3, recurrent_dropout = 0.4> => Dropout<0.5>"
    dropout_in_bidirectional: "Input<3, 4> => Bidirectional<GRU<3, dropout = 0.3, recurrent_dropout = 0.4, seed = 3>>"
    dropout_in_attention: "Input<3, 4> => MultiHeadAttention<2, 3, dropout = 0.4>"
    dropout_in_time: "Input<2, 3, 4> => TimeDistributed<LSTM<3, dropout = 0.3, recurrent_dropout = 0.4>>"
    dropout_of_attention_in_time: "Input<2, 3, 4> => TimeDistributed<MultiHeadAttention<2, 3, dropout = 0.4>>"
    softmax_axis: "Input<3, 4> => Softmax<axis = 1>"
    log_softmax: "Input<3, 4> => LogSoftmax"
    prelu: "Input<3, 4> => PReLU"
    prelu_shared: "Input<3, 4, 2> => PReLU<shared_axes = (1, 2)>"
    relu: "Input<20> => ReLU"
    relu_options: "Input<20> => ReLU<negative_slope = 0.2, max_value = 0.7, threshold = 0.1>"
    relu6: "Input<20> => ReLU6"
    leaky_relu: "Input<20> => LeakyReLU"
    elu: "Input<20> => ELU<alpha = 0.7>"
    selu: "Input<20> => SELU"
    gelu: "Input<20> => GELU"
    gelu_approximate: "Input<20> => Activation<gelu(approximate)>"
    sigmoid: "Input<20> => Sigmoid"
    hard_sigmoid: "Input<20> => HardSigmoid"
    tanh: "Input<20> => Tanh"
    softplus: "Input<20> => Softplus"
    softsign: "Input<20> => Softsign"
    swish: "Input<20> => Swish"
    hard_swish: "Input<20> => HardSwish"
    mish: "Input<20> => Mish"
    exponential: "Input<20> => Exponential"
    rescaling: "Input<20> => Rescaling<-0.5, offset = 2.0>"
    rescaling_of_dense: "Input<6> => Dense<5> => Rescaling<3.0, offset = -1.0> => Identity"
    numbers: "(x: Input<6>) -> y { let h = x => Dense<5>; let y = (1.0 - h * 0.5) * -h + 3 / (h * h + 1.5) - (h - 2) / 4; }"
    divide: "(a: Input<2, 5>, b: Input<5>) -> y { let y = a / (Square(b) + 0.5); }"
    divide_column: "(a: Input<3, 1>, b: Input<3, 19>) -> y { let y = a / (Square(b) + 0.5) + b / (Square(a) + 0.7); }"
    abs: "Input<20> => Abs"
    exp: "Input<20> => Exp"
    log: "Input<20> => Square => Rescaling<1.0, offset = 0.5> => Log"
    sqrt: "Input<20> => Square => Rescaling<1.0, offset = 0.5> => Sqrt"
    rsqrt: "Input<20> => Square => Rescaling<1.0, offset = 0.5> => Rsqrt"
    square: "Input<20> => Square"
    reciprocal: "Input<20> => Square => Rescaling<1.0, offset = 0.5> => Reciprocal"
    sign_floor_ceil_round: "(x: Input<9>) -> y { let y = x + Sign(x) + Floor(x) + Ceil(x) + Round(x); }"
    sin_cos_erf: "(x: Input<9>) -> y { let y = Sin(x) + Cos(x * 2) * Erf(x); }"
    clip: "Input<20> => Clip<-0.3, 0.4>"
    power: "(x: Input<9>) -> y { let y = Power<3>(x) + Power<2.3>(Square(x) + 0.3) + Power<-2>(Square(x) + 0.5); }"
    operations_of_dense: "Input<6> => Dense<5> => Sin => Dense<4> => Cos => Dense<3> => Power<2>"
    slice: "(x: Input<6, 5>) -> y { let y = x[1..5, -1] + x[.., (..).step_by(2)][1..5, 0]; }"
    slices_of_dense: "(x: Input<4, 3>) -> (a, b) { let h = x => Dense<6>; let a = h[-2.., 1..]; let b = h[0] * h[-1]; }"
    slice_of_volume: "(x: Input<3, 4, 2, 3>) -> y { let y = x[1, ..2, .., 2] * x[(..2).step_by(1), 1..3, 0][0, .., 0..1] => Flatten => Dense<2>; }"
    weight: "(x: Input<4, 3>) -> y { weight places: [4, 3] = normal(0.0, 0.1); weight scale: [3] = ones; let y = (x + places) * scale; }"
    weight_regularized: "(x: Input<4>) -> y { weight<regularizer = l2(0.1)> w: [2, 4] = normal; let h = x * w => Tanh; let y = h + w; }"
    weight_frozen: "(x: Input<3>) -> y { weight<trainable = false> w: [3] = ones; let y = x * w => Dense<2>; }"
    weight_twice: "(x: Input<3>) -> y { weight w: [5, 3] = ones; let y = Dot<axes = (1, 2)>(x, w) + (w[.., 0] + 0.5) * Dot<axes = (1, 2)>(x, Tanh(w)); }"
    weight_in_block: "(x: Input<3>) -> y { block add(x) -> y { weight w: [3] = ones; let y = x * w => Dense<3>; } let y = x => add => add; }"
    weight_alone: "(x: Input<3>) -> (y, w) { weight w: [2, 2] = ones; let y = x => Dense<2>; }"
    weight_into_dense: "(x: Input<3>) -> y { weight w: [2, 4] = ones; let y = (w => Dense<3, activation = tanh>) * x; }"
    sum: "(x: Input<3, 4, 5>) -> y { let y = Sum<axis = 2>(x) * Sum<(1, 2)>(x) + Sum(x); }"
    mean: "(x: Input<3, 4, 5>) -> y { let y = Mean<-1, keepdims = true>(x) * Mean<axis = (1, 3)>(x) => Flatten; }"
    max_min: "(x: Input<3, 19>) -> y { let y = Max<axis = 2>(x) * Min<axis = 2>(x) + Max(x); }"
    prod: "(x: Input<3, 4>) -> y { let y = Prod<axis = 1>(x) + Prod<axis = 2>(x * 2)[0]; }"
    variance: "(x: Input<3, 19>) -> (a, b) { let h = x => Dense<6>; let a = Variance<axis = 1>(h); let b = Variance(h) + Variance<axis = -1>(x); }"
    norm: "(x: Input<3, 19>) -> y { let y = x / Norm<axis = -1, keepdims = true>(x) * Norm<axis = 1>(x); }"
    matmul: "(a: Input<3, 4>, b: Input<4, 5>) -> y { let y = Matmul(a => Tanh, b => Dense<6>); }"
    matmul_weight: "(x: Input<3, 4>) -> y { weight w: [4, 5] = ones; weight v: [5] = ones; let y = Matmul(Matmul(x, w) => Tanh, v); }"
    matmul_rows: "(x: Input<4>) -> y { weight w: [2, 4, 3] = ones; let y = Matmul(x, w) * Matmul(x, x); }"
    matmul_repeated: "(a: Input<2, 1, 3, 4>, b: Input<5, 4, 2>) -> y { let y = Matmul(a, b); }"
    split_stack: "(x: Input<3, 6>) -> y { let (a, _, c) = x => Split<3>; let (d, e, f) = x => Split<3, axis = 1>; let y = Stack(a, c * a) => Flatten => Dense<2>; let y = y + Stack<axis = 1>(d, f)[.., 0, ..2]; let y = y * e[0, 4..]; }"
    pad: "(x: Input<3, 4>) -> y { let y = Pad<((1, 0), (2, 3)), constant_values = 1.5>(x)[1.., ..4] * Pad<2, mode = reflect>(x)[..3, ..4] + Pad<(1, 2), mode = symmetric>(x)[2..5, 1..5] * Pad<(0, 3), mode = edge>(x)[3.., 3..]; }"
    cum_sum: "(x: Input<3, 4>) -> y { let y = CumSum<axis = 1>(x) * CumSum<axis = -1>(x); }"
    where_greater: "(a: Input<3, 4>, b: Input<4>) -> y { let y = Where(Greater(a, b), a * a, Where(LessEqual(a, -0.2), b, a * b)) + ArgMax<axis = 2, keepdims = true>(a) * b; }"
    numbers_in_calls: "(x: Input<7>) -> y { let y = Maximum(x, 0.1) * Minimum(0.3, x) + Add(x, 1.0, x) + Divide(2.0, x * x + 1); }"
    take: "(x: Input<3, 4>, ids: Input<5, dtype = u32>, few: Input<2, dtype = u32>) -> (a, b) { let a = Take<axis = 1>(x => Tanh, ids) => Dense<3>; weight w: [2, 3, 2] = ones; let b = Take<axis = 2>(w, few); }"
    one_hot: "(ids: Input<5, dtype = u32>, x: Input<3>) -> y { let y = OneHot<3>(ids) * x + (Cast<float>(ids) => Dense<3>) + OneHot<3>(ArgMax(x))[0]; }"
    resizing: "Input<3, 4, 2> => Dense<3> => Resizing<5, 3>"
    resizing_nearest: "Input<2, 5, 3> => Resizing<4, 3, interpolation = nearest, data_format = channels_first>"
    input_as_output: "(x: Input<4>) -> (y, x, y) { let y = x => Dense<3>; }"
    repeat_over_values: "Input<9, 2> => [Conv1D<N, 2, padding = causal, dilation_rate = N, activation = tanh>; N in (1, 2, 3)]"
    rounds: "(x: Input<4>) -> y { let mut h = x; for N in (5, 4) { weight w: [1] = ones; h = h * w => Dense<N, activation = tanh>; if N == 4 { h = h + x; } } let y = h; }"
    dropout_shared: "(x: Input<9>) -> y { layer drop = Dropout<0.4>; let y = x => drop => Dense<5> => drop; }"
    dot: "(a: Input<5>, b: Input<5>) -> y { let y = Dot<axes = 1>(a, b); }"
    dot_matrices: "(a: Input<3, 4>, b: Input<4, 5>) -> y { let y = Dot<axes = (2, 1)>(a => Tanh, b => Dense<6>); }"
    dot_same_axis: "(a: Input<3, 4>, b: Input<3, 5>) -> y { let y = Dot<axes = 1>(a, b) => Dense<2>; }"
    dot_normalized: "(a: Input<3, 4>, b: Input<5, 4>) -> y { let y = Dot<axes = -1, normalize = true>(a => Dense<4>, b); }"
    twice_and_beside: "(x: Input<6>) -> (y, z, w) { let a = x => v: Dense<4, activation = tanh>; let b = x => v_1: Dense<4, activation = tanh>; let y = Concatenate(a, a, b) => Dense<3>; let z = a => Dense<3>; let w = b => Dense<2>; }"
    dot_with_itself: "(x: Input<3, 4>) -> (y, z) { let h = x => Dense<5>; let y = Dot<axes = 1>(h, h); let z = h => Permute<2, 1>; }"
    state: "(x: Input<4>) -> y { state h: [4]; let z = x => Dense<4>; let y = z * (h + 1.5) => Tanh; h = y * 0.5; }"
}
