//! Values that are more than numbers, one table each: activations, initializers, regularizers, constraints.

use nn_graph::SourceId;
use nn_graph::function::{Elementwise, Function};
use nn_graph::weight::{Constraint, Initializer, Regularizer};

use super::args::{Args, as_number};
use crate::diagnostics::nearest;
use crate::syntax::ast::Value;
use crate::syntax::text::path_text;

/// A function of numbers that a value can name: `constant(0.1)`.
pub struct Row<T: 'static> {
    pub name: &'static str,
    /// Its arguments, where they are left out.
    pub defaults: &'static [f64],
    /// Whether these arguments are allowed, and what it takes if not.
    valid: (fn(&[f64]) -> bool, &'static str),
    /// What it is with these arguments, of which there are as many as defaults.
    make: fn(&[f64]) -> T,
}

const ANY: (fn(&[f64]) -> bool, &str) = (|_| true, "");
const NOT_NEGATIVE: (fn(&[f64]) -> bool, &str) = (|x| x.iter().all(|x| *x >= 0.0), "numbers from 0 on");
const BOUNDS: (fn(&[f64]) -> bool, &str) = (|x| x[0] <= x[1], "the lower bound, then the upper one");
const DEVIATION: (fn(&[f64]) -> bool, &str) = (|x| x[1] >= 0.0, "the mean, then a standard deviation from 0 on");
/// With a negative slope the sign of the output would not tell the sign of the input, from which the derivative follows.
const FROM_ZERO: (fn(&[f64]) -> bool, &str) = (|x| x[0] >= 0.0, "a number from 0 on");

const fn row<T>(name: &'static str, defaults: &'static [f64], make: fn(&[f64]) -> T) -> Row<T> {
    Row { name, defaults, valid: ANY, make }
}

impl<T> Row<T> {
    /// What it is without arguments.
    #[cfg(test)]
    pub fn plain(&self) -> T {
        (self.make)(self.defaults)
    }

    const fn with(self, valid: (fn(&[f64]) -> bool, &'static str)) -> Self {
        Row { name: self.name, defaults: self.defaults, valid, make: self.make }
    }
}

pub const INITIALIZERS: &[Row<Initializer>] = &[
    row("zeros", &[], |_| Initializer::Zeros),
    row("ones", &[], |_| Initializer::Ones),
    row("constant", &[0.0], |x| Initializer::Constant(x[0])),
    row("uniform", &[-0.05, 0.05], |x| Initializer::Uniform(x[0], x[1])).with(BOUNDS),
    row("normal", &[0.0, 0.05], |x| Initializer::Normal(x[0], x[1])).with(DEVIATION),
    row("truncated_normal", &[0.0, 0.05], |x| Initializer::TruncatedNormal(x[0], x[1])).with(DEVIATION),
    row("glorot_uniform", &[], |_| Initializer::GlorotUniform),
    row("glorot_normal", &[], |_| Initializer::GlorotNormal),
    row("he_uniform", &[], |_| Initializer::HeUniform),
    row("he_normal", &[], |_| Initializer::HeNormal),
    row("lecun_uniform", &[], |_| Initializer::LecunUniform),
    row("lecun_normal", &[], |_| Initializer::LecunNormal),
    row("orthogonal", &[1.0], |x| Initializer::Orthogonal(x[0])),
    row("identity", &[1.0], |x| Initializer::Identity(x[0])),
];

pub const REGULARIZERS: &[Row<Regularizer>] = &[
    row("l1", &[0.01], |x| Regularizer { l1: x[0], l2: 0.0 }).with(NOT_NEGATIVE),
    row("l2", &[0.01], |x| Regularizer { l1: 0.0, l2: x[0] }).with(NOT_NEGATIVE),
    row("l1_l2", &[0.01, 0.01], |x| Regularizer { l1: x[0], l2: x[1] }).with(NOT_NEGATIVE),
];

pub const CONSTRAINTS: &[Row<Constraint>] = &[
    row("non_neg", &[], |_| Constraint::NonNeg),
    row("max_norm", &[2.0], |x| Constraint::MaxNorm(x[0])).with(NOT_NEGATIVE),
    row("unit_norm", &[], |_| Constraint::UnitNorm),
    row("min_max_norm", &[0.0, 1.0, 1.0], |x| Constraint::MinMaxNorm(x[0], x[1], x[2])).with(NOT_NEGATIVE),
];

const fn plain(name: &'static str, make: fn(&[f64]) -> Function) -> Row<Function> {
    row(name, &[], make)
}

pub const FUNCTIONS: &[Row<Function>] = &[
    plain("linear", |_| Function::Linear),
    plain("relu", |_| Function::Elementwise(Elementwise::Relu)),
    plain("relu6", |_| Function::Elementwise(Elementwise::Relu6)),
    row("leaky_relu", &[0.2], |x| Function::Elementwise(Elementwise::LeakyRelu(x[0]))).with(FROM_ZERO),
    row("elu", &[1.0], |x| Function::Elementwise(Elementwise::Elu(x[0]))).with(FROM_ZERO),
    plain("selu", |_| Function::Elementwise(Elementwise::Selu)),
    plain("gelu", |_| Function::Elementwise(Elementwise::Gelu)),
    plain("sigmoid", |_| Function::Elementwise(Elementwise::Sigmoid)),
    plain("hard_sigmoid", |_| Function::Elementwise(Elementwise::HardSigmoid)),
    plain("tanh", |_| Function::Elementwise(Elementwise::Tanh)),
    plain("softmax", |_| Function::Softmax { axis: 0, log: false }),
    plain("log_softmax", |_| Function::Softmax { axis: 0, log: true }),
    plain("softplus", |_| Function::Elementwise(Elementwise::Softplus)),
    plain("softsign", |_| Function::Elementwise(Elementwise::Softsign)),
    plain("swish", |_| Function::Elementwise(Elementwise::Swish)),
    plain("silu", |_| Function::Elementwise(Elementwise::Swish)),
    plain("hard_swish", |_| Function::Elementwise(Elementwise::HardSwish)),
    plain("mish", |_| Function::Elementwise(Elementwise::Mish)),
    plain("exponential", |_| Function::Elementwise(Elementwise::Exponential)),
];

/// What users write for an initializer that takes nothing.
pub fn initializer_name(initializer: &Initializer) -> Option<&'static str> {
    let row = INITIALIZERS.iter().find(|row| (row.make)(row.defaults) == *initializer);
    row.map(|row| row.name)
}

