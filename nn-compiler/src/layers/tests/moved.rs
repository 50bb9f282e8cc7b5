//! Layers that move, repeat, surround and cut, and the product of two values.

use nn_graph::Op;
use nn_graph::size::shape_text;

use crate::check::Checked;
use crate::testing::{fine, mistake};

/// The shape of the output, and whether nothing is computed.
fn last(net: &Checked) -> (String, bool) {
    let node = net.graph.nodes.last().expect("a layer");
    (shape_text(&node.output), matches!(node.op, Op::View))
}

fn out(source: &str) -> String {
    last(&fine(source)).0
}

fn is_view(source: &str) -> bool {
    last(&fine(source)).1
}

fn product(a: &str, b: &str, layer: &str) -> String {
    format!("struct A(a: Input<{a}>, b: Input<{b}>) -> y {{ let y = {layer}(a, b); }}")
}

#[test]
fn shapes() {
    assert_eq!(out("Input<3, 4> => Permute<2, 1>"), "4×3");
    assert_eq!(out("Input<2, 3, 4, 5> => Permute<4, 1, 3, 2>"), "5×2×4×3");
    assert_eq!(out("Input<2, 3, 4, 5, 6, 7> => Permute<6, 1, 5, 2, 4, 3>"), "7×2×6×3×5×4");
    assert_eq!(out("Input<2, 3, 4, 5, 6, 7> => Flatten => Reshape<7, 6, -1, 5, 2, 3>"), "7×6×4×5×2×3");
    assert_eq!(out("Input<2, 3, 4, 5, 6, 7> => Dense<9> => Softmax<axis = 2> => BatchNorm<axis = 5>"), "2×3×4×5×6×9");
    assert_eq!(out("Input<4> => RepeatVector<3>"), "3×4");
    assert_eq!(out("Input<3, 2, 4> => Flatten<data_format = channels_first>"), "24");
    assert_eq!(out("Input<4, 3> => UpSampling1D"), "8×3");
    assert_eq!(out("Input<3, 4, 2> => UpSampling2D<(2, 3), interpolation = bilinear>"), "6×12×2");
    assert_eq!(out("Input<2, 3, 4> => UpSampling2D<3, data_format = channels_first>"), "2×9×12");
    assert_eq!(out("Input<2, 3, 2, 5> => UpSampling3D<(2, 1, 3)>"), "4×3×6×5");
    assert_eq!(out("Input<4, 3> => ZeroPadding1D"), "6×3");
    assert_eq!(out("Input<4, 3> => ZeroPadding1D<(1, 0), data_format = channels_first>"), "4×4");
    assert_eq!(out("Input<3, 4, 2> => ZeroPadding2D<(1, 2)>"), "5×8×2");
    assert_eq!(out("Input<3, 4, 2> => ZeroPadding2D<((1, 0), 3)>"), "4×10×2");
    assert_eq!(out("Input<2, 3, 4> => ZeroPadding2D<padding = 1, data_format = channels_first>"), "2×5×6");
    assert_eq!(out("Input<2, 3, 4, 5> => ZeroPadding3D<((1, 0), (0, 2), (1, 1))>"), "3×5×6×5");
    assert_eq!(out("Input<7, 3> => Cropping1D"), "5×3");
    assert_eq!(out("Input<7, 8, 3> => Cropping2D<((1, 2), (0, 3))>"), "4×5×3");
    assert_eq!(out("Input<2, 3, 4, 5> => Cropping3D<(0, 1, 1), data_format = channels_first>"), "2×3×2×3");
    assert_eq!(out("Input<7, 8, 3> => Cropping2D<((R, 2), 1)>"), "?×6×3");
}

#[test]
fn layers_on_steps_of_steps() {
    let volume = "TimeDistributed<TimeDistributed<ZeroPadding3D<1>>>";
    assert_eq!(out(&format!("Input<2, 3, 4, 5, 6, 7> => {volume}")), "2×3×6×7×8×7");
    let first = "TimeDistributed<TimeDistributed<TimeDistributed<Conv2D<4, 3, data_format = channels_first>>>>";
    assert_eq!(out(&format!("Input<2, 3, 4, 2, 6, 7> => {first}")), "2×3×4×4×4×5");
    let reshape = "TimeDistributed<Reshape<1, 2, 1, 2, 1, 2>>";
    mistake(
        &format!("Input<3, 8> => {reshape}"),
        reshape,
        &format!("`{reshape}` cannot have 7 axes: a tensor has 1 to 6{}", note("Input 3×8")),
    );
}

