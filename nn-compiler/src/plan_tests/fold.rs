//! Zeros around the inputs of convolutions, which become their pads.

use crate::testing::{fine, program};
use nn_graph::Op;

/// The layers of each step of inference, and how many steps of training pad.
#[track_caller]
fn is(source: &str, steps: &[&str], training: usize) {
    let program = program(source);
    let text = program.text();
    let found = text.lines().filter_map(|line| line.strip_prefix("step ")?.split(": ").nth(1));
    assert_eq!(found.collect::<Vec<_>>(), steps, "{source}");
    let pads = |op: &Op| matches!(op, Op::Inset(_) | Op::Pad(_));
    assert_eq!(program.training.steps.iter().filter(|step| pads(&step.op)).count(), training, "{source}");
}

#[test]
fn who_computes_the_input_leaves_the_zeros() {
    let rest = "ZeroPadding2D<((1, 0), (2, 3))> => Conv2D<4, 3>";
    is(&format!("Input<8, 8, 2> => MaxPool2D<2> => {rest}"), &["max_pooling2d", "conv2d"], 0);
    is(&format!("Input<8, 8, 2> => {rest}"), &["conv2d", "conv2d"], 0);
    // What it pads itself comes on top.
    is(
        "Input<8, 8, 2> => MaxPool2D<2> => ZeroPadding2D<1> => DepthwiseConv2D<3, padding = same>",
        &["max_pooling2d", "depthwise_conv2d"],
        0,
    );
    is(
        "Input<8, 2> => Dense<3> => ZeroPadding1D<(2, 0)> => Conv1D<4, 3> => Dense<2>",
        &["dense", "conv1d", "conv1d", "dense_1"],
        0,
    );
    is("Input<4, 8, 8, 2> => ReLU => ZeroPadding3D<1> => Conv3D<4, 3>", &["re_lu", "conv3d"], 0);
    is(
        "Input<8, 8, 2> => Pad<((0, 1), (2, 2), (0, 0))> => SeparableConv2D<4, 3>",
        &["separable_conv2d_depthwise", "separable_conv2d_depthwise", "separable_conv2d"],
        0,
    );
}

#[test]
fn channels_first_do_not_matter() {
    is("Input<2, 8, 8> => Conv2D<4, 3, data_format = channels_first> => ZeroPadding2D<((1, 0), (2, 3)), data_format = channels_first>
        => Conv2D<4, 3, data_format = channels_first> => GlobalMaxPool2D<data_format = channels_first>",
        &["conv2d_permute", "conv2d", "conv2d_1", "global_max_pooling2d"], 0);
    is(
        "Input<2, 8, 8> => ZeroPadding2D<1, data_format = channels_first> => Conv2D<4, 3, data_format = channels_first>
        => GlobalMaxPool2D<data_format = channels_first>",
        &["conv2d_permute", "conv2d", "conv2d", "global_max_pooling2d"],
        0,
    );
}

#[test]
fn others_read_the_zeros() {
    let two = |y: &str| {
        format!(
            "struct Net(x: Input<8, 8, 2>) -> y {{ let p = x => ZeroPadding2D<1>; let a = p => Conv2D<2, 3>; {y} }}"
        )
    };
    is(&two("let y = Concatenate(a, p => Conv2D<3, 3>);"), &["zero_padding2d", "conv2d", "conv2d_1", "concatenate"], 1);
    is(
        &two("let y = Concatenate(a, p => MaxPool2D<3, strides = 1>);"),
        &["zero_padding2d", "conv2d", "max_pooling2d", "concatenate"],
        1,
    );
    is(
        "struct Net(x: Input<8, 8, 2>) -> (p, y) { let p = x => ZeroPadding2D<1>; let y = p => Conv2D<2, 3>; }",
        &["zero_padding2d", "conv2d"],
        1,
    );
    is("Input<8, 8, 2> => ZeroPadding2D<1> => MaxPool2D<2>", &["zero_padding2d", "max_pooling2d"], 1);
    is("Input<8, 8, 2> => ZeroPadding2D<1> => Conv2DTranspose<2, 3>", &["zero_padding2d", "conv2d_transpose"], 1);
    is("Input<8, 8, 2> => Pad<1> => Conv2D<2, 3>", &["pad", "conv2d"], 1);
    is("Input<8, 8, 2> => Pad<((1, 1), (1, 1), (0, 0)), constant_values = 0.5> => Conv2D<2, 3>", &["pad", "conv2d"], 1);
}

#[test]
fn shapes_and_layers_are_as_written() {
    let net = "Input<8, 8, 2> => MaxPool2D<2> => ZeroPadding2D<((1, 0), (2, 3))> => Conv2D<4, 3>";
    let layers = |graph: &nn_graph::Graph| -> Vec<String> {
        graph
            .layers()
            .map(|(node, layer)| format!("{} {}", node.name, nn_graph::size::shape_text(&layer.output)))
            .collect()
    };
    assert_eq!(layers(&program(net).graph), layers(&fine(net).graph));
    assert_eq!(layers(&program(net).graph), ["max_pooling2d 4×4×2", "zero_padding2d 5×9×2", "conv2d 3×7×4"]);
}
