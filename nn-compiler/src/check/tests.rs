//! Shapes, names and weights of whole networks, and the mistakes that only shapes show.

use nn_graph::Size;
use nn_graph::graph::{Layer, Node};
use nn_graph::size::shape_text;

use crate::emit::scope::plain;
use crate::testing::{checks, fine, mistake, mistakes, text};

const LENET: &str = "pub struct LeNet = Input<28, 28, 1>
    => conv1: Conv2D<6, 3> => MaxPool2D<2> => ReLU
    => conv2: Conv2D<16, 3> => MaxPool2D<2> => ReLU
    => Flatten
    => Dense<120, activation = relu>
    => Dense<84, activation = relu>
    => Dense<10>;";

fn shapes(source: &str) -> Vec<String> {
    fine(source).graph.layers().map(|(_, layer)| shape_text(&layer.output)).collect()
}

fn count(dims: &[Size]) -> usize {
    dims.iter().map(|dim| dim.known().unwrap()).product()
}

#[test]
fn lenet() {
    let net = fine(LENET);
    let row = |(node, layer): (&Node, &Layer)| format!("{} {} {}", node.name, layer.class, shape_text(&layer.output));
    let rows: Vec<_> = net.graph.layers().map(row).collect();
    let expected = [
        "conv1 Conv2D 26×26×6",
        "max_pooling2d MaxPooling2D 13×13×6",
        "re_lu ReLU 13×13×6",
        "conv2 Conv2D 11×11×16",
        "max_pooling2d_1 MaxPooling2D 5×5×16",
        "re_lu_1 ReLU 5×5×16",
        "flatten Flatten 400",
        "dense Dense 120",
        "dense_1 Dense 84",
        "dense_2 Dense 10",
    ];
    assert_eq!(rows, expected);
    let params: usize = net.graph.nodes.iter().flat_map(|node| &node.params).map(|param| count(&param.shape)).sum();
    assert_eq!(params, 6 * 9 + 6 + 16 * 54 + 16 + 400 * 120 + 120 + 120 * 84 + 84 + 840 + 10);
    let macs: usize = net.graph.layers().map(|(_, layer)| layer.macs.known().unwrap()).sum();
    assert_eq!(macs, 26 * 26 * 6 * 9 + 11 * 11 * 16 * 54 + 400 * 120 + 120 * 84 + 840);
}

#[test]
fn the_sentence_of_the_reference() {
    mistake(
        "Input<28, 28, 1> => conv1: Conv2D<6, 3> => MaxPool2D<8> => Conv2D<16, 5>",
        "Conv2D<16, 5>",
        "`Conv2D<16, 5>` needs at least 5×5 of height and width, but its input is 3×3×6\n\
         = help: a 3×3 kernel fits, or keep the size with `padding = same`\n\
         = note: the shapes up to here: Input 28×28×1 → conv1 26×26×6 → MaxPool2D 3×3×6",
    );
}

fn note(shapes: &str) -> String {
    format!("\n= note: the shapes up to here: {shapes}")
}

#[test]
fn shapes_follow_keras() {
    assert_eq!(shapes("Input<8, 7, 3> => Conv2D<4, (3, 2), strides = (2, 1), padding = same>"), ["4×7×4"]);
    assert_eq!(shapes("Input<9, 8, 2> => Conv2D<3, 3, dilation_rate = 2>"), ["5×4×3"]);
    assert_eq!(shapes("Input<7, 9, 3> => MaxPool2D => AvgPool2D<2, padding = same>"), ["3×4×3", "2×2×3"]);
    assert_eq!(shapes("Input<4, 5, 3> => GlobalMaxPool2D"), ["3"]);
    assert_eq!(shapes("Input<4, 5, 3> => GlobalAvgPool2D<keepdims = true>"), ["1×1×3"]);
    assert_eq!(
        shapes("Input<4, 5> => Dense<3> => Flatten => Flatten => Reshape<2, -1, 3>"),
        ["4×3", "12", "12", "2×2×3"]
    );
}

#[test]
fn weights_follow_keras() {
    let net = fine(
        "Input<6, 7, 4> => Conv2D<6, 3, groups = 2> => PReLU<shared_axes = (1, 2)> => BatchNorm<axis = 1, scale = false>",
    );
    let params = net.graph.nodes.iter().flat_map(|node| &node.params);
    let params: Vec<_> =
        params.map(|param| format!("{} {} {}", param.name, shape_text(&param.shape), param.trainable)).collect();
    let expected = [
        "kernel 3×3×2×6 true",
        "bias 6 true",
        "alpha 1×1×6 true",
        "beta 4 true",
        "moving_mean 4 false",
        "moving_variance 4 false",
    ];
    assert_eq!(params, expected);
    let frozen = fine("Input<4> => Dense<3, trainable = false, use_bias = false>");
    assert!(frozen.graph.nodes[0].params.len() == 1 && !frozen.graph.nodes[0].params[0].trainable);
}

