//! Values that are more than numbers: initializers, regularizers, constraints, and what they share with activations.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::quote;

use super::args::{Args, as_number};
use crate::codegen::scope::{Users, users};
use crate::diagnostics::nearest;
use crate::parse::ast::Value;
use crate::parse::text::path_text;

/// A function of numbers that a value can name: `constant(0.1)`.
pub struct Named {
    pub name: &'static str,
    /// The variant or the type that stands for it.
    pub target: &'static str,
    /// Its arguments, where they are left out.
    pub defaults: &'static [f64],
    /// Whether these arguments are allowed, and what it takes if not.
    pub valid: (fn(&[f64]) -> bool, &'static str),
}

const ANY: (fn(&[f64]) -> bool, &str) = (|_| true, "");
const NOT_NEGATIVE: (fn(&[f64]) -> bool, &str) = (|x| x.iter().all(|x| *x >= 0.0), "numbers from 0 on");
const BOUNDS: (fn(&[f64]) -> bool, &str) = (|x| x[0] <= x[1], "the lower bound, then the upper one");
const DEVIATION: (fn(&[f64]) -> bool, &str) = (|x| x[1] >= 0.0, "the mean, then a standard deviation from 0 on");

const fn row(name: &'static str, target: &'static str, defaults: &'static [f64]) -> Named {
    Named { name, target, defaults, valid: ANY }
}

const INITIALIZERS: &[Named] = &[
    row("zeros", "Zeros", &[]),
    row("ones", "Ones", &[]),
    row("constant", "Constant", &[0.0]),
    Named { valid: BOUNDS, ..row("uniform", "Uniform", &[-0.05, 0.05]) },
    Named { valid: DEVIATION, ..row("normal", "Normal", &[0.0, 0.05]) },
    Named { valid: DEVIATION, ..row("truncated_normal", "TruncatedNormal", &[0.0, 0.05]) },
    row("glorot_uniform", "GlorotUniform", &[]),
    row("glorot_normal", "GlorotNormal", &[]),
    row("he_uniform", "HeUniform", &[]),
    row("he_normal", "HeNormal", &[]),
    row("lecun_uniform", "LecunUniform", &[]),
    row("lecun_normal", "LecunNormal", &[]),
    row("orthogonal", "Orthogonal", &[1.0]),
    row("identity", "Identity", &[1.0]),
];

const REGULARIZERS: &[Named] = &[
    Named { valid: NOT_NEGATIVE, ..row("l1", "l1", &[0.01]) },
    Named { valid: NOT_NEGATIVE, ..row("l2", "l2", &[0.01]) },
    Named { valid: NOT_NEGATIVE, ..row("l1_l2", "l1_l2", &[0.01, 0.01]) },
];

const CONSTRAINTS: &[Named] = &[
    row("non_neg", "NonNeg", &[]),
    Named { valid: NOT_NEGATIVE, ..row("max_norm", "MaxNorm", &[2.0]) },
    row("unit_norm", "UnitNorm", &[]),
    Named { valid: NOT_NEGATIVE, ..row("min_max_norm", "MinMaxNorm", &[0.0, 1.0, 1.0]) },
];

/// An expression of type `Initializer`.
pub fn initializer(args: &mut Args, name: &'static str, value: &Value) -> TokenStream {
    if let Value::Path(path) = value
        && path.segments.len() > 1
    {
        return users(Users::Initializer, path);
    }
    match named(args, name, value, INITIALIZERS, "an initializer") {
        Some((row, numbers)) => variant(&quote!(rt::Initializer), row.target, &numbers),
        None => TokenStream::new(),
    }
}

/// The initializer of this name, with its own defaults.
pub fn default(name: &str) -> TokenStream {
    let row = INITIALIZERS.iter().find(|row| row.name == name).unwrap_or(&INITIALIZERS[0]);
    variant(&quote!(rt::Initializer), row.target, row.defaults)
}

/// An expression of type `Regularizer`.
pub fn regularizer(args: &mut Args, name: &'static str, value: &Value) -> TokenStream {
    let (l1, l2) = match named(args, name, value, REGULARIZERS, "a regularizer") {
        Some((Named { name: "l1", .. }, x)) => (x[0], 0.0),
        Some((Named { name: "l2", .. }, x)) => (0.0, x[0]),
        Some((_, x)) => (x[0], x[1]),
        None => (0.0, 0.0),
    };
    let (l1, l2) = (number(l1), number(l2));
    quote!(rt::Regularizer { l1: #l1, l2: #l2 })
}

/// An expression of type `Constraint`.
pub fn constraint(args: &mut Args, name: &'static str, value: &Value) -> TokenStream {
    match named(args, name, value, CONSTRAINTS, "a constraint") {
        Some((row, numbers)) => variant(&quote!(rt::Constraint), row.target, &numbers),
        None => TokenStream::new(),
    }
}

/// `path::Target(0.1, 0.2)`, without parentheses where there are no numbers.
pub fn variant(path: &TokenStream, target: &str, numbers: &[f64]) -> TokenStream {
    let target = Ident::new(target, Span::call_site());
    let numbers: Vec<_> = numbers.iter().map(|x| number(*x)).collect();
    if numbers.is_empty() { quote!(#path::#target) } else { quote!(#path::#target(#(#numbers),*)) }
}

/// A literal, with its sign as a token of its own.
pub fn number(x: f64) -> TokenStream {
    let literal = Literal::f64_unsuffixed(x.abs());
    if x.is_sign_negative() && x != 0.0 { quote!(-#literal) } else { quote!(#literal) }
}

/// Finds what a value names, and its numbers; what is wrong is reported.
pub fn named(
    args: &mut Args,
    option: &'static str,
    value: &Value,
    table: &'static [Named],
    kind: &str,
) -> Option<(&'static Named, Vec<f64>)> {
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
            "an activation" | "an initializer" => format!("; one of your own has a path: `self::{word}`"),
            _ => String::new(),
        };
        let all = || format!("there are: {}{own}", names.join(", "));
        let help = near.map_or_else(all, |near| format!("did you mean `{near}`?"));
        args.error(value.extent(), format!("there is no {} `{word}`", bare(kind)), help);
        return None;
    };
    numbers(args, value, row, given).map(|numbers| (row, numbers))
}

fn numbers(args: &mut Args, value: &Value, row: &Named, given: &[Value]) -> Option<Vec<f64>> {
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
