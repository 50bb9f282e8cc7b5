//! The tables against the language, and against what the layers do with them.

use crate::diagnostics::Diagnostics;
use crate::layers::args::Args;
use crate::layers::{Positional, entries, later};
use crate::parse::ast::Item;

/// No option is listed and then ignored, or read without being listed.
#[test]
fn layers_read_all_of_their_options() {
    let no_position = entries().filter(|entry| matches!(entry.positional, Positional::Named { .. }));
    for entry in no_position {
        let mut errors = Diagnostics::default();
        let source = format!("Input<1> => {}", entry.class());
        let network = crate::parse::parse(source.parse().expect("tokens"), &mut errors).expect("a network");
        let Some(Item::Layer { call, .. }) = network.chain().get(1) else { panic!("a layer") };
        let mut args = Args::new(call, entry, &mut errors);
        (entry.read)(&mut args);
        let asked: Vec<_> = args.asked.iter().copied().collect();
        let mut listed: Vec<_> = entry.option_names().collect();
        listed.sort_unstable();
        assert_eq!(asked, listed, "{}", entry.class());
        errors.finish();
    }
}

/// Every layer of the language is either built or refused by name, and no name stands for two.
#[test]
fn all_layers_of_the_language_are_known() {
    let sizes = |names: &[&str], axes: &[u8]| -> Vec<String> {
        names.iter().flat_map(|name| axes.iter().map(move |n| format!("{name}{n}D"))).collect()
    };
    let mut language = sizes(&["Conv", "MaxPool", "MaxPooling", "AvgPool", "AveragePooling", "L2Pool"], &[1, 2, 3]);
    language.extend(sizes(&["GlobalMaxPool", "GlobalMaxPooling", "GlobalAvgPool", "GlobalAveragePooling"], &[1, 2, 3]));
    language.extend(sizes(&["UpSampling", "ZeroPadding", "Cropping"], &[1, 2, 3]));
    language.extend(sizes(
        &["SeparableConv", "DepthwiseConv", "AdaptiveAvgPool", "AdaptiveMaxPool", "SpatialDropout"],
        &[1, 2],
    ));
    language.extend([1, 2, 3].map(|n| format!("Conv{n}DTranspose")));
    let others = "Dense SimpleRNN LSTM GRU SimpleRNNCell LSTMCell GRUCell Bidirectional TimeDistributed Embedding Masking \
        MultiHeadAttention BatchNormalization BatchNorm LayerNormalization LayerNorm RMSNormalization GroupNormalization \
        Dropout GaussianNoise Flatten Reshape Permute RepeatVector Add Subtract Multiply Average Maximum Minimum Concatenate \
        Dot BilinearPool Activation ReLU LeakyReLU ELU PReLU Softmax Sigmoid Tanh ReLU6 SELU GELU HardSigmoid LogSoftmax \
        Softplus Softsign Swish SiLU HardSwish Mish Exponential Rescaling Normalization Lambda";
    language.extend(others.split_whitespace().map(String::from));
    let built: Vec<&str> = entries().flat_map(|entry| entry.names.iter().copied()).collect();
    let mut known: Vec<&str> = built.iter().copied().chain(later::layers()).collect();
    known.sort_unstable();
    language.sort_unstable();
    assert_eq!(known, language);
}