#[test]
fn values_of_five_and_six_axes() {
    let shape = |a, b, layer| out(&product(a, b, layer));
    assert_eq!(shape("2, 3, 1, 5, 6", "2, 3, 4, 5, 1", "Add"), "2×3×4×5×6");
    assert_eq!(shape("2, 3, 4, 5, 6, 7", "5, 1, 7", "Maximum"), "2×3×4×5×6×7");
    assert_eq!(shape("2, 3, 1, N, 6, 7", "4, N, 6, 1", "Multiply"), "2×3×4×N×6×7");
    assert_eq!(shape("2, 3, 4, 5, 6, 7", "2, 3, 1, 5, 6, 7", "Concatenate<axis = 3>"), "2×3×5×5×6×7");
    mistake(
        &product("2, 3, 4, 5, 6, 7", "2, 3, 4, 5, 5, 7", "Add"),
        "Add(a, b)",
        &format!(
            "`Add` needs inputs of one shape, but got 2×3×4×5×6×7 and 2×3×4×5×5×7\n\
             = help: two sizes also fit if one of them is 1, and fewer axes are matched from the last one on{}",
            note("a 2×3×4×5×6×7; b 2×3×4×5×5×7")
        ),
    );
    assert_eq!(out("Input<2, 3, 4, 5, 6, dtype = u8> => Embedding<9, 7>"), "2×3×4×5×6×7");
    mistake(
        "Input<1, 2, 3, 4, 5, 6, dtype = u8> => Embedding<9, 7>",
        "Embedding<9, 7>",
        &format!("`Embedding<9, 7>` cannot have 7 axes: a tensor has 1 to 6{}", note("Input 1×2×3×4×5×6")),
    );
}

#[test]
fn products() {
    let shape = |a, b, layer| out(&product(a, b, layer));
    assert_eq!(shape("5", "5", "Dot<1>"), "1");
    assert_eq!(shape("3, 4", "4, 5", "Dot<axes = (2, 1)>"), "3×5");
    assert_eq!(shape("3, 4", "5, 4", "Dot<axes = -1, normalize = true>"), "3×5");
    assert_eq!(shape("2, 3, 4", "3", "Dot<axes = (2, 1)>"), "2×4");
    assert_eq!(shape("2, 3, 4, 5", "4, 3, 6, 7", "Dot<axes = (2, 2)>"), "2×4×5×4×6×7");
    let net = fine(&product("3, 4", "4, 5", "Dot<axes = (2, 1)>"));
    assert_eq!(net.graph.nodes[0].layer.as_ref().unwrap().macs.known(), Some(3 * 4 * 5));
}

#[test]
fn nothing_to_do() {
    let views = [
        "Input<3, 4> => Permute<1, 2>",
        "Input<3, 1, 4> => Permute<2, 1, 3>",
        "Input<1, 4> => Permute<2, 1>",
        "Input<4, 1, 1> => Flatten<data_format = channels_first>",
        "Input<1, 2, 3> => Flatten<data_format = channels_first>",
        "Input<4> => RepeatVector<1>",
        "Input<3, 4> => UpSampling1D<1>",
        "Input<3, 4, 2> => ZeroPadding2D<0>",
        "Input<3, 4, 2> => Cropping2D",
    ];
    for source in views {
        assert!(is_view(source), "{source}");
    }
    let steps =
        ["Input<3, 4> => Permute<2, 1>", "Input<3, 1, 4> => Permute<3, 2, 1>", "Input<3, 4> => UpSampling1D<N>"];
    for source in steps {
        assert!(!is_view(source), "{source}");
    }
}

#[test]
fn masks_end_here() {
    let layers = ["Permute<2, 1>", "UpSampling1D", "ZeroPadding1D", "Cropping1D"];
    for layer in layers {
        let net = fine(&format!("Input<6, 3> => Masking => {layer} => GlobalAvgPool1D"));
        assert!(net.graph.nodes.iter().all(|node| node.masks.iter().all(Option::is_none)), "{layer}");
    }
}