/// What users write for a function that takes nothing.
pub fn name_of(function: &Function) -> Option<&'static str> {
    let row = FUNCTIONS.iter().find(|row| row.defaults.is_empty() && (row.make)(&[]) == *function);
    row.map(|row| row.name)
}

/// Reads the name of a function, or the path of a user's own.
pub fn function(args: &mut Args, option: &'static str, value: &Value) -> Function {
    if let Value::Path(path) = value
        && path.segments.len() > 1
    {
        let path = args.sources.refer(value.extent(), path);
        return Function::Elementwise(Elementwise::Custom(path));
    }
    if let Value::Call { path, args: how, .. } = value
        && path.is_ident("gelu")
    {
        if !matches!(how.as_slice(), [how] if how.word().as_deref() == Some("approximate")) {
            let problem = "`gelu` takes nothing, or `approximate`".to_string();
            args.error(value.extent(), problem, "`gelu` or `gelu(approximate)`");
        }
        return Function::Elementwise(Elementwise::GeluApproximate);
    }
    named(args, option, value, FUNCTIONS, "an activation").unwrap_or(Function::Linear)
}

/// Reads how a weight starts.
pub fn initializer(args: &mut Args, option: &'static str, value: &Value) -> Initializer {
    if let Value::Path(path) = value
        && path.segments.len() > 1
    {
        return Initializer::Custom(args.sources.refer(value.extent(), path));
    }
    named(args, option, value, INITIALIZERS, "an initializer").unwrap_or(Initializer::Zeros)
}

/// Reads the path of a function of the user's that says what a weight costs.
pub fn penalty(args: &mut Args, value: &Value) -> Option<SourceId> {
    match value {
        Value::Path(path) if path.segments.len() > 1 => Some(args.sources.refer(value.extent(), path)),
        _ => None,
    }
}

/// Reads what the size of a weight costs.
pub fn regularizer(args: &mut Args, option: &'static str, value: &Value) -> Regularizer {
    named(args, option, value, REGULARIZERS, "a regularizer").unwrap_or(Regularizer { l1: 0.0, l2: 0.0 })
}

/// Reads what holds after each step.
pub fn constraint(args: &mut Args, option: &'static str, value: &Value) -> Constraint {
    if let Value::Path(path) = value
        && path.segments.len() > 1
    {
        return Constraint::Custom(args.sources.refer(value.extent(), path));
    }
    named(args, option, value, CONSTRAINTS, "a constraint").unwrap_or(Constraint::NonNeg)
}

/// Finds what a value names, and its numbers; what is wrong is reported.
fn named<T>(args: &mut Args, option: &'static str, value: &Value, table: &'static [Row<T>], kind: &str) -> Option<T> {
    let (path, given): (_, &[Value]) = match value {
        Value::Path(path) => (path, &[]),
        Value::Call { path, args, .. } => (path, args),
        _ => {
            args.wrong(option, value, &format!("{kind} by its name"), "");
            return None;
        }
    };
    let word = path_text(path);
    let Some(row) = table.iter().find(|row| row.name == word) else {
        let torch = word.replace("xavier", "glorot").replace("kaiming", "he");
        let near = nearest(&torch, table.iter().map(|row| row.name));
        let names: Vec<_> = table.iter().map(|row| row.name).collect();
        let own = match kind {
            "an activation" | "an initializer" | "a constraint" => {
                format!("; one of your own has a path: `self::{word}`")
            }
            _ if option != "activity_regularizer" => format!("; one of your own has a path: `self::{word}`"),
            _ => String::new(),
        };
        let all = || format!("there are: {}{own}", names.join(", "));
        let help = near.map_or_else(all, |near| format!("did you mean `{near}`?"));
        args.error(value.extent(), format!("there is no {} `{word}`", bare(kind)), help);
        return None;
    };
    numbers(args, value, row, given).map(|numbers| (row.make)(&numbers))
}

fn numbers<T>(args: &mut Args, value: &Value, row: &Row<T>, given: &[Value]) -> Option<Vec<f64>> {
    if let Some(extra) = given.get(row.defaults.len()) {
        let takes = match row.defaults.len() {
            0 => "no number".to_string(),
            1 => "one number".to_string(),
            n => format!("{n} numbers"),
        };
        args.error(extra.extent(), format!("`{}` takes {takes}", row.name), "");
        return None;
    }
    let mut numbers = row.defaults.to_vec();
    for (number, value) in numbers.iter_mut().zip(given) {
        match as_number(value) {
            Some(given) => *number = given,
            None => {
                args.error(value.extent(), format!("`{}` takes a number here", row.name), "");
                return None;
            }
        }
    }
    if !row.valid.0(&numbers) {
        args.error(value.extent(), format!("`{}` takes {}", row.name, row.valid.1), "");
        return None;
    }
    Some(numbers)
}

fn bare(kind: &str) -> &str {
    kind.trim_start_matches("an ").trim_start_matches("a ")
}
