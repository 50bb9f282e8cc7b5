//! Channels first: shapes as users know them, and how few changes of order are left.

use nn_graph::Op;
use nn_graph::size::shape_text;

use crate::testing::{fine, mistake, program};

fn shapes(source: &str) -> Vec<String> {
    fine(source).graph.layers().map(|(_, layer)| shape_text(&layer.output)).collect()
}

/// The steps of inference that change an order, and those of training.
fn changes(source: &str) -> [usize; 2] {
    let program = program(source);
    let inference = program.steps.iter().filter(|step| matches!(step.op, Op::Permute(_))).count();
    let training = program.training.steps.iter().filter(|step| matches!(step.op, Op::Permute(_))).count();
    [inference, training]
}

#[test]
fn shapes_have_their_channels_first() {
    assert_eq!(shapes("Input<3, 9, 8> => Conv2D<4, (3, 2), data_format = channels_first>"), ["4×7×7"]);
    assert_eq!(
        shapes("Input<3, 9> => Conv1D<4, 3, padding = causal, data_format = channels_first, activation = relu>"),
        ["4×9"]
    );
    assert_eq!(shapes("Input<3, 9> => AvgPool1D<2, data_format = channels_first>"), ["3×4"]);
    assert_eq!(shapes("Input<3, 9, 8> => GlobalMaxPool2D<data_format = channels_first>"), ["3"]);
    assert_eq!(shapes("Input<3, 9, 8> => GlobalAvgPool2D<data_format = channels_first, keepdims = true>"), ["3×1×1"]);
    assert_eq!(
        shapes("Input<2, 3, 9, 8> => TimeDistributed<SeparableConv2D<4, 3, data_format = channels_first>>"),
        ["2×4×7×6"]
    );
    let net = fine("Input<3, 9, 8> => DepthwiseConv2D<(3, 2), depth_multiplier = 2, data_format = channels_first>");
    let weights: Vec<_> = net.graph.params().map(|(_, param)| shape_text(&param.shape)).collect();
    assert_eq!(weights, ["3×2×3×2", "6"]);
}

#[test]
fn a_chain_changes_the_order_once() {
    let net = "Input<3, 20, 20> => Conv2D<8, 3, data_format = channels_first> => BatchNorm<axis = 1> => ReLU
        => MaxPool2D<2, data_format = channels_first> => Dropout<0.1>
        => Conv2D<8, 3, activation = gelu, data_format = channels_first>
        => GlobalAvgPool2D<data_format = channels_first> => Dense<3>";
    assert_eq!(changes(net), [1, 1]);
    // All of the first convolution is one step, as with channels last.
    assert_eq!(program(net).steps.len(), 5);
}

#[test]
fn volumes_and_transposed_convolutions_do_too() {
    let net = "Input<3, 4, 6, 8> => Conv3D<8, 3, padding = same, data_format = channels_first> => BatchNorm<axis = 1> => ReLU
        => MaxPool3D<2, data_format = channels_first> => Conv3DTranspose<4, 2, strides = 2, data_format = channels_first>
        => GlobalAvgPool3D<data_format = channels_first> => Dense<3>";
    assert_eq!(changes(net), [1, 1]);
    // The normalization and the activation are part of the convolution.
    assert_eq!(program(net).steps.len(), 6);
    assert_eq!(
        shapes("Input<3, 4, 5> => Conv2DTranspose<2, 3, strides = 2, data_format = channels_first>"),
        ["2×9×11"]
    );
}

#[test]
fn so_do_branches() {
    let net = "struct Net(x: Input<4, 8, 8>) -> y {
        let a = x => Conv2D<4, 3, padding = same, data_format = channels_first>;
        let b = a => ReLU => Conv2D<4, 3, padding = same, data_format = channels_first>;
        let c = Concatenate<axis = 1>(a + b, b) => Softmax<axis = 1>;
        let y = c => MaxPool2D<2, data_format = channels_first>;
    }";
    assert_eq!(changes(net), [2, 2]);
}

#[test]
fn what_needs_the_order_keeps_it() {
    // Keras' order of elements in Flatten, softmax along the last axis, and what the user writes.
    assert_eq!(changes("Input<3, 9, 8> => Conv2D<4, 3, data_format = channels_first> => Flatten => Dense<3>"), [2, 2]);
    assert_eq!(
        changes("Input<3, 9, 8> => Permute<2, 3, 1> => Conv2D<4, 3, activation = softmax> => Permute<3, 1, 2>"),
        [2, 2]
    );
    let net = program("Input<3, 9, 8> => Conv2D<4, 3, activation = softmax, data_format = channels_first>");
    let softmax = net.steps.iter().find_map(|step| match &step.op {
        Op::Softmax(softmax) => Some(softmax.axis),
        _ => None,
    });
    // Along the width, which is the last axis of the user's.
    assert_eq!(softmax, Some(1));
}

#[test]
fn mistakes_name_the_axes() {
    mistake(
        "Input<3, 9> => Conv2D<4, 3, data_format = channels_first>",
        "Conv2D<4, 3, data_format = channels_first>",
        "`Conv2D<4, 3, data_format = channels_first>` needs channels, height and width, but its input is 3×9\n\
         = help: put `Reshape<1, 3, 9>` before it\n\
         = note: the shapes up to here: Input 3×9",
    );
}
