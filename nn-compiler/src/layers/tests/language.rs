//! The rows against the language.

use crate::layers::specs;

/// Every layer of the language is built, and no name stands for two.
#[test]
fn all_layers_of_the_language_are_known() {
    let sizes = |names: &[&str], axes: &[u8]| -> Vec<String> {
        names.iter().flat_map(|name| axes.iter().map(move |n| format!("{name}{n}D"))).collect()
    };
    let mut language = sizes(&["Conv", "MaxPool", "MaxPooling", "AvgPool", "AveragePooling", "L2Pool"], &[1, 2, 3]);
    language.extend(sizes(&["GlobalMaxPool", "GlobalMaxPooling", "GlobalAvgPool", "GlobalAveragePooling"], &[1, 2, 3]));
    language.extend(sizes(&["UpSampling", "ZeroPadding", "Cropping"], &[1, 2, 3]));
    language.extend(sizes(&["SeparableConv", "DepthwiseConv"], &[1, 2]));
    language.extend(sizes(
        &["AdaptiveAvgPool", "AdaptiveAveragePooling", "AdaptiveMaxPool", "AdaptiveMaxPooling"],
        &[1, 2, 3],
    ));
    language.extend(sizes(&["SpatialDropout"], &[1, 2, 3]));
    language.extend([1, 2, 3].map(|n| format!("Conv{n}DTranspose")));
    let others = "Dense SimpleRNN LSTM GRU SimpleRNNCell LSTMCell GRUCell Bidirectional TimeDistributed Embedding Masking \
        MultiHeadAttention BatchNormalization BatchNorm LayerNormalization LayerNorm RMSNormalization GroupNormalization UnitNormalization \
        Dropout AlphaDropout GaussianDropout GaussianNoise ActivityRegularization Identity Flatten Reshape Permute RepeatVector Add Subtract Multiply Divide GetItem Weight State Carry Constant Average Maximum Minimum Concatenate \
        Dot BilinearPool Activation ReLU LeakyReLU ELU PReLU Softmax Sigmoid Tanh ReLU6 SELU GELU HardSigmoid LogSoftmax \
        Softplus Softsign Swish SiLU HardSwish Mish Exponential Rescaling Normalization Lambda Custom MeanShiftPool1D \
        RandomFlip RandomTranslation RandomRotation RandomZoom RandomContrast RandomBrightness CenterCrop \
        MeanShiftPool2D ConvLSTM1D ConvLSTM2D Attention AdditiveAttention";
    let operations = "Sum Mean Max Min Prod Variance Norm ArgMax Matmul Split Stack Pad Resizing Clip Power Abs Exp Log Sqrt Rsqrt \
        Square Reciprocal Sign Floor Ceil Round Sin Cos Erf Where Greater GreaterEqual Less LessEqual Equal NotEqual Take OneHot \
        CumSum Cast";
    language.extend([others, operations].into_iter().flat_map(str::split_whitespace).map(String::from));
    let built: Vec<&str> = specs().flat_map(|spec| spec.names.iter().copied()).collect();
    let mut known = built;
    known.sort_unstable();
    language.sort_unstable();
    assert_eq!(known, language);
}

/// An option has one name in a layer, whatever family it comes from.
#[test]
fn options_have_names_of_their_own() {
    for spec in specs() {
        let mut names: Vec<_> = spec.option_names().collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all, "{}", spec.class());
    }
}
