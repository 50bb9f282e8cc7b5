//! The same numbers in other shapes and orders: `Flatten`, `Reshape`, `Permute`, `RepeatVector`.

use nn_graph::Size;
use nn_graph::graph::Operand;
use nn_graph::op::{Op, Permute, Repeat};
use nn_graph::size::{Rule, shape_text};

use crate::rule::{Problem, Site, ranked, rule};
use crate::spec::{DATA_FORMAT, Placed, Positional, Spec, Values, size};

pub const SPECS: &[Spec] = &[
    Spec { options: &[&[DATA_FORMAT]], ..Spec::new(&["Flatten"], flatten) },
    Spec {
        positional: Positional::Shape,
        certain_output: |values| {
            let target = values.sizes("");
            (!target.contains(&Size::Known(nn_shape::INFER))).then_some(target)
        },
        ..Spec::new(&["Reshape"], reshape)
    },
    Spec { positional: Positional::Axes, ..Spec::new(&["Permute"], permute) },
    Spec { positional: Positional::required(&[size("n")]), ..Spec::new(&["RepeatVector"], repeat_vector) },
];

/// All axes as one, the channels last.
fn flatten(values: &Values, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
    let input = site.any(inputs)?;
    let axes = if values.channels_first() { (1..input.len()).chain([0]).collect() } else { Vec::new() };
    let op = reorder(input, axes);
    if !matches!(op, Op::View) {
        // Ids lie as they came.
        site.only(inputs)?;
    }
    Ok(Placed::new(vec![Size::product(input)], op))
}

/// The size that is `-1` follows from the others.
fn reshape(values: &Values, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
    let (input, mut output) = (site.any(inputs)?, values.sizes(""));
    let target = output.as_slice();
    ranked!(site, input, |input| ranked!(site, target, |target| rule!(site, reshape(input, target))))?;
    if let Some(axis) = output.iter().position(|size| *size == Size::Known(nn_shape::INFER)) {
        let others = Size::product(output[..axis].iter().chain(&output[axis + 1..]));
        output[axis] = Rule::Share.of([&Size::product(input), &others]);
    }
    Ok(Placed::new(output, Op::View))
}

/// The input's axes in this order.
fn permute(values: &Values, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
    let (input, axes) = (site.only(inputs)?, values.sizes(""));
    let axes = axes.as_slice();
    ranked!(site, input, |input| ranked!(site, axes, |axes| rule!(site, permute(input, axes))))?;
    let from: Vec<usize> = axes.iter().filter_map(Size::known).map(|axis| axis - 1).collect();
    let output = from.iter().map(|axis| input.get(*axis).cloned().unwrap_or(Size::Known(1)));
    Ok(Placed::new(output.collect(), reorder(input, from)))
}

/// Puts axes, counted from 0, in another order: nothing to do where only axes of size 1 move.
fn reorder(input: &[Size], axes: Vec<usize>) -> Op {
    let size = |axis: &&usize| input.get(**axis).and_then(Size::known);
    if axes.iter().filter(|axis| size(axis) != Some(1)).is_sorted() { Op::View } else { Op::Permute(Permute { axes }) }
}

/// A vector several times.
fn repeat_vector(values: &Values, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
    let [features] = site.only(inputs)? else {
        let problem = format!("needs a vector, but its input is {}", shape_text(&inputs[0].shape));
        return Err(site.problem(&problem, "put `Flatten` before it"));
    };
    let (input, n) = ([features.clone()], values.size("n"));
    rule!(site, repeat_vector(input, n))?;
    let op = if n.known() == Some(1) { Op::View } else { Op::Repeat(Repeat { n: n.clone() }) };
    Ok(Placed::new(vec![n, features.clone()], op))
}
