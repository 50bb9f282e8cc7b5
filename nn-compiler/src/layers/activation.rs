//! Activation functions: the option `activation = …`, the layer `Activation<…>`, and each as a layer of its own.

pub mod emit;

use std::rc::Rc;

use proc_macro2::TokenStream;
use quote::quote;

use super::args::Args;
use super::softmax::Softmax;
use super::values::{self, Named, number, variant};
use super::{Entry, Layer, Op, Placed, Positional};
use crate::parse::ast::Value;
use crate::shapes::Operand;
use crate::shapes::masks::{Mask, Masked};
use crate::shapes::rule::{Problem, Site};

/// An activation function.
#[derive(Clone)]
pub enum Function {
    /// `linear`: nothing to do.
    Linear,
    /// Lane by lane.
    Elementwise {
        /// A value that implements `nn_core::activations::Activation`, as it is emitted:
        /// `rt::activations::LeakyRelu(0.2)`.
        value: TokenStream,
        /// Whether the derivative may need what went in; otherwise what came out is enough, so that a layer need not keep
        /// what goes into its activation. Of a function of the user's only rustc knows (`Activation::KEEPS`, which says
        /// what is read in the end): it may.
        keeps_input: bool,
        /// `sigmoid`, whose logits Keras hands to BinaryCrossentropy.
        sigmoid: bool,
    },
    /// `softmax` along an axis (counted without the batch).
    Softmax { axis: usize, log: bool },
}

impl Function {
    /// A function of the runtime.
    pub fn elementwise(target: &str, numbers: &[f64]) -> Self {
        const KEEP_INPUT: &[&str] = &["Gelu", "GeluApproximate", "Swish", "HardSwish", "Mish"];
        Function::Elementwise {
            value: variant(&quote!(rt::activations), target, numbers),
            keeps_input: KEEP_INPUT.contains(&target),
            sigmoid: target == "Sigmoid",
        }
    }

    /// The function on a value of so many axes: `softmax` runs along the last one.
    pub fn on(&self, rank: usize) -> Self {
        match self {
            Function::Softmax { log, .. } => Function::Softmax { axis: rank - 1, log: *log },
            other => other.clone(),
        }
    }

    /// The function on one time step of its value: along the axis of time there is none.
    pub fn before_axis(&self) -> Option<Self> {
        match self {
            Function::Softmax { axis, log } => Some(Function::Softmax { axis: axis.checked_sub(1)?, log: *log }),
            other => Some(other.clone()),
        }
    }

    /// The function as a step of its own.
    pub fn op(&self, rank: usize) -> Op {
        match self.on(rank) {
            Function::Linear => Op::View,
            Function::Softmax { axis, log } => Op::Softmax(Softmax { axis, log }),
            function => Op::Activation(function),
        }
    }
}

const fn row(name: &'static str, target: &'static str) -> Named {
    Named { name, target, defaults: &[], valid: (|_| true, "") }
}

/// With a negative slope the sign of the output would not tell the sign of the input, from which the derivative follows.
const FROM_ZERO: (fn(&[f64]) -> bool, &str) = (|x| x[0] >= 0.0, "a number from 0 on");

const FUNCTIONS: &[Named] = &[
    row("linear", ""),
    row("relu", "Relu"),
    row("relu6", "Relu6"),
    Named { defaults: &[0.2], valid: FROM_ZERO, ..row("leaky_relu", "LeakyRelu") },
    Named { defaults: &[1.0], valid: FROM_ZERO, ..row("elu", "Elu") },
    row("selu", "Selu"),
    row("gelu", "Gelu"),
    row("sigmoid", "Sigmoid"),
    row("hard_sigmoid", "HardSigmoid"),
    row("tanh", "Tanh"),
    row("softmax", ""),
    row("log_softmax", ""),
    row("softplus", "Softplus"),
    row("softsign", "Softsign"),
    row("swish", "Swish"),
    row("silu", "Swish"),
    row("hard_swish", "HardSwish"),
    row("mish", "Mish"),
    row("exponential", "Exponential"),
];

