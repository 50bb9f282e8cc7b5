//! Layers on volumes, and transposed convolutions: shapes, and what is said of mistakes.

use nn_graph::Op;
use nn_graph::op::Convolution3D;
use nn_graph::size::shape_text;

use crate::check::Checked;
use crate::testing::{fine, mistake};

/// The shape of the only output.
fn out(net: &str) -> String {
    let net = fine(net);
    shape_text(&net.graph.values[net.graph.outputs[0].value].shape)
}

#[test]
fn shapes() {
    assert_eq!(out("Input<4, 5, 6, 2> => Conv3D<3, (2, 3, 2), strides = (2, 1, 2), padding = same>"), "2×5×3×3");
    assert_eq!(out("Input<2, 4, 5, 6> => Conv3D<3, 2, data_format = channels_first>"), "3×3×4×5");
    assert_eq!(out("Input<4, 5, 6, 2> => MaxPool3D"), "2×2×3×2");
    assert_eq!(out("Input<2, 4, 5, 6> => AveragePooling3D<(1, 2, 2), data_format = channels_first>"), "2×4×2×3");
    assert_eq!(out("Input<4, 5, 6, 2> => MaxPooling3D<3, strides = 2, padding = same>"), "2×3×3×2");
    assert_eq!(out("Input<4, 5, 6, 2> => GlobalMaxPool3D"), "2");
    assert_eq!(out("Input<4, 5, 6, 2> => GlobalAveragePooling3D<keepdims = true>"), "1×1×1×2");
    assert_eq!(out("Input<2, 4, 5, 6> => GlobalAvgPool3D<keepdims = true, data_format = channels_first>"), "2×1×1×1");
}

#[test]
fn shapes_of_transposed_convolutions() {
    assert_eq!(out("Input<6, 3> => Conv1DTranspose<2, 3>"), "8×2");
    assert_eq!(out("Input<4, 5, 3> => Conv2DTranspose<2, 2, strides = 3>"), "12×15×2");
    assert_eq!(out("Input<4, 5, 3> => Conv2DTranspose<2, 3, strides = 2, output_padding = (0, 1)>"), "9×12×2");
    let same = "strides = (2, 3), padding = same, output_padding = (0, 2)";
    assert_eq!(out(&format!("Input<4, 5, 3> => Conv2DTranspose<2, 3, {same}>")), "7×15×2");
    assert_eq!(
        out("Input<4, 5, 3> => Conv2DTranspose<2, 4, strides = 2, padding = same, output_padding = 2>"),
        "8×10×2"
    );
    assert_eq!(out("Input<4, 5, 3> => Conv2DTranspose<2, 3, dilation_rate = 2>"), "8×9×2");
    assert_eq!(out("Input<3, 4, 5> => Conv2DTranspose<2, 3, strides = 2, data_format = channels_first>"), "2×9×11");
    assert_eq!(out("Input<2, 3, 4, 2> => Conv3DTranspose<3, 2, strides = 2>"), "4×6×8×3");
    assert_eq!(out("Input<A, 3> => Conv1DTranspose<2, 3, strides = B, padding = same>"), "?×2");
    assert_eq!(out("Input<2, 5, 3> => TimeDistributed<Conv1DTranspose<4, 2, strides = 2>>"), "2×10×4");
}

fn layer(net: &Checked) -> &Convolution3D {
    let mut layers = net.graph.nodes.iter().filter_map(|node| match &node.op {
        Op::Convolution3D(layer) => Some(layer),
        _ => None,
    });
    layers.next().expect("a convolution")
}