fn note(shapes: &str) -> String {
    format!("\n= note: the shapes up to here: {shapes}")
}

#[test]
fn orders_of_axes() {
    let counted = "\n= help: they are counted from 1, without the batch";
    for axis in ["0", "-1", "7", "2.0", "N"] {
        let message = format!("`Permute` takes the number of an axis, not `{axis}`{counted}");
        mistake(&format!("Input<3, 4> => Permute<1, {axis}>"), axis, &message);
    }
    let none = "`Permute` takes 1 to 6 axes\n= help: `Permute<2, 1>` swaps two axes: they are counted from 1, without the batch";
    mistake("Input<3, 4> => Permute", "Permute", none);
    mistake("Input<3, 4> => Permute<1, 2, 3, 4, 5, 6, 1>", "Permute<1, 2, 3, 4, 5, 6, 1>", none);
    for layer in ["Permute<2, 2>", "Permute<1, 3>", "Permute<1>", "Permute<3, 1, 2>"] {
        let message = format!(
            "`{layer}` needs each axis of its input 3×4 once, counted from 1\n\
             = help: `Permute<2, 1>` turns their order around; the batch is left out{}",
            note("Input 3×4")
        );
        mistake(&format!("Input<3, 4> => {layer}"), layer, &message);
    }
}

#[test]
fn numbers_for_each_axis() {
    let repeat = "`RepeatVector<3>` needs a vector, but its input is 3×4\n= help: put `Flatten` before it";
    mistake("Input<3, 4> => RepeatVector<3>", "RepeatVector<3>", &format!("{repeat}{}", note("Input 3×4")));
    mistake("Input<3> => RepeatVector<0>", "0", "`n` of `RepeatVector<0>` is 0, but must be at least 1");
    mistake("Input<3> => RepeatVector", "RepeatVector", "`RepeatVector` needs `n`\n= help: `RepeatVector<n>`");
    mistake("Input<3, 4> => UpSampling1D<0>", "0", "`size` of `UpSampling1D<0>` is 0, but must be at least 1");
    mistake(
        "Input<3, 4, 2> => UpSampling2D<(2, 3, 1)>",
        "(2, 3, 1)",
        "`size` of `UpSampling2D` takes one size, or height and width, not `(2, 3, 1)`\n= help: `3` or `(3, 4)`",
    );
    mistake(
        "Input<3, 4, 2> => UpSampling2D<interpolation = bilinaer>",
        "bilinaer",
        "`interpolation` of `UpSampling2D` takes `nearest` or `bilinear`, not `bilinaer`\n= help: did you mean `bilinear`?",
    );
    mistake(
        "Input<3, 2> => UpSampling1D<interpolation = bilinear>",
        "interpolation",
        "`UpSampling1D` has no option `interpolation`\n= help: `interpolation` is an option of UpSampling2D, Resizing, RandomTranslation, RandomRotation and RandomZoom",
    );
    mistake(
        "Input<3, 4, 2> => ZeroPadding2D<(1, 2, 3)>",
        "(1, 2, 3)",
        "`padding` of `ZeroPadding2D` takes one number, or one or a pair for height and for width, not `(1, 2, 3)`\n\
         = help: `1`, `(1, 2)` or `((1, 0), (2, 3))`",
    );
    mistake(
        "Input<3, 4> => ZeroPadding1D<(1, 2, 3)>",
        "(1, 2, 3)",
        "`padding` of `ZeroPadding1D` takes one number, or one for each end, not `(1, 2, 3)`\n= help: `2` or `(1, 2)`",
    );
    mistake(
        "Input<3, 4> => ZeroPadding1D<-1>",
        "-1",
        "`padding` of `ZeroPadding1D` takes a size of at least 0, not `-1`",
    );
}

