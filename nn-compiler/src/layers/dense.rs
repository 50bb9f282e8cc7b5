//! `Dense`.

use nn_graph::graph::Operand;
use nn_graph::op::{Dense, Op};
use nn_graph::{Shape, Size};

use crate::rule::{Problem, Site, ranked, rule};
use crate::spec::{
    ACTIVATION, ACTIVITY_REGULARIZER, BIAS, KERNEL, Masks, Placed, Positional, Spec, TRAINABLE, USE_BIAS, Values, size,
};

pub const SPECS: &[Spec] = &[Spec {
    positional: Positional::required(&[size("units")]),
    options: &[&[ACTIVATION, USE_BIAS, TRAINABLE, ACTIVITY_REGULARIZER]],
    weights: &[KERNEL, BIAS],
    masks: Masks::Passed,
    ..Spec::new(&["Dense"], lower)
}];

/// A matrix product along the last axis.
fn lower(values: &Values, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
    let (input, units, use_bias) = (site.only(inputs)?, values.size("units"), values.flag("use_bias"));
    ranked!(site, input, |input| rule!(site, dense(input, units)))?;
    let (last, outer) = site.last(input)?;
    let output: Shape = outer.iter().chain([&units]).cloned().collect();
    let kernel = values.param("kernel", vec![last.clone(), units.clone()]);
    let bias = use_bias.then(|| values.param("bias", vec![units.clone()]));
    let placed = Placed {
        macs: Size::product(output.iter().chain([last])),
        params: [Some(kernel), bias].into_iter().flatten().collect(),
        ..Placed::new(output, Op::Dense(Dense { units, use_bias, in_order: false }))
    };
    Ok(placed.then(&values.function("activation")))
}