#[test]
fn images() {
    let message = |shape: &str, help: &str, note_: &str| {
        format!(
            "`Conv2D<6, 3>` needs height, width and channels, but its input is {shape}\n= help: {help}{}",
            note(note_)
        )
    };
    mistake(
        "Input<784> => Conv2D<6, 3>",
        "Conv2D<6, 3>",
        &message("a vector of 784", "make it an image with `Reshape<28, 28, 1>`", "Input 784"),
    );
    mistake(
        "Input<10> => Conv2D<6, 3>",
        "Conv2D<6, 3>",
        &message("a vector of 10", "make it an image with `Reshape<height, width, channels>`", "Input 10"),
    );
    mistake(
        "Input<10, 12> => Conv2D<6, 3>",
        "Conv2D<6, 3>",
        &message("10×12", "put `Reshape<10, 12, 1>` before it", "Input 10×12"),
    );
    let rank = "`MaxPool2D` needs height, width and channels, but its input is 2×3×4×5";
    mistake("Input<2, 3, 4, 5> => MaxPool2D", "MaxPool2D", &format!("{rank}{}", note("Input 2×3×4×5")));
}

#[test]
fn kernels_and_windows() {
    mistake(
        "Input<28, 28, 1> => Conv2D<6, 31>",
        "Conv2D<6, 31>",
        &format!(
            "`Conv2D<6, 31>` needs at least 31×31 of height and width, but its input is 28×28×1\n\
             = help: a 28×28 kernel fits, or keep the size with `padding = same`{}",
            note("Input 28×28×1")
        ),
    );
    mistake(
        "Input<3, 9, 1> => Conv2D<6, 3, dilation_rate = 2, use_bias = false, kernel_initializer = he_normal>",
        "Conv2D<6, 3, dilation_rate = 2, use_bias = false, kernel_initializer = he_normal>",
        &format!(
            "`Conv2D<6, 3, …>` needs at least 5×5 of height and width, but its input is 3×9×1\n\
             = help: a 2×3 kernel fits, or keep the size with `padding = same`{}",
            note("Input 3×9×1")
        ),
    );
    mistake(
        "Input<3, 3, 1> => Conv2D<6, 5, strides = 2>",
        "Conv2D<6, 5, strides = 2>",
        &format!(
            "`Conv2D<6, 5, strides = 2>` needs at least 5×5 of height and width, but its input is 3×3×1\n\
             = help: a 3×3 kernel fits, or surround the input with zeros: `padding = same`{}",
            note("Input 3×3×1")
        ),
    );
    mistake(
        "Input<3, 4, 2> => MaxPool2D<9>",
        "MaxPool2D<9>",
        &format!(
            "`MaxPool2D<9>` needs at least 9×9 of height and width, but its input is 3×4×2\n\
             = help: a 3×4 window fits, or let the last windows hang over the edge with `padding = same`{}",
            note("Input 3×4×2")
        ),
    );
}

#[test]
fn groups_strides_dilation() {
    mistake(
        "Input<8, 8, 4> => Conv2D<6, 3, groups = 4>",
        "Conv2D<6, 3, groups = 4>",
        &format!(
            "`Conv2D<6, 3, groups = 4>` splits its output into 4 groups, but 6 filters do not divide by 4\n\
             = help: groups that divide both 4 channels and 6 filters: 1, 2{}",
            note("Input 8×8×4")
        ),
    );
    mistake(
        "Input<8, 8, 1> => Conv2D<6, 3, groups = 2>",
        "Conv2D<6, 3, groups = 2>",
        &format!(
            "`Conv2D<6, 3, groups = 2>` splits its input into 2 groups, but 1 channel does not divide by 2\n\
             = help: groups that divide both 1 channel and 6 filters: 1{}",
            note("Input 8×8×1")
        ),
    );
    mistake(
        "Input<8, 8, 5> => Conv2D<6, 3, strides = 2, dilation_rate = 2>",
        "Conv2D<6, 3, strides = 2, dilation_rate = 2>",
        &format!(
            "`Conv2D<6, 3, strides = 2, dilation_rate = 2>` has both `strides` and `dilation_rate` above 1, \
             which do not go together\n= help: leave one of the two at 1{}",
            note("Input 8×8×5")
        ),
    );
}

#[test]
fn reshapes() {
    mistake(
        "Input<3, 4, 2> => Reshape<5, 5>",
        "Reshape<5, 5>",
        &format!(
            "`Reshape<5, 5>` has 25 elements, but its input 3×4×2 has 24\n\
             = help: one size may be `-1`: it is worked out from the others{}",
            note("Input 3×4×2")
        ),
    );
    mistake(
        "Input<3, 4, 2> => Reshape<5, -1>",
        "Reshape<5, -1>",
        &format!("`Reshape<5, -1>` needs a multiple of 5 elements, but its input 3×4×2 has 24{}", note("Input 3×4×2")),
    );
}

