//! `Input`: the shape of one sample.

use super::layers_with;
use crate::diagnostics::{Diagnostics, nearest};
use crate::rule::{MOST_AXES, Problem, Site, ranked, rule};
use crate::sources::Sources;
use crate::spec::Positional;
use crate::spec::args::{Args, Options};
use crate::syntax::ast::{Call, Dtype, Value};
use nn_graph::graph::Element;
use nn_graph::{Shape, Size};

/// Reads `Input<28, 28, 1>`.
pub fn read(call: &Call, dtype: Dtype, sources: &mut Sources, errors: &mut Diagnostics) -> Option<(Shape, Element)> {
    let options = Options { known: &["dtype"], elsewhere: layers_with };
    let mut args = Args::with(call, options, &Positional::Shape, sources, errors);
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
        args.error(value.extent(), format!("`Input` takes 1 to {MOST_AXES} sizes"), "");
    }
    let shape = values.into_iter().map(|value| size(&mut args, value)).collect();
    args.fine().then_some((shape, element))
}

/// A size of the sample; Keras' `None` is none.
fn size(args: &mut Args, value: &Value) -> Size {
    if value.word().as_deref() == Some("None") {
        let help = "shorter sequences are filled up and masked (`Embedding<…, mask_zero = true>`, `Masking`), longer ones run step by \
                    step with `#[stream]`";
        args.error(value.extent(), "every size of an input is a number, that of a sequence too".to_string(), help);
        return Size::Known(1);
    }
    args.size("", value)
}

/// Whether a sample can have this shape.
pub fn place(site: &mut Site, shape: &[Size]) -> Result<(), Problem> {
    ranked!(site, shape, |shape| rule!(site, input(shape)))
}

fn element(args: &mut Args, network: Dtype) -> Element {
    let Some(value) = args.get("dtype") else { return Element::Real };
    let word = value.word().unwrap_or_default();
    match word.as_str() {
        "u8" => return Element::U8,
        "u32" => return Element::U32,
        "i32" => return Element::I32,
        word if word == network.name() => return Element::Real,
        _ => {}
    }
    if Dtype::ALL.iter().any(|(name, _)| *name == word) {
        let problem = format!("the input is `{word}`, but the network computes in `{}`", network.name());
        args.error(value.extent(), problem, format!("`#[dtype({word})]` on the struct sets both"));
        return Element::Real;
    }
    let help = match word.as_str() {
        "int32" => "did you mean `i32`?".to_string(),
        "int64" | "i64" | "u64" | "usize" => "ids are `u32` or `i32`".to_string(),
        _ => nearest(&word, ["f32", "f64", "u8", "u32", "i32"])
            .map_or_else(String::new, |near| format!("did you mean `{near}`?")),
    };
    args.wrong("dtype", value, "`f32`, `f64`, `u8`, `u32` or `i32`", &help);
    Element::Real
}
