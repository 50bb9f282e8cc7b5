//! `state h: [128];` and `h = …;`: a value that one call leaves for the next.

use nn_graph::graph::Operand;
use nn_graph::op::Op;
use nn_graph::size::{Size, shape_text};

use crate::rule::{Problem, Site, ranked, rule};
use crate::spec::{Placed, Positional, Spec, Values};

pub const SPECS: &[Spec] = &[
    Spec {
        positional: Positional::Shape,
        certain_output: |values| {
            let shape = values.sizes("");
            (!shape.contains(&Size::Known(nn_shape::INFER))).then_some(shape)
        },
        ..Spec::new(&["State"], state)
    },
    Spec::new(&["Carry"], carry),
];

fn state(values: &Values, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
    let shape = values.sizes("");
    if !inputs.is_empty() {
        return Err(site.problem("is a state, and no value goes into it", "`h = …;` says what the next call finds"));
    }
    if shape.contains(&Size::Known(nn_shape::INFER)) {
        return Err(site.problem("has a size of -1, but nothing says how large a state is", "write the size"));
    }
    let sizes = shape.as_slice();
    ranked!(site, sizes, |sizes| rule!(site, weight(sizes)))?;
    let len = Size::product(&shape);
    Ok(Placed::new(shape, Op::State(len)))
}

/// What goes on, what is left, and what was found.
fn carry(_: &Values, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
    let [x, new, old] = inputs else {
        return Err(site.problem("is written by the compiler", "`state h: [128];` and `h = …;`"));
    };
    let (new, shape) = (site.real(new)?, site.real(x)?.to_vec());
    if new != old.shape.as_slice() {
        let problem = format!("needs a value of {}, but it is {}", shape_text(&old.shape), shape_text(new));
        return Err(site.problem(&problem, "the next call finds what this one leaves, in the same shape"));
    }
    let len = Size::product(&old.shape);
    Ok(Placed::new(shape, Op::Carry(len)))
}
