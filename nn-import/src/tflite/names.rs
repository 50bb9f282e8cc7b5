//! Names of tensors: unique ones, and those of layers.

use std::collections::HashSet;

use super::schema::Graph;

/// What converters put after the name of a layer.
const PARTS: &[&str] = &[
    "Add",
    "AvgPool",
    "BatchMatMul",
    "BiasAdd",
    "Conv1D",
    "Conv2D",
    "Conv2DBackpropInput",
    "Conv3D",
    "FusedBatchNormV3",
    "MatMul",
    "Mul",
    "Prelu",
    "ReadVariableOp",
    "Relu",
    "Relu6",
    "Sigmoid",
    "Softmax",
    "Tanh",
    "add",
    "convolution",
    "depthwise",
    "dense_matmul",
    "kernel",
    "mul",
    "resource",
    "separable_conv2d",
    "transpose",
];

/// The names of tensors, told from each other where the file does not; inputs and outputs keep theirs.
pub fn unique(graph: &Graph<'_>) -> Vec<String> {
    let is_end = |place: &usize| graph.inputs.contains(place) || graph.outputs.contains(place);
    let mut order: Vec<usize> = (0..graph.tensors.len()).collect();
    order.sort_by_key(|place| !is_end(place));
    let (mut taken, mut names) = (HashSet::new(), vec![String::new(); order.len()]);
    for place in order {
        let mut name = graph.tensors[place].name.clone();
        while name.is_empty() || taken.contains(&name) {
            name = format!("{name}_{place}");
        }
        taken.insert(name.clone());
        names[place] = name;
    }
    names
}

/// `conv2d_1` of `model/conv2d_1/Relu;model/conv2d_1/BiasAdd`; nothing where no part is a name.
pub fn layer(name: &str) -> Option<String> {
    // A path of one part is a tensor's own name; what has a dot or a colon in it is a tool's.
    let is_name = |part: &&str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let last = |path: &'_ str| path.split('/').rev().find(|part| !PARTS.contains(part)).map(str::to_owned);
    let names = name.split(';').filter(|path| path.contains('/')).filter_map(last);
    // A normalization is part of the layer before it.
    let own = |name: &String| is_name(&name.as_str()) && name.len() < 60 && !name.starts_with("batch_norm");
    names.into_iter().find(own)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layers_have_the_names_of_keras() {
        let of = |name| layer(name).unwrap_or_default();
        assert_eq!(of("model/conv2d_1/Relu;model/conv2d_1/BiasAdd;model/conv2d_1/Conv2D"), "conv2d_1");
        assert_eq!(of("functional_1/dense/MatMul"), "dense");
        assert_eq!(of("arith.constant12"), "");
        assert_eq!(of("Identity"), "");
        assert_eq!(of("net/batch_normalization/FusedBatchNormV3;net/depthwise_conv2d/depthwise"), "depthwise_conv2d");
    }
}
