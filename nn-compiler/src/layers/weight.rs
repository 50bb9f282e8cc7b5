//! `weight table: [100, 64] = normal(0.0, 0.02);`: a weight that is no layer's, as a value.

use nn_graph::graph::Operand;
use nn_graph::op::Op;
use nn_graph::size::Size;
use nn_graph::weight::Initializer;

use crate::rule::{Problem, Site, ranked, rule};
use crate::spec::{Placed, Positional, Spec, TRAINABLE, Values, WeightSpec};

/// Its options are called as they are: there is one weight.
const OWN: WeightSpec = WeightSpec {
    name: "own",
    initializer: "initializer",
    regularizer: Some("regularizer"),
    constraint: Some("constraint"),
    default: Initializer::GlorotUniform,
};

pub const SPECS: &[Spec] = &[Spec {
    positional: Positional::Shape,
    options: &[&[TRAINABLE]],
    weights: &[OWN],
    certain_output: |values| {
        let shape = values.sizes("");
        (!shape.contains(&Size::Known(nn_shape::INFER))).then_some(shape)
    },
    ..Spec::new(&["Weight"], weight)
}];

fn weight(values: &Values, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
    let shape = values.sizes("");
    if !inputs.is_empty() {
        let help = "`weight table: [100, 64] = normal(0.0, 0.02);` declares one, which is a value by itself";
        return Err(site.problem("is a weight, and no value goes into it", help));
    }
    if shape.contains(&Size::Known(nn_shape::INFER)) {
        return Err(site.problem("has a size of -1, but nothing says how large a weight is", "write the size"));
    }
    let sizes = shape.as_slice();
    ranked!(site, sizes, |sizes| rule!(site, weight(sizes)))?;
    let params = vec![values.param_of("", "own", shape.clone())];
    Ok(Placed { params, ..Placed::new(shape, Op::Weight) })
}
