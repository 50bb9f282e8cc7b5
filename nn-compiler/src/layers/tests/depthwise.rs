//! Convolutions in which every channel has filters of its own, also with a pointwise convolution behind: shapes, weights and mistakes.

use nn_graph::Op;
use nn_graph::size::shape_text;

use crate::testing::{checks, fine, mistake, program, weight_text};

fn shapes(source: &str) -> Vec<String> {
    fine(source).graph.layers().map(|(_, layer)| shape_text(&layer.output)).collect()
}

/// The weights of all layers, with their shapes and whether they are trained.
fn weights(source: &str) -> Vec<String> {
    let net = fine(source);
    let params = net.graph.owners().flat_map(|node| &node.params);
    params.map(|param| format!("{} {} {}", param.name, shape_text(&param.shape), param.trainable)).collect()
}

#[test]
fn shapes_follow_keras() {
    assert_eq!(shapes("Input<6, 7, 3> => DepthwiseConv2D<3>"), ["4×5×3"]);
    assert_eq!(shapes("Input<6, 7, 3> => DepthwiseConv2D<(3, 2), strides = 2, padding = same>"), ["3×4×3"]);
    assert_eq!(shapes("Input<6, 7, 3> => DepthwiseConv2D<3, dilation_rate = 2, depth_multiplier = 2>"), ["2×3×6"]);
    assert_eq!(shapes("Input<9, 8, 3> => DepthwiseConv2D<3, strides = (3, 1), dilation_rate = (2, 3)>"), ["2×2×3"]);
    assert_eq!(shapes("Input<9, 3> => DepthwiseConv1D<3, strides = 2, dilation_rate = 4, padding = same>"), ["5×3"]);
    assert_eq!(shapes("Input<9, 3> => DepthwiseConv1D<kernel_size = 4, strides = 2, depth_multiplier = 2>"), ["3×6"]);
    assert_eq!(shapes("Input<9, 3> => DepthwiseConv1D<3, padding = same, data_format = channels_last>"), ["9×3"]);
    assert_eq!(shapes("Input<5, 9, 3> => TimeDistributed<DepthwiseConv1D<3, depth_multiplier = 4>>"), ["5×7×12"]);
    assert_eq!(shapes("Input<H, 7, C> => DepthwiseConv2D<3, padding = same, depth_multiplier = M>"), ["H×7×?"]);
}

#[test]
fn weights_follow_keras() {
    let net = "Input<6, 7, 3> => DepthwiseConv2D<(3, 2), depth_multiplier = 2> => Reshape<-1, 6>
        => DepthwiseConv1D<4, use_bias = false, trainable = false>";
    assert_eq!(weights(net), ["kernel 3×2×3×2 true", "bias 6 true", "kernel 4×6×1 false"]);
    let macs: Vec<_> = fine(net).graph.layers().map(|(_, layer)| layer.macs.known().unwrap()).collect();
    assert_eq!(macs, [4 * 6 * 3 * 2 * 6, 0, 21 * 4 * 6]);
}

#[test]
fn it_is_a_convolution_by_channel() {
    let net = fine("Input<6, 7, 3> => DepthwiseConv2D<3, depth_multiplier = 2, activation = relu>");
    let Op::Convolution(layer) = &net.graph.nodes[0].op else { panic!("no convolution") };
    assert_eq!((layer.groups.known(), layer.filters.known()), (Some(3), Some(6)));
    let fused = program("Input<6, 7, 3> => DepthwiseConv2D<3> => BatchNorm => ReLU => MaxPool2D<2>");
    assert_eq!(fused.steps.len(), 1);
    let options = "depthwise_initializer = zeros, depthwise_regularizer = l2(0.1), depthwise_constraint = non_neg";
    let net = fine(&format!("Input<6, 7, 3> => DepthwiseConv2D<3, {options}>"));
    let weight = weight_text(&net.graph.nodes[0].params[0].weight);
    assert_eq!(weight, "Zeros Regularizer{l1:0.0,l2:0.1} NonNeg");
}

#[test]
fn kernels() {
    mistake(
        "Input<3, 9, 2> => DepthwiseConv2D<5>",
        "DepthwiseConv2D<5>",
        "`DepthwiseConv2D<5>` needs at least 5×5 of height and width, but its input is 3×9×2\n\
         = help: a 3×5 kernel fits, or keep the size with `padding = same`\n\
         = note: the shapes up to here: Input 3×9×2",
    );
    mistake(
        "Input<4, 28, 3> => DepthwiseConv2D<3, strides = 2, dilation_rate = 2>",
        "DepthwiseConv2D<3, strides = 2, dilation_rate = 2>",
        "`DepthwiseConv2D<3, strides = 2, dilation_rate = 2>` needs at least 5×5 of height and width, but its input is 4×28×3\n\
         = help: a 2×3 kernel fits, or surround the input with zeros: `padding = same`\n\
         = note: the shapes up to here: Input 4×28×3",
    );
    // Without `causal`, which this layer has not.
    mistake(
        "Input<3, 2> => DepthwiseConv1D<5>",
        "DepthwiseConv1D<5>",
        "`DepthwiseConv1D<5>` needs at least 5 steps, but its input is 3×2\n\
         = help: a kernel of 3 fits, or keep the size with `padding = same`\n\
         = note: the shapes up to here: Input 3×2",
    );
}

