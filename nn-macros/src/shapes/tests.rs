//! Shapes, names and weights of whole networks, and the mistakes that only shapes show.

use super::*;
use crate::testing::{fine, mistake, mistake_like, mistakes};

const LENET: &str = "pub struct LeNet = Input<28, 28, 1>
    => conv1: Conv2D<6, 3> => MaxPool2D<2> => ReLU
    => conv2: Conv2D<16, 3> => MaxPool2D<2> => ReLU
    => Flatten
    => Dense<120, activation = relu>
    => Dense<84, activation = relu>
    => Dense<10>;";

fn shapes(source: &str) -> Vec<String> {
    fine(source).nodes.iter().map(|node| shape_text(&node.output)).collect()
}

fn count(dims: &[Dim]) -> usize {
    dims.iter().map(|dim| dim.known().unwrap()).product()
}

#[test]
fn lenet() {
    let net = fine(LENET);
    let rows: Vec<_> =
        net.nodes.iter().map(|node| format!("{} {} {}", node.name, node.class, shape_text(&node.output))).collect();
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
    let params: usize = net.nodes.iter().flat_map(|node| &node.params).map(|param| count(&param.shape)).sum();
    assert_eq!(params, 6 * 9 + 6 + 16 * 54 + 16 + 400 * 120 + 120 + 120 * 84 + 84 + 840 + 10);
    let macs: usize = net.nodes.iter().map(|node| node.macs.known().unwrap()).sum();
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
