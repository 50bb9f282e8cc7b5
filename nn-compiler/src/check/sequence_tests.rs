//! Convolution and pooling of sequences: shapes, weights, masks and mistakes.

use crate::testing::{checks, fine, mistake};
use nn_graph::size::shape_text;

fn shapes(source: &str) -> Vec<String> {
    fine(source).graph.layers().map(|(_, layer)| shape_text(&layer.output)).collect()
}

fn note(shapes: &str) -> String {
    format!("\n= note: the shapes up to here: {shapes}")
}

#[test]
fn shapes_follow_keras() {
    assert_eq!(shapes("Input<11, 3> => Conv1D<4, 3>"), ["9×4"]);
    assert_eq!(shapes("Input<11, 3> => Conv1D<4, 3, strides = 2, padding = same>"), ["6×4"]);
    assert_eq!(shapes("Input<11, 3> => Conv1D<4, 3, strides = 3, padding = causal>"), ["4×4"]);
    assert_eq!(shapes("Input<11, 3> => Conv1D<4, 5, padding = causal, dilation_rate = 9>"), ["11×4"]);
    assert_eq!(shapes("Input<9, 3> => MaxPool1D => AveragePooling1D<3, strides = 1, padding = same>"), ["4×3", "4×3"]);
    assert_eq!(shapes("Input<9, 3> => GlobalMaxPool1D"), ["3"]);
    assert_eq!(shapes("Input<9, 3> => GlobalAveragePooling1D<keepdims = true>"), ["1×3"]);
}

#[test]
fn weights_follow_keras() {
    let net = fine("Input<9, 6> => Conv1D<4, 3, groups = 2> => Conv1D<5, 1, use_bias = false, trainable = false>");
    let params = net.graph.nodes.iter().flat_map(|node| &node.params);
    let params: Vec<_> =
        params.map(|param| format!("{} {} {}", param.name, shape_text(&param.shape), param.trainable)).collect();
    assert_eq!(params, ["kernel 3×3×4 true", "bias 4 true", "kernel 1×4×5 false"]);
    let macs: Vec<_> = net.graph.layers().map(|(_, layer)| layer.macs.known().unwrap()).collect();
    assert_eq!(macs, [7 * 3 * 3 * 4, 7 * 4 * 5]);
}

#[test]
fn the_mean_reads_the_mask_and_convolutions_lose_it() {
    let masks = |source: &str| fine(source).graph.nodes.last().unwrap().masks.iter().flatten().count();
    assert_eq!(masks("Input<9, 6> => Masking => GlobalAvgPool1D"), 1);
    assert_eq!(masks("Input<9, 6> => Masking => GlobalMaxPool1D"), 0);
    assert_eq!(masks("Input<9, 6> => Masking => Conv1D<3, 2> => GlobalAvgPool1D"), 0);
    assert_eq!(masks("Input<9, 6> => Masking => MaxPool1D => GlobalAvgPool1D"), 0);
}

#[test]
fn sequences() {
    let message = |shape: &str, help: &str, shapes: &str| {
        format!("`Conv1D<6, 3>` needs steps and channels, but its input is {shape}\n= help: {help}{}", note(shapes))
    };
    mistake(
        "Input<784> => Conv1D<6, 3>",
        "Conv1D<6, 3>",
        &message("a vector of 784", "put `Reshape<784, 1>` before it", "Input 784"),
    );
    mistake(
        "Input<10, 12, 3> => Conv1D<6, 3>",
        "Conv1D<6, 3>",
        &message("10×12×3", "`Conv2D` takes images; put `Reshape<-1, 3>` before it", "Input 10×12×3"),
    );
    let rank = "`GlobalMaxPool1D` needs steps and channels, but its input is a vector of 4";
    let help = "\n= help: put `Reshape<4, 1>` before it";
    mistake("Input<4> => GlobalMaxPool1D", "GlobalMaxPool1D", &format!("{rank}{help}{}", note("Input 4")));
}

