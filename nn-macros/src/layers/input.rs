//! `Input`: the shape of one sample.

use super::args::Args;
use super::{Positional, later};
use crate::diagnostics::{Diagnostics, nearest};
use crate::parse::ast::{Call, Dtype};
use crate::shapes::Element;
use crate::shapes::dim::{Dim, Shape};
use crate::shapes::rule::{MOST_AXES, Problem, Site, ranked, rule};

/// Reads `Input<28, 28, 1>`.
pub fn read(call: &Call, dtype: Dtype, errors: &mut Diagnostics) -> Option<(Shape, Element)> {
    let mut args = Args::with(call, &["dtype"], &Positional::Sizes, &[], errors);
    let element = element(&mut args, dtype);
    let values = args.positional();
    if values.is_empty() {
        args.error(
            call.extent(),
            "`Input` needs the shape of one sample".to_string(),
            "`Input<28, 28, 1>`, without the batch",
        );
    }
    if let Some(value) = values.get(MOST_AXES) {
        args.error(value.extent(), later::not_yet(&format!("an input of more than {MOST_AXES} axes")), "");
    }
    let shape = values.into_iter().map(|value| args.dim("", value)).collect();
    args.fine().then_some((shape, element))
}

/// Whether a sample can have this shape.
pub fn place(site: &mut Site, shape: &[Dim]) -> Result<(), Problem> {
    ranked!(site, shape, |shape| rule!(site, input(shape)))
}

fn element(args: &mut Args, network: Dtype) -> Element {
    let Some(value) = args.get("dtype") else { return Element::Real };
    let word = value.word().unwrap_or_default();
    match word.as_str() {
        "u8" => return Element::U8,
        "u32" => return Element::U32,
        word if word == network.name() => return Element::Real,
        _ => {}
    }
    if Dtype::ALL.iter().any(|(name, _)| *name == word) {
        let problem = format!("the input is `{word}`, but the network computes in `{}`", network.name());
        args.error(value.extent(), problem, format!("`#[dtype({word})]` on the struct sets both"));
        return Element::Real;
    }
    let near = nearest(&word, ["f32", "f64", "u8", "u32"]).map(|near| format!("did you mean `{near}`?"));
    args.wrong("dtype", value, "`f32`, `f64`, `u8` or `u32`", &near.unwrap_or_default());
    Element::Real
}
