//! What becomes of initializers, regularizers, constraints and activations.

use crate::layers::{Op, activation};
use crate::testing::{fine, text};

/// The tokens of each weight of the only layer: initializer, regularizer, constraint.
fn weight(options: &str) -> String {
    let net = fine(&format!("Input<4> => Dense<3, {options}>"));
    let weight = &net.nodes[0].params[0].weight;
    let parts = [Some(&weight.initializer), weight.regularizer.as_ref(), weight.constraint.as_ref()];
    let parts = parts.map(|part| part.map(|part| text(part).replace("rt::", "")));
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

#[test]
fn initializers() {
    let of = |text: &str| weight(&format!("kernel_initializer = {text}")).replace("Initializer::", "");
    assert_eq!(weight("use_bias = true"), "Initializer::GlorotUniform");
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
        ("my::own", "my::own"),
    ];
    for (text, tokens) in cases {
        assert_eq!(of(text), tokens);
    }
}

#[test]
fn regularizers_and_constraints() {
    let penalty =
        |text: &str| weight(&format!("kernel_regularizer = {text}")).replace("Initializer::GlorotUniform ", "");
    assert_eq!(penalty("l1"), "Regularizer{l1:0.01,l2:0.0}");
    assert_eq!(penalty("l2(0.1)"), "Regularizer{l1:0.0,l2:0.1}");
    assert_eq!(penalty("l1_l2(0.01, 0.02)"), "Regularizer{l1:0.01,l2:0.02}");
    let hold = |text: &str| weight(&format!("kernel_constraint = {text}")).replace("Initializer::GlorotUniform ", "");
    assert_eq!(hold("non_neg"), "Constraint::NonNeg");
    assert_eq!(hold("max_norm"), "Constraint::MaxNorm(2.0)");
    assert_eq!(hold("unit_norm"), "Constraint::UnitNorm");
    assert_eq!(hold("min_max_norm(0.5, 1.5)"), "Constraint::MinMaxNorm(0.5,1.5,1.0)");
}

/// The step that a layer of its own becomes, as text.
fn step(layer: &str) -> String {
    let net = fine(&format!("Input<4, 3> => {layer}"));
    match &net.nodes[0].op {
        Op::View => "view".to_string(),
        Op::Softmax(softmax) => format!("softmax {} {}", softmax.axis, softmax.log),
        Op::Activation(activation::Function::Elementwise { value, keeps_input, sigmoid }) => {
            let value = text(value).replace("rt::activations::", "");
            let input = if *keeps_input { " input" } else { "" };
            value + input + if *sigmoid { " sigmoid" } else { "" }
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
        ("Activation<sigmoid>", "Sigmoid sigmoid"),
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
        ("Activation<my::own::VALUE>", "my::own::VALUE input"),
        ("ReLU", "Relu"),
        ("ReLU6", "Relu6"),
        ("LeakyReLU", "LeakyRelu(0.3)"),
        ("ELU<alpha = 0.3>", "Elu(0.3)"),
        ("GELU<approximate = true>", "GeluApproximate input"),
        ("Softmax<axis = 1>", "softmax 0 false"),
        ("LogSoftmax", "softmax 1 true"),
        ("SiLU", "Swish input"),
        (
            "ReLU<max_value = 4.0>",
            "ReluOptions{negative_slope:0.0,max_value:::core::option::Option::Some(4.0),threshold:0.0} input",
        ),
        (
            "ReLU<threshold = 1>",
            "ReluOptions{negative_slope:0.0,max_value:::core::option::Option::None,threshold:1.0} input",
        ),
    ];
    for (layer, expected) in cases {
        assert_eq!(step(layer), expected, "{layer}");
    }
}