#[test]
fn options() {
    mistake(
        "Input<8, 8, 2> => DepthwiseConv2D<3, depth_multiplier = 0>",
        "0",
        "`depth_multiplier` of `DepthwiseConv2D<3, depth_multiplier = 0>` is 0, but must be at least 1",
    );
    mistake(
        "Input<8, 2> => DepthwiseConv1D<3, padding = causal>",
        "causal",
        "`padding` of `DepthwiseConv1D` takes `valid` or `same`, not `causal`",
    );
    mistake(
        "Input<8, 8, 2> => DepthwiseConv2D<3, groups = 2>",
        "groups",
        "`DepthwiseConv2D` has no option `groups`\n= help: `groups` is an option of Conv1D, Conv2D, Conv3D and GroupNormalization",
    );
}

/// The rule by channel is left to the compiler.
#[test]
fn constants() {
    let net = fine("Input<N, 3> => DepthwiseConv1D<K, depth_multiplier = M>");
    let checks = checks(&net, "DepthwiseConv1D<K, depth_multiplier = M>");
    let windows =
        "::nn::__rt::shape::Windows{size:[{K}],strides:[1],padding:::nn::__rt::shape::Padding::Valid,dilation:[1]}";
    let layer = "\"DepthwiseConv1D<K,depth_multiplier=M>\"";
    assert!(checks.contains(&format!("shape::depthwise_conv1d({layer},[{{N}},3],{windows},{{M}})")), "{checks}");
}

#[test]
fn separable_shapes_follow_keras() {
    assert_eq!(shapes("Input<6, 7, 3> => SeparableConv2D<5, 3>"), ["4×5×5"]);
    let options = "strides = 2, padding = same, depth_multiplier = 2";
    assert_eq!(shapes(&format!("Input<6, 7, 3> => SeparableConv2D<5, (3, 2), {options}>")), ["3×4×5"]);
    assert_eq!(shapes("Input<9, 3> => SeparableConv1D<filters = 4, kernel_size = 3, dilation_rate = 2>"), ["5×4"]);
    assert_eq!(shapes("Input<9, 9, 3> => SeparableConv2D<4, 3, strides = (2, 3), dilation_rate = 2>"), ["3×2×4"]);
    assert_eq!(shapes("Input<9, 3> => SeparableConv1D<4, 3, strides = 2, dilation_rate = 3, padding = same>"), ["5×4"]);
    assert_eq!(shapes("Input<2, 9, 3> => TimeDistributed<SeparableConv1D<4, 3>>"), ["2×7×4"]);
    assert_eq!(shapes("Input<H, 7, C> => SeparableConv2D<F, 3, padding = same>"), ["H×7×F"]);
}

#[test]
fn separable_weights_follow_keras() {
    let net = "Input<6, 7, 3> => SeparableConv2D<5, (3, 2), depth_multiplier = 2> => Reshape<-1, 5>
        => SeparableConv1D<4, 3, use_bias = false, trainable = false>";
    let expected = [
        "depthwise_kernel 3×2×3×2 true",
        "pointwise_kernel 1×1×6×5 true",
        "bias 5 true",
        "depthwise_kernel 3×5×1 false",
        "pointwise_kernel 1×5×4 false",
    ];
    assert_eq!(weights(net), expected);
    let macs: Vec<_> = fine(net).graph.layers().map(|(_, layer)| layer.macs.known().unwrap()).collect();
    assert_eq!(macs, [4 * 6 * (3 * 2 * 6 + 6 * 5), 0, 22 * (3 * 5 + 5 * 4)]);
    let fused = program("Input<6, 7, 3> => SeparableConv2D<5, 3> => BatchNorm => ReLU => MaxPool2D<2>");
    // The second part takes them in; both are steps.
    assert_eq!(fused.steps.len(), 2);
    let net = fine("Input<9, 3> => SeparableConv1D<4, 3, pointwise_initializer = ones, depthwise_initializer = zeros>");
    let starts: Vec<_> =
        net.graph.owners().next().unwrap().params.iter().map(|param| weight_text(&param.weight)).collect();
    assert_eq!(starts, ["Zeros", "Ones", "Zeros"]);
}

#[test]
fn separable_mistakes() {
    mistake(
        "Input<3, 2> => SeparableConv1D<4, 5>",
        "SeparableConv1D<4, 5>",
        "`SeparableConv1D<4, 5>` needs at least 5 steps, but its input is 3×2\n\
         = help: a kernel of 3 fits, or keep the size with `padding = same`\n\
         = note: the shapes up to here: Input 3×2",
    );
    mistake(
        "Input<8, 2> => SeparableConv1D<4, 3, padding = causal>",
        "causal",
        "`padding` of `SeparableConv1D` takes `valid` or `same`, not `causal`",
    );
    mistake(
        "Input<8, 8, 2> => SeparableConv2D<0, 3>",
        "0",
        "`filters` of `SeparableConv2D<0, 3>` is 0, but must be at least 1",
    );
}
