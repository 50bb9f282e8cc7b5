//! `Embedding` and `Masking`: where sequences begin.

use nn_graph::Size;
use nn_graph::graph::{Element, Operand};
use nn_graph::mask::{Mask, Masked};
use nn_graph::op::{Embedding, Masking, Op};
use nn_graph::weight::Initializer;

use crate::rule::{MOST_AXES, Problem, Site, rule};
use crate::spec::{
    ACTIVITY_REGULARIZER, Masks, Placed, Positional, Spec, TRAINABLE, Values, flag, number, size, weight,
};

pub const SPECS: &[Spec] = &[
    Spec {
        positional: Positional::required(&[size("input_dim"), size("output_dim")]),
        options: &[&[flag("mask_zero", false), TRAINABLE, ACTIVITY_REGULARIZER]],
        weights: &[weight!("embeddings", Initializer::Uniform(-0.05, 0.05))],
        masks: Masks::By(|values, inputs, _| {
            let mask = values.flag("mask_zero").then(|| Mask::NonZero(inputs[0].value));
            Masked { reads: Vec::new(), gives: vec![mask] }
        }),
        ..Spec::new(&["Embedding"], embedding)
    },
    Spec {
        options: &[&[number("mask_value", 0.0, "a number", |_| true)]],
        masks: Masks::By(|values, inputs, _| {
            let mask = Mask::Other(inputs[0].value, values.number("mask_value"));
            Masked { reads: Vec::new(), gives: vec![Some(mask)] }
        }),
        ..Spec::new(&["Masking"], masking)
    },
];

/// The rows of a table that ids name.
fn embedding(values: &Values, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
    let [ids] = inputs else {
        return Err(site.problem(&format!("takes one value, but is called with {}", inputs.len()), ""));
    };
    if ids.element == Element::Real {
        let help = "say so at the input: `Input<…, dtype = u32>`, or `u8`";
        return Err(site.problem("needs ids, but its input holds floats", help));
    }
    let (input_dim, output_dim) = (values.size("input_dim"), values.size("output_dim"));
    let row = [input_dim.clone()];
    rule!(site, dense(row, output_dim))?;
    // One id stands for itself: a vector of one id is one row.
    let output: Vec<Size> = ids.shape.iter().chain([&output_dim]).cloned().collect();
    if output.len() > MOST_AXES {
        return Err(site.axes(&output));
    }
    let params = vec![values.param("embeddings", vec![input_dim.clone(), output_dim.clone()])];
    Ok(Placed { params, ..Placed::new(output, Op::Embedding(Embedding { input_dim, output_dim })) })
}

/// Steps of nothing but one number do not count.
fn masking(values: &Values, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
    let input = site.only(inputs)?;
    if input.len() < 2 {
        let problem = "needs steps and features, but its input is a vector";
        return Err(site.problem(problem, "a mask has one number for each step of a sequence"));
    }
    Ok(Placed::new(input.to_vec(), Op::Masking(Masking { mask_value: values.number("mask_value") })))
}
