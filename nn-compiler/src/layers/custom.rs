//! `Lambda<path>` and `Custom<path>`: layers of the user's own.

use nn_graph::graph::Operand;
use nn_graph::op::{self, Op};
use nn_graph::weight::Param;

use crate::rule::{Problem, Site};
use crate::spec::{ACTIVITY_REGULARIZER, Kind, Opt, Placed, Positional, Spec, TRAINABLE, Values, flag};

const PATH: Opt = Opt { name: "path", kind: Kind::Type };
const OUTPUT: Opt = Opt { name: "output", kind: Kind::Shape };

pub const SPECS: &[Spec] = &[
    Spec {
        positional: Positional::required(&[PATH]),
        options: &[&[OUTPUT]],
        certain_output: |values| values.maybe_sizes("output"),
        ..Spec::new(&["Lambda"], |values, site, inputs| {
            let (weights, stateful, trainable) = (false, false, false);
            let op = op::Custom { path: values.path("path"), weights, stateful, trainable };
            custom(op, values, site, inputs)
        })
    },
    Spec {
        positional: Positional::required(&[PATH]),
        options: &[&[OUTPUT, flag("stateful", false), TRAINABLE, ACTIVITY_REGULARIZER]],
        certain_output: |values| values.maybe_sizes("output"),
        ..Spec::new(&["Custom"], |values, site, inputs| {
            let (weights, stateful, trainable) = (true, values.flag("stateful"), values.flag("trainable"));
            let op = op::Custom { path: values.path("path"), weights, stateful, trainable };
            custom(op, values, site, inputs)
        })
    },
];

fn custom(op: op::Custom, values: &Values, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
    let input = site.only(inputs)?;
    let output = values.maybe_sizes("output").unwrap_or_else(|| input.to_vec());
    let params = if op.weights { vec![Param::unknown(op.trainable)] } else { Vec::new() };
    Ok(Placed { params, ..Placed::new(output, Op::Custom(op)) })
}