#[test]
fn axes() {
    let three =
        format!("\n= help: the axes are 1 to 3, or -1 for the last; the batch is axis 0{}", note("Input 3×4×2"));
    let wrong = |axis: &str| {
        format!("`Softmax<axis = {axis}>` has no axis {axis}: its input 3×4×2 has 3 without the batch{three}")
    };
    mistake("Input<3, 4, 2> => Softmax<axis = 4>", "4", &wrong("4"));
    mistake("Input<3, 4, 2> => Softmax<axis = -4>", "-4", &wrong("-4"));
    mistake(
        "Input<3, 4, 2> => Softmax<axis = 0>",
        "0",
        &format!("axis 0 of `Softmax<axis = 0>` is the batch, which is never part of a layer{three}"),
    );
    mistake(
        "Input<3> => PReLU<shared_axes = (1, 2)>",
        "2",
        &format!(
            "`PReLU<shared_axes = (1, 2)>` has no axis 2: its input 3 has 1 without the batch\n\
             = help: the only axis is 1, or -1 for the last; the batch is axis 0{}",
            note("Input 3")
        ),
    );
}

#[test]
fn sizes_beyond_memory() {
    mistake(
        "Input<4> => Dense<9999999999999999> => Dense<9999999999>",
        "Dense<9999999999>",
        &format!(
            "`Dense<9_999_999_999>` has a kernel of 9999999999999999×9999999999, which is more than memory can address{}",
            note("Input 4 → Dense 9999999999999999")
        ),
    );
    mistake(
        "Input<4294967296, 4294967296, 4> => Flatten",
        "Input<4294967296, 4294967296, 4>",
        "`Input<4_294_967_296, 4_294_967_296, 4>` has an input of 4294967296×4294967296×4, which is more than memory can address",
    );
}

#[test]
fn a_failed_shape_hides_what_follows_from_it() {
    let found = mistakes("Input<28, 28, 1> => Conv2D<6, 33> => Conv2D<6, 44> => Dense<0>");
    let places: Vec<_> = found.iter().map(|(place, _)| place.as_str()).collect();
    assert_eq!(places, ["Conv2D<6, 33>", "0"]);
    // A `Reshape` has its shape whatever comes before it, so that the search goes on after it.
    let found = mistakes("Input<28, 28, 1> => Conv2D<6, 33> => Reshape<2, 3, 1> => Conv2D<6, 3>");
    assert_eq!(found.len(), 2);
    assert!(found[1].1.ends_with(&note("Input 28×28×1 → Conv2D ? → Reshape 2×3×1")), "{}", found[1].1);
}

#[test]
fn long_trails_are_shortened() {
    let found = mistakes("Input<9, 9, 1> => [Conv2D<2, 1>; 20] => MaxPool2D<11>");
    let trail = "Input 9×9×1 → … → ".to_string() + &["Conv2D 9×9×2"; 6].join(" → ");
    assert!(found[0].1.ends_with(&note(&trail)), "{}", found[0].1);
}

/// What the macro does not know becomes an expression, and a check for the compiler; what it does know stays known.
#[test]
fn constants() {
    let net =
        fine("Input<28, 28, 1> => Conv2D<F, 3> => MaxPool2D<2> => Flatten => Dense<crate::CLASSES> => Reshape<5, -1>");
    let texts: Vec<_> = net.graph.nodes.iter().map(|node| shape_text(&node.output)).collect();
    assert_eq!(texts, ["26×26×F", "13×13×F", "?", "crate::CLASSES", "5×?"]);
    let expected = "const_:()={let_=::nn::__rt::shape::expect(::nn::__rt::shape::conv2d(\"Conv2D<F,3>\",[28,28,1],{F},\
        ::nn::__rt::shape::Windows{size:[3,3],strides:[1,1],padding:::nn::__rt::shape::Padding::Valid,dilation:[1,1]},1));};";
    assert_eq!(checks(&net, "Conv2D<F, 3>"), expected);
    assert_eq!(checks(&net, "Flatten"), "");
    assert_eq!(text(&crate::emit::size(&net.sources, &net.graph.nodes[2].output[0])), "{169*{F}}");
    let reshape = "const_:()={let_=::nn::__rt::shape::expect(::nn::__rt::shape::reshape(\"Reshape<5,-1>\",[{crate::CLASSES}],[5,::nn::__rt::shape::INFER]));};";
    assert_eq!(checks(&net, "Reshape<5, -1>"), reshape);
    for check in &net.checks {
        syn::parse2::<syn::File>(plain(crate::emit::checks::item(&net.sources, check))).expect("items");
    }
}

#[test]
fn literal_blocks_are_known() {
    assert_eq!(shapes("Input<{ 2 * (3 + 4) }> => Dense<{ 7 / 2 }>"), ["3"]);
    mistake("Input<4> => Dense<{ 2 - 2 }>", "{ 2 - 2 }", "`units` of `Dense<{ 2 - 2 }>` is 0, but must be at least 1");
}

#[test]
fn a_constant_input_is_checked_with_the_first_layer() {
    let net = fine("Input<N> => Dense<3>");
    assert!(checks(&net, "Dense<3>").contains("shape::dense(\"Dense<3>\",[{N}],3)"));
    assert!(checks(&net, "Input<N>").contains("shape::input(\"Input<N>\",[{N}])"));
}