#[test]
fn inputs_that_do_not_fit() {
    mistake(
        "Input<6, 7, 2> => Cropping2D<((1, 2), (4, 3))>",
        "Cropping2D<((1, 2), (4, 3))>",
        &format!(
            "`Cropping2D<((1, 2), (4, 3))>` takes 4 and 3 off the ends of an axis of 7, but of its input 6×7×2 something \
             must be left\n= help: at most 6 can go, both ends together{}",
            note("Input 6×7×2")
        ),
    );
    let rank = |layer: &str, input: &str, text: &str| {
        let note = note(&format!("Input {}", input.replace(", ", "×")));
        mistake(&format!("Input<{input}> => {layer}"), layer, &format!("`{layer}` needs {text}{note}"));
    };
    rank(
        "ZeroPadding1D",
        "5",
        "steps and channels, but its input is a vector of 5\n= help: put `Reshape<5, 1>` before it",
    );
    rank(
        "UpSampling2D",
        "5, 6",
        "height, width and channels, but its input is 5×6\n= help: put `Reshape<5, 6, 1>` before it",
    );
    rank(
        "Cropping3D",
        "5, 6, 2",
        "depth, height, width and channels, but its input is 5×6×2\n= help: put `Reshape<5, 6, 2, 1>` before it",
    );
    rank(
        "UpSampling2D<data_format = channels_first>",
        "5, 6",
        "channels, height and width, but its input is 5×6\n= help: put `Reshape<1, 5, 6>` before it",
    );
    rank("UpSampling3D", "5", "depth, height, width and channels, but its input is 5");
}

#[test]
fn products_that_do_not_fit() {
    let dot = |layer: &str, place: &str, message: &str| mistake(&product("3, 4", "4, 5", layer), place, message);
    let notes = note("a 3×4; b 4×5");
    dot(
        "Dot<axes = 1>",
        "Dot<axes = 1>(a, b)",
        &format!(
            "`Dot<axes = 1>` needs two axes of one size, but axis 1 of 3×4 is 3 and axis 1 of 4×5 is 4\n\
             = help: `axes = (2, 1)` would fit: both are 4{notes}"
        ),
    );
    let both = "\n= help: `axes = 1` or `axes = (2, 1)`";
    for axes in ["(1, 2, 1)", "()"] {
        let message = format!("`axes` of `Dot` takes one axis, or one for each of both values, not `{axes}`{both}");
        dot(&format!("Dot<axes = {axes}>"), axes, &message);
    }
    let axes = "\n= help: the axes are 1 to 2, or -1 for the last; the batch is axis 0";
    let batch = "axis 0 of `Dot<axes = 0>` is the batch, which is never part of a layer";
    dot("Dot<axes = 0>", "0", &format!("{batch}{axes}{notes}"));
    let none = "`Dot<axes = (2, 3)>` has no axis 3: its input 4×5 has 2 without the batch";
    dot("Dot<axes = (2, 3)>", "3", &format!("{none}{axes}{notes}"));
    dot("Dot", "Dot", "`Dot` needs `axes`\n= help: `Dot<axes>`");
    let word = "`axes` of `Dot` takes the number of an axis, not `last`";
    dot("Dot<axes = last>", "last", &format!("{word}\n= help: the batch is axis 0, `-1` is the last axis"));
}

#[test]
fn products_of_other_than_two() {
    mistake(
        "struct A(a: Input<3>, b: Input<3>) -> y { let y = Dot<1>(a, b, a); }",
        "Dot<1>(a, b, a)",
        &format!(
            "`Dot<1>` takes two values, but is called with 3\n\
             = help: the product of two is a value for the next one: `let ab = Dot<…>(a, b);`{}",
            note("a 3; b 3; a 3")
        ),
    );
    let one = "`Dot<1>` joins several values, but is given one\n= help: `Dot<1>(a, b)`";
    mistake("Input<3> => Dot<1>", "Dot<1>", &format!("{one}{}", note("Input 3")));
    let axes = "`Dot<1>` cannot have 7 axes: a tensor has 1 to 6";
    let axes = format!("{axes}{}", note("a 2×3×4×5; b 2×3×4×5×6"));
    mistake(&product("2, 3, 4, 5", "2, 3, 4, 5, 6", "Dot<1>"), "Dot<1>(a, b)", &axes);
    fine(&product("N, 4", "4, 5", "Dot<(2, 1)>"));
    fine(&product("2, N, 4, 5", "2, 3, 4, 5", "Dot<1>"));
}