#[test]
fn fewer_axes_are_the_last() {
    let known = |sizes: &[nn_graph::Size]| sizes.iter().filter_map(nn_graph::Size::known).collect::<Vec<_>>();
    let net = fine("Input<4, 5, 3> => Conv2DTranspose<2, (3, 4), strides = (2, 3), output_padding = (0, 1)>");
    let layer = layer(&net);
    assert_eq!(known(&layer.kernel_size), [1, 3, 4]);
    assert_eq!(known(&layer.strides), [1, 2, 3]);
    assert_eq!(known(&layer.output_padding), [0, 0, 1]);
    assert_eq!(known(&net.graph.nodes[0].params[0].shape), [3, 4, 2, 3]);
    assert_eq!(net.graph.nodes[0].layer.as_ref().and_then(|layer| layer.macs.known()), Some(4 * 5 * 3 * 4 * 2 * 3));
}

#[test]
fn mistakes() {
    let volume = |layer: &str, problem: &str| {
        let note = "\n= note: the shapes up to here: Input 3×4×5×6";
        mistake(&format!("Input<3, 4, 5, 6> => {layer}"), layer, &format!("`{layer}` {problem}{note}"));
    };
    volume(
        "Conv3D<2, (4, 2, 2)>",
        "needs at least 4×2×2 of depth, height and width, but its input is 3×4×5×6\n\
         = help: a 3×2×2 kernel fits, or keep the size with `padding = same`",
    );
    volume(
        "MaxPool3D<4>",
        "needs at least 4×4×4 of depth, height and width, but its input is 3×4×5×6\n\
         = help: a 3×4×4 window fits, or let the last windows hang over the edge with `padding = same`",
    );
    volume(
        "Conv3D<2, 2, groups = 4>",
        "splits its input into 4 groups, but 6 channels do not divide by 4\n\
         = help: groups that divide both 6 channels and 2 filters: 1, 2",
    );
    let both =
        "has both `strides` and `dilation_rate` above 1, which do not go together\n= help: leave one of the two at 1";
    volume("Conv3D<2, 2, strides = 2, dilation_rate = 2>", both);
    volume("Conv3DTranspose<2, 2, strides = 2, dilation_rate = 2>", both);
    let help = "\n= help: leave it out: then the strides alone say how large the output is";
    volume(
        "Conv3DTranspose<2, 2, output_padding = 1>",
        &format!("has an `output_padding` of 1, but with its strides it can only be 0{help}"),
    );
    let even = "Conv3DTranspose<2, 2, strides = 2, padding = same, output_padding = 0>";
    let problem = format!(
        "`Conv3DTranspose<2, 2, …>` has an `output_padding` of 0, but with its strides it can be 1 to 2{help}\n\
                           = note: the shapes up to here: Input 3×4×5×6"
    );
    mistake(&format!("Input<3, 4, 5, 6> => {even}"), even, &problem);
    mistake(
        "Input<4, 5, 3> => Conv3D<2, 2>",
        "Conv3D<2, 2>",
        "`Conv3D<2, 2>` needs depth, height, width and channels, but its input is 4×5×3\n\
         = help: put `Reshape<4, 5, 3, 1>` before it\n\
         = note: the shapes up to here: Input 4×5×3",
    );
    mistake(
        "Input<4, 5, 3> => Conv2DTranspose<2, 3, groups = 3>",
        "groups",
        "`Conv2DTranspose` has no option `groups`\n= help: `groups` is an option of Conv1D, Conv2D, Conv3D and GroupNormalization",
    );
    mistake(
        "Input<4, 5, 3> => Conv2DTranspose<2, 3, output_padding = -1>",
        "-1",
        "`output_padding` of `Conv2DTranspose` takes a size of at least 0, not `-1`",
    );
}

#[test]
fn a_transposed_convolution_is_no_stream() {
    mistake(
        "#[stream] struct Net = Input<8, 3> => Conv1DTranspose<2, 3>;",
        "Conv1DTranspose",
        "`Conv1DTranspose<2, 3>` on 8×3 cannot run one step at a time\n\
         = help: `#[stream]` takes recurrent layers that go forward, causal `Conv1D` without strides, `Dense`, activations, \
         normalization along the features, arithmetic on those, and layers of your own with the same steps",
    );
}
