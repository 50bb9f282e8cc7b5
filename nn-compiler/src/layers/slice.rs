//! `x[1..5, -1]`: some elements of each axis.

use nn_graph::graph::Operand;
use nn_graph::op::{Along, Op, Slice};
use nn_graph::size::{Rule, Size, shape_text};

use crate::rule::{Arg, Argument, Problem, Site, ranked};
use crate::spec::{Bound, Placed, Positional, Spec, Taken, Values};

/// The class that Keras has for it; users write brackets.
pub const SPECS: &[Spec] = &[Spec { positional: Positional::Slice, ..Spec::new(&["GetItem"], slice) }];

fn slice(values: &Values, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
    let (input, taken) = (site.only(inputs)?, values.slice(""));
    if taken.len() > input.len() {
        let problem =
            format!("has places on {} axes, but its input {} has {}", taken.len(), shape_text(input), input.len());
        return Err(site.problem(&problem, "the batch is not an axis here"));
    }
    let (mut axes, mut output) = (Vec::new(), Vec::new());
    for (axis, size) in input.iter().enumerate() {
        let along = match taken.get(axis) {
            None => Along::whole(size),
            Some(Taken::Index(at)) => {
                ranked!(site, input, |input| check_element(site, input, axis, at))?;
                Along { from: place(size, at), step: Size::Known(1), count: Size::Known(1) }
            }
            Some(Taken::Range { from, to, step }) => {
                ranked!(site, input, |input| check_range(site, input, axis, [from, to], step))?;
                let (from, to) = (place(size, from), place(size, to));
                let count = Rule::Span.of([&from, &to, step]);
                // Of one element the step does not matter.
                let step = if count.known() == Some(1) { Size::Known(1) } else { step.clone() };
                Along { from, step, count }
            }
        };
        if !matches!(taken.get(axis), Some(Taken::Index(_))) {
            output.push(along.count.clone());
        }
        axes.push(along);
    }
    if output.is_empty() {
        output.push(Size::Known(1));
    }
    let whole = axes.iter().zip(input).all(|(along, size)| *along == Along::whole(size));
    Ok(Placed::new(output, if whole { Op::View } else { Op::Slice(Slice { parts: vec![axes] }) }))
}

/// The place on an axis of this size.
fn place(size: &Size, bound: &Bound) -> Size {
    if bound.from_end { Rule::Cropped.of([size, &bound.n, &Size::Known(0)]) } else { bound.n.clone() }
}

impl Argument for Bound {
    type Known = nn_shape::Bound;
    fn known(&self) -> Option<Self::Known> {
        Some(nn_shape::Bound { from_end: self.from_end, n: self.n.known()? })
    }
    fn arg(&self) -> Arg {
        Arg::Bound { from_end: self.from_end, n: self.n.clone() }
    }
}

fn check_element<const N: usize>(site: &mut Site, input: [Size; N], axis: usize, at: &Bound) -> Result<(), Problem> {
    match (input.known(), at.known()) {
        (Some(input), Some(at)) => Ok(nn_shape::element(&site.text, input, axis, at).map(drop)?),
        _ => {
            site.defer("element", vec![input.arg(), Arg::Number(axis), at.arg()]);
            Ok(())
        }
    }
}

fn check_range<const N: usize>(
    site: &mut Site,
    input: [Size; N],
    axis: usize,
    [from, to]: [&Bound; 2],
    step: &Size,
) -> Result<(), Problem> {
    let whole = |bound: &Bound| bound.n.known() == Some(0);
    match (input.known(), from.known(), to.known(), step.known()) {
        (Some(input), Some(from), Some(to), Some(step)) => {
            Ok(nn_shape::slice(&site.text, input, axis, from, to, step).map(drop)?)
        }
        // All of an axis is there, whatever its size is.
        _ if whole(from) && !from.from_end && whole(to) && to.from_end => Ok(()),
        _ => {
            site.defer("slice", vec![input.arg(), Arg::Number(axis), from.arg(), to.arg(), step.arg()]);
            Ok(())
        }
    }
}
