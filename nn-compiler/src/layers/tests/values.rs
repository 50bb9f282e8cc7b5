//! What becomes of initializers, regularizers, constraints and activations.

use nn_graph::Op;
use nn_graph::function::Elementwise;
use nn_graph::weight::Initializer;

use crate::testing::{fine, weight_text};

/// The first weight of the only layer: initializer, regularizer, constraint.
fn weight(options: &str) -> String {
    let net = fine(&format!("Input<4> => Dense<3, {options}>"));
    weight_text(&net.graph.nodes[0].params[0].weight)
}

#[test]
fn initializers() {
    let of = |text: &str| weight(&format!("kernel_initializer = {text}"));
    assert_eq!(weight("use_bias = true"), "GlorotUniform");
    let cases = [
        ("zeros", "Zeros"),
        ("ones", "Ones"),
        ("constant(-0.25)", "Constant(-0.25)"),
        ("constant", "Constant(0.0)"),
        ("uniform", "Uniform(-0.05,0.05)"),
        ("uniform(-0.2, 0.3)", "Uniform(-0.2,0.3)"),
        ("normal", "Normal(0.0,0.05)"),
        ("normal(0.5, 2)", "Normal(0.5,2.0)"),
        ("truncated_normal(0.1)", "TruncatedNormal(0.1,0.05)"),
        ("glorot_normal", "GlorotNormal"),
        ("he_uniform", "HeUniform"),
        ("he_normal", "HeNormal"),
        ("lecun_uniform", "LecunUniform"),
        ("lecun_normal", "LecunNormal"),
        ("orthogonal", "Orthogonal(1.0)"),
        ("orthogonal(0.5)", "Orthogonal(0.5)"),
        ("identity", "Identity(1.0)"),
    ];
    for (text, tokens) in cases {
        assert_eq!(of(text), tokens);
    }
}

#[test]
fn regularizers_and_constraints() {
    let penalty = |text: &str| weight(&format!("kernel_regularizer = {text}")).replace("GlorotUniform ", "");
    assert_eq!(penalty("l1"), "Regularizer{l1:0.01,l2:0.0}");
    assert_eq!(penalty("l2(0.1)"), "Regularizer{l1:0.0,l2:0.1}");
    assert_eq!(penalty("l1_l2(0.01, 0.02)"), "Regularizer{l1:0.01,l2:0.02}");
    let hold = |text: &str| weight(&format!("kernel_constraint = {text}")).replace("GlorotUniform ", "");
    assert_eq!(hold("non_neg"), "NonNeg");
    assert_eq!(hold("max_norm"), "MaxNorm(2.0)");
    assert_eq!(hold("unit_norm"), "UnitNorm");
    assert_eq!(hold("min_max_norm(0.5, 1.5)"), "MinMaxNorm(0.5,1.5,1.0)");
}

/// The step that a layer of its own becomes, as text.
fn step(layer: &str) -> String {
    let net = fine(&format!("Input<4, 3> => {layer}"));
    match &net.graph.nodes[0].op {
        Op::View => "view".to_string(),
        Op::Softmax(softmax) => format!("softmax {} {}", softmax.axis, softmax.log),
        Op::Activation(Elementwise::Custom(path)) => format!("{} input", net.sources.tokens(*path)).replace(' ', ""),
        Op::Activation(function) => {
            let input = if function.keeps_input() { " input" } else { "" };
            format!("{function:?}").replace(' ', "") + input
        }
        _ => "another".to_string(),
    }
}

#[test]
fn activations() {
    let cases = [
        ("Activation<linear>", "view"),
        ("Activation<relu>", "Relu"),
        ("Activation<relu6>", "Relu6"),
        ("Activation<leaky_relu>", "LeakyRelu(0.2)"),
        ("Activation<leaky_relu(0.3)>", "LeakyRelu(0.3)"),
        ("Activation<elu>", "Elu(1.0)"),
        ("Activation<selu>", "Selu"),
        ("Activation<gelu>", "Gelu input"),
        ("Activation<gelu(approximate)>", "GeluApproximate input"),
        ("Activation<sigmoid>", "Sigmoid"),
        ("Activation<hard_sigmoid>", "HardSigmoid"),
        ("Activation<tanh>", "Tanh"),
        ("Activation<softmax>", "softmax 1 false"),
        ("Activation<log_softmax>", "softmax 1 true"),
        ("Activation<softplus>", "Softplus"),
        ("Activation<softsign>", "Softsign"),
        ("Activation<swish>", "Swish input"),
        ("Activation<silu>", "Swish input"),
        ("Activation<hard_swish>", "HardSwish input"),
        ("Activation<mish>", "Mish input"),
        ("Activation<exponential>", "Exponential"),
        ("Activation<my::own::VALUE>", "my::own::VALUEinput"),
        ("ReLU", "Relu"),
        ("ReLU6", "Relu6"),
        ("LeakyReLU", "LeakyRelu(0.3)"),
        ("ELU<alpha = 0.3>", "Elu(0.3)"),
        ("GELU<approximate = true>", "GeluApproximate input"),
        ("Softmax<axis = 1>", "softmax 0 false"),
        ("LogSoftmax", "softmax 1 true"),
        ("SiLU", "Swish input"),
        ("Identity", "view"),
        ("Rescaling<0.5>", "Rescaling{center:0.0,scale:0.5,offset:0.0}"),
        ("Rescaling<2, offset = -1>", "Rescaling{center:0.0,scale:2.0,offset:-1.0}"),
        ("Normalization<3, 4>", "Rescaling{center:3.0,scale:0.5,offset:0.0}"),
        ("Normalization<3, 4, invert = true>", "Rescaling{center:0.0,scale:2.0,offset:3.0}"),
        ("ReLU<max_value = 4.0>", "ReluOptions{negative_slope:0.0,max_value:Some(4.0),threshold:0.0} input"),
        ("ReLU<threshold = 1>", "ReluOptions{negative_slope:0.0,max_value:None,threshold:1.0} input"),
    ];
    for (layer, expected) in cases {
        assert_eq!(step(layer), expected, "{layer}");
    }
}

#[test]
fn paths_are_the_users_own() {
    let net = fine("Input<4> => Dense<3, kernel_initializer = my::own>");
    let Initializer::Custom(path) = net.graph.nodes[0].params[0].weight.initializer else { panic!("a path") };
    assert_eq!(net.sources.tokens(path).to_string().replace(' ', ""), "my::own");
}

#[test]
fn strides_by_position_and_tuples_of_one() {
    let shape = |source: &str| {
        let program = crate::testing::fine(source);
        let output = program.graph.layers().last().map(|(_, layer)| nn_graph::size::shape_text(&layer.output));
        output.unwrap_or_default()
    };
    assert_eq!(shape("Input<8, 8, 3> => MaxPool2D<3, 2>"), shape("Input<8, 8, 3> => MaxPool2D<3, strides = 2>"));
    assert_eq!(shape("Input<9, 9, 3> => AveragePooling2D<(2, 3), (1, 2)>"), "8×4×3");
    assert_eq!(shape("Input<9, 3> => MaxPooling1D<(3,), (2,)> => Conv1D<4, (2,), strides = (2,)>"), "2×4");
}
