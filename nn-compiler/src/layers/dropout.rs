//! `Dropout`.

use nn_graph::graph::Operand;
use nn_graph::op::{Dropout, Op};

use crate::rule::{Problem, Site};
use crate::spec::{Masks, Placed, Positional, SEED, Spec, Values, share};

pub const SPECS: &[Spec] = &[Spec {
    positional: Positional::required(&[share("rate")]),
    options: &[&[SEED]],
    planned: &["noise_shape"],
    masks: Masks::Passed,
    ..Spec::new(&["Dropout"], lower)
}];

fn lower(values: &Values, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
    let op = Dropout { rate: values.number("rate"), seed: values.seed("seed") };
    Ok(Placed::new(site.only(inputs)?.to_vec(), Op::Dropout(op)))
}