/// Reads the name of a function, or the path of a user's own.
pub fn function(args: &mut Args, option: &'static str, value: &Value) -> Function {
    if let Value::Path(path) = value
        && path.segments.len() > 1
    {
        return Function::Elementwise { value: quote!(#path), keeps_input: true, sigmoid: false };
    }
    if let Value::Call { path, args: how, .. } = value
        && path.is_ident("gelu")
    {
        if !matches!(how.as_slice(), [how] if how.word().as_deref() == Some("approximate")) {
            let problem = "`gelu` takes nothing, or `approximate`".to_string();
            args.error(value.extent(), problem, "`gelu` or `gelu(approximate)`");
        }
        return Function::elementwise("GeluApproximate", &[]);
    }
    match values::named(args, option, value, FUNCTIONS, "an activation") {
        Some((row, numbers)) => match row.name {
            "linear" => Function::Linear,
            "softmax" => Function::Softmax { axis: 0, log: false },
            "log_softmax" => Function::Softmax { axis: 0, log: true },
            _ => Function::elementwise(row.target, &numbers),
        },
        None => Function::Linear,
    }
}

/// A layer that is nothing but its function.
struct Activation(Function);

impl Layer for Activation {
    fn place(&self, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
        let input = site.only(inputs)?;
        Ok(Placed::new(input.to_vec(), self.0.op(input.len())))
    }

    fn masks(&self, _: &[Operand], masks: &[Option<Mask>]) -> Masked {
        Masked::passed(masks)
    }
}

const NOT_NEGATIVE: &str = "a number from 0 on";

const fn layer(
    names: &'static [&'static str],
    options: &'static [&'static [&'static str]],
    read: fn(&mut Args) -> Rc<dyn Layer>,
) -> Entry {
    Entry { names, positional: Positional::NONE, options, read }
}

/// Layers without arguments.
macro_rules! plain {
    ($target:literal: $($name:literal),+) => {
        layer(&[$($name),+], &[], |_| Rc::new(Activation(Function::elementwise($target, &[]))))
    };
}

pub const ENTRIES: &[Entry] = &[
    Entry {
        names: &["Activation"],
        positional: Positional::Named { names: &["activation"], required: 1 },
        options: &[],
        read: |args| Rc::new(Activation(args.function("activation"))),
    },
    layer(&["ReLU"], &[&["max_value", "negative_slope", "threshold"]], |args| Rc::new(Activation(relu(args)))),
    layer(&["LeakyReLU"], &[&["negative_slope"]], |args| {
        let slope = args.number_or("negative_slope", 0.3, NOT_NEGATIVE, |x| x >= 0.0);
        Rc::new(Activation(Function::elementwise("LeakyRelu", &[slope])))
    }),
    layer(&["ELU"], &[&["alpha"]], |args| {
        let alpha = args.number_or("alpha", 1.0, NOT_NEGATIVE, |x| x >= 0.0);
        Rc::new(Activation(Function::elementwise("Elu", &[alpha])))
    }),
    layer(&["GELU"], &[&["approximate"]], |args| {
        let target = if args.bool_or("approximate", false) { "GeluApproximate" } else { "Gelu" };
        Rc::new(Activation(Function::elementwise(target, &[])))
    }),
    plain!("Relu6": "ReLU6"),
    plain!("Selu": "SELU"),
    plain!("Sigmoid": "Sigmoid"),
    plain!("HardSigmoid": "HardSigmoid"),
    plain!("Tanh": "Tanh"),
    plain!("Softplus": "Softplus"),
    plain!("Softsign": "Softsign"),
    plain!("Swish": "Swish", "SiLU"),
    plain!("HardSwish": "HardSwish"),
    plain!("Mish": "Mish"),
    plain!("Exponential": "Exponential"),
];

/// `ReLU<max_value, negative_slope, threshold>`.
fn relu(args: &mut Args) -> Function {
    let max_value = args.number("max_value", NOT_NEGATIVE, |x| x >= 0.0);
    let slope = args.number_or("negative_slope", 0.0, NOT_NEGATIVE, |x| x >= 0.0);
    let threshold = args.number_or("threshold", 0.0, NOT_NEGATIVE, |x| x >= 0.0);
    if max_value.is_none() && slope == 0.0 && threshold == 0.0 {
        return Function::elementwise("Relu", &[]);
    }
    let most = match max_value.map(number) {
        Some(most) => quote!(::core::option::Option::Some(#most)),
        None => quote!(::core::option::Option::None),
    };
    let (slope, at) = (number(slope), number(threshold));
    Function::Elementwise {
        value: quote!(rt::activations::ReluOptions { negative_slope: #slope, max_value: #most, threshold: #at }),
        keeps_input: true,
        sigmoid: false,
    }
}