#[test]
fn kernels_and_windows() {
    mistake(
        "Input<3, 8> => Conv1D<16, 5>",
        "Conv1D<16, 5>",
        &format!(
            "`Conv1D<16, 5>` needs at least 5 steps, but its input is 3×8\n\
             = help: a kernel of 3 fits, or keep the size with `padding = same` or `causal`{}",
            note("Input 3×8")
        ),
    );
    mistake(
        "Input<4, 8> => Conv1D<16, 3, strides = 2> => Conv1D<4, 2, dilation_rate = 3>",
        "Conv1D<4, 2, dilation_rate = 3>",
        &format!(
            "`Conv1D<4, 2, dilation_rate = 3>` needs at least 4 steps, but its input is 1×16\n\
             = help: a kernel of 1 fits, or keep the size with `padding = same` or `causal`{}",
            note("Input 4×8 → Conv1D 1×16")
        ),
    );
    mistake(
        "Input<3, 1> => Conv1D<6, 5, strides = 2>",
        "Conv1D<6, 5, strides = 2>",
        &format!(
            "`Conv1D<6, 5, strides = 2>` needs at least 5 steps, but its input is 3×1\n\
             = help: a kernel of 3 fits, or surround the input with zeros: `padding = same` or `causal`{}",
            note("Input 3×1")
        ),
    );
    mistake(
        "Input<3, 2> => AvgPool1D<9>",
        "AvgPool1D<9>",
        &format!(
            "`AvgPool1D<9>` needs at least 9 steps, but its input is 3×2\n\
             = help: a window of 3 fits, or let the last windows hang over the edge with `padding = same`{}",
            note("Input 3×2")
        ),
    );
    let uneven = "`Conv1D<6, 3, groups = 4>` splits its output into 4 groups, but 6 filters do not divide by 4\n\
        = help: groups that divide both 8 channels and 6 filters: 1, 2";
    mistake(
        "Input<8, 8> => Conv1D<6, 3, groups = 4>",
        "Conv1D<6, 3, groups = 4>",
        &format!("{uneven}{}", note("Input 8×8")),
    );
}

#[test]
fn options() {
    mistake(
        "Input<8, 2> => Conv1D<6, 3, padding = casual>",
        "casual",
        "`padding` of `Conv1D` takes `valid`, `same` or `causal`, not `casual`\n= help: did you mean `causal`?",
    );
    mistake(
        "Input<8, 2> => MaxPool1D<2, padding = causal>",
        "causal",
        "`padding` of `MaxPool1D` takes `valid` or `same`, not `causal`",
    );
    mistake(
        "Input<8, 2> => Conv1D<6, (3, 3)>",
        "(3, 3)",
        "`kernel_size` of `Conv1D` takes a size, not `(3, 3)`\n\
         = help: a size is an integer, the path of a `const` or a block: `{ 2 * N }`",
    );
    mistake(
        "Input<8, 2> => Conv1D<6>",
        "Conv1D<6>",
        "`Conv1D<6>` needs `kernel_size`\n= help: `Conv1D<filters, kernel_size>`",
    );
    mistake(
        "Input<8, 2> => Conv1D<6, 3, strides = 0>",
        "0",
        "`strides` of `Conv1D<6, 3, strides = 0>` is 0, but must be at least 1",
    );
}

/// The rule of a sequence, and not that of an image, is left to the compiler.
#[test]
fn constants() {
    let net = fine("Input<N, 3> => Conv1D<4, K, padding = causal> => MaxPool1D<P>");
    let texts: Vec<_> = net.graph.nodes.iter().map(|node| shape_text(&node.output)).collect();
    assert_eq!(texts, ["N×4", "?×4"]);
    let windows =
        "::nn::__rt::shape::Windows{size:[{K}],strides:[1],padding:::nn::__rt::shape::Padding::Causal,dilation:[1]}";
    assert!(
        checks(&net, "Conv1D<4, K, padding = causal>")
            .contains(&format!("shape::conv1d(\"Conv1D<4,K,padding=causal>\",[{{N}},3],4,{windows},1)"))
    );
    assert!(checks(&net, "MaxPool1D<P>").contains("shape::pool1d(\"MaxPool1D<P>\",[{N},4],"));
}
