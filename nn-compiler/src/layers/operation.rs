//! Operations of `keras.ops`. Those on single elements pass masks on, as activations do; the others lose them.

use nn_graph::function::{Elementwise, Function, Operation};
use nn_graph::graph::{Element, Operand};
use nn_graph::op::{Along, AlongAxis, AlongKind, OneHot, Op, Pad, PadMode, Reduce, ReduceKind, Slice, Stack, Take};
use nn_graph::size::Rule;
use nn_graph::{Shape, Size};

use crate::rule::{Arg, Argument, MOST_AXES, Problem, Site, ranked, rule};
use crate::spec::{Kind, Lower, Masks, Opt, Placed, Positional, Spec, Values, axis, flag, size, word};

const fn spec(names: &'static [&'static str], lower: Lower) -> Spec {
    Spec { masks: Masks::Passed, ..Spec::new(names, lower) }
}

const fn number(name: &'static str) -> Opt {
    Opt { name, kind: Kind::Number { default: None, takes: "a number", valid: f64::is_finite } }
}

const CONSTANT: Opt = Opt {
    name: "constant_values",
    kind: Kind::Number { default: Some(0.0), takes: "a number", valid: f64::is_finite },
};

const DTYPE: Opt = word("dtype", &["float", "f32", "f64", "float32", "float64"]);

const REDUCED: &[Opt] = &[Opt { name: "axis", kind: Kind::Axes }, flag("keepdims", false)];

const fn reduce(names: &'static [&'static str], lower: Lower) -> Spec {
    Spec { positional: Positional::optional(REDUCED), ..Spec::new(names, lower) }
}

/// The rows of the table.
macro_rules! rows {
    ($(#[doc = $doc:literal] $name:ident: $keeps:ident,)*) => {
        &[$(spec(&[stringify!($name)], |_, site, inputs| {
            elementwise(Elementwise::Operation(Operation::$name), site, inputs)
        }),)*]
    };
}

pub const LISTED: &[Spec] = nn_shape::operations!(rows);

pub const SPECS: &[Spec] = &[
    spec(&["Exp"], |_, site, inputs| elementwise(Elementwise::Exponential, site, inputs)),
    reduce(&["Sum"], |values, site, inputs| reduced(ReduceKind::Sum, values, site, inputs)),
    reduce(&["Mean"], |values, site, inputs| reduced(ReduceKind::Mean, values, site, inputs)),
    reduce(&["Max"], |values, site, inputs| reduced(ReduceKind::Max, values, site, inputs)),
    reduce(&["Min"], |values, site, inputs| reduced(ReduceKind::Min, values, site, inputs)),
    reduce(&["Prod"], |values, site, inputs| reduced(ReduceKind::Prod, values, site, inputs)),
    reduce(&["Variance"], |values, site, inputs| reduced(ReduceKind::Variance, values, site, inputs)),
    reduce(&["Norm"], |values, site, inputs| reduced(ReduceKind::Norm, values, site, inputs)),
    Spec { positional: Positional::optional(REDUCED), ..Spec::new(&["ArgMax"], arg_max) },
    Spec { positional: Positional::required(&[axis("axis", -1)]), ..Spec::new(&["CumSum"], cum_sum) },
    Spec::new(&["Matmul"], matmul),
    Spec {
        positional: Positional::Named { opts: &[size("indices_or_sections"), axis("axis", -1)], required: 1 },
        ..Spec::new(&["Split"], split)
    },
    Spec { positional: Positional::optional(&[axis("axis", -1)]), ..Spec::new(&["Stack"], stack) },
    Spec {
        positional: Positional::required(&[Opt { name: "pad_width", kind: Kind::Widths }]),
        options: &[&[word("mode", &["constant", "reflect", "symmetric", "edge"]), CONSTANT]],
        ..Spec::new(&["Pad"], pad)
    },
    Spec { positional: Positional::required(&[axis("axis", -1)]), ..Spec::new(&["Take"], take) },
    Spec { positional: Positional::required(&[size("num_classes")]), ..Spec::new(&["OneHot"], one_hot) },
    Spec { positional: Positional::required(&[DTYPE]), ..Spec::new(&["Cast"], cast) },
    Spec { positional: Positional::required(&[number("value")]), ..Spec::new(&["Constant"], constant) },
    Spec { positional: Positional::required(&[number("x_min"), number("x_max")]), ..spec(&["Clip"], clip) },
    Spec {
        positional: Positional::required(&[number("exponent")]),
        ..spec(&["Power"], |values, site, inputs| {
            elementwise(Elementwise::Power(values.number("exponent")), site, inputs)
        })
    },
];

fn elementwise(elementwise: Elementwise, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
    let input = site.only(inputs)?;
    Ok(Placed::new(input.to_vec(), Op::function(&Function::Elementwise(elementwise), input.len())))
}

fn clip(values: &Values, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
    let (min, max) = (values.number("x_min"), values.number("x_max"));
    if min > max {
        let problem = format!("has nothing between its ends: {min:?} is above {max:?}");
        return Err(site.problem(&problem, &format!("`Clip<{max:?}, {min:?}>`")));
    }
    elementwise(Elementwise::Clip(min, max), site, inputs)
}

/// Which axes become one number; all of them if none is named.
fn along(values: &Values, site: &Site, input: &[Size]) -> Result<Vec<bool>, Problem> {
    let axes = values.axes("axis");
    let mut reduced = vec![axes.is_empty(); input.len()];
    for axis in axes {
        let index = site.axis(axis, input)?;
        if std::mem::replace(&mut reduced[index], true) {
            let problem = format!("`{}` names axis {} twice", site.text, index + 1);
            return Err(Problem { at: Some(axis.at), problem, help: "once is enough".to_string() });
        }
    }
    Ok(reduced)
}

/// The shape without some axes; one number where there is no other.
fn without(input: &[Size], reduced: &[bool], keep: bool) -> Shape {
    let sizes = input.iter().zip(reduced).filter_map(|(size, reduced)| match reduced {
        true => keep.then_some(Size::Known(1)),
        false => Some(size.clone()),
    });
    let output: Shape = sizes.collect();
    if output.is_empty() { vec![Size::Known(1)] } else { output }
}

fn reduced(kind: ReduceKind, values: &Values, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
    let input = site.only(inputs)?;
    let axes = along(values, site, input)?;
    let output = without(input, &axes, values.flag("keepdims"));
    Ok(Placed::new(output, Op::Reduce(Reduce { kind, axes })))
}

/// The place of the largest along an axis, or in all of the sample.
fn arg_max(values: &Values, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
    let input = site.only(inputs)?;
    let axes = along(values, site, input)?;
    let output = without(input, &axes, values.flag("keepdims"));
    let kind = AlongKind::ArgMax;
    match axes.iter().filter(|axis| **axis).count() {
        1 => {
            let axis = axes.iter().position(|axis| *axis).unwrap_or(0);
            Ok(Placed::new(output, Op::AlongAxis(AlongAxis { kind, axis })))
        }
        count if count == input.len() => Ok(Placed {
            before: vec![(Op::View, vec![Size::product(input)])],
            ..Placed::new(output, Op::AlongAxis(AlongAxis { kind, axis: 0 }))
        }),
        _ => Err(site.problem("takes one axis, or none for all of them", "`ArgMax<axis = -1>`")),
    }
}

fn cum_sum(values: &Values, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
    let input = site.only(inputs)?;
    let axis = site.axis(values.axis("axis"), input)?;
    Ok(Placed::new(input.to_vec(), Op::AlongAxis(AlongAxis { kind: AlongKind::CumSum, axis })))
}

fn matmul(_: &Values, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
    site.several(inputs)?;
    let [a, b] = inputs else {
        let problem = format!("takes two values, but is called with {}", inputs.len());
        return Err(site.problem(&problem, "the product of two is a value for the next one: `Matmul(Matmul(a, b), c)`"));
    };
    let (a, b) = (site.real(a)?, site.real(b)?);
    ranked!(site, a, |a| ranked!(site, b, |b| check_matmul(site, a, b)))?;
    let (rows, columns) = (a.len().saturating_sub(2), b.len().saturating_sub(2));
    let before = (0..rows.max(columns)).rev().map(|from_last| {
        let axis = |shape: &[Size], axes: usize| match axes.checked_sub(from_last + 1) {
            Some(axis) => shape[axis].clone(),
            None => Size::Known(1),
        };
        Rule::Broadcast.of([&axis(a, rows), &axis(b, columns)])
    });
    let mut output: Shape = before.collect();
    if let [.., rows, _] = a {
        output.push(rows.clone());
    }
    if let [.., _, columns] = b {
        output.push(columns.clone());
    }
    if output.is_empty() {
        output.push(Size::Known(1));
    }
    if output.len() > MOST_AXES {
        return Err(site.axes(&output));
    }
    let (terms, _) = site.last(a)?;
    let macs = Size::product(output.iter().chain([terms]));
    Ok(Placed { macs, ..Placed::new(output, Op::Matmul) })
}

fn check_matmul<const N: usize, const M: usize>(site: &mut Site, a: [Size; N], b: [Size; M]) -> Result<(), Problem> {
    rule!(site, matmul(a, b))
}

/// What results are called behind the first.
const PARTS: [&str; 63] = [
    "part_2", "part_3", "part_4", "part_5", "part_6", "part_7", "part_8", "part_9", "part_10", "part_11", "part_12",
    "part_13", "part_14", "part_15", "part_16", "part_17", "part_18", "part_19", "part_20", "part_21", "part_22",
    "part_23", "part_24", "part_25", "part_26", "part_27", "part_28", "part_29", "part_30", "part_31", "part_32",
    "part_33", "part_34", "part_35", "part_36", "part_37", "part_38", "part_39", "part_40", "part_41", "part_42",
    "part_43", "part_44", "part_45", "part_46", "part_47", "part_48", "part_49", "part_50", "part_51", "part_52",
    "part_53", "part_54", "part_55", "part_56", "part_57", "part_58", "part_59", "part_60", "part_61", "part_62",
    "part_63", "part_64",
];

/// Parts of one size along an axis: a result for each.
fn split(values: &Values, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
    let (input, parts) = (site.only(inputs)?, values.size("indices_or_sections"));
    let axis = site.axis(values.axis("axis"), input)?;
    let Some(count) = parts.known().filter(|count| *count <= PARTS.len() + 1) else {
        let problem = format!("needs the number of its parts, at most {}", PARTS.len() + 1);
        return Err(site.problem(&problem, "each part is a result: `let (a, b) = x => Split<2>;`"));
    };
    ranked!(site, input, |input| check_split(site, input, axis, &parts))?;
    let share = Rule::Share.of([&input[axis], &parts]);
    let part = |index: usize| {
        let mut axes: Vec<Along> = input.iter().map(Along::whole).collect();
        let from = Size::product([&share, &Size::Known(index)]);
        axes[axis] = Along { from, step: Size::Known(1), count: share.clone() };
        axes
    };
    let mut output = input.to_vec();
    output[axis] = share.clone();
    let op = Op::Slice(Slice { parts: (0..count).map(part).collect() });
    Ok(Placed { outputs: vec![output; count], suffixes: &PARTS, ..Placed::new(Vec::new(), op) })
}

fn check_split<const N: usize>(site: &mut Site, input: [Size; N], axis: usize, parts: &Size) -> Result<(), Problem> {
    match (input.known(), parts.known()) {
        (Some(input), Some(parts)) => Ok(nn_shape::split(&site.text, input, axis, parts).map(drop)?),
        _ => {
            site.defer("split", vec![input.arg(), Arg::Number(axis), parts.arg()]);
            Ok(())
        }
    }
}

/// Values beside each other along a new axis.
fn stack(values: &Values, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
    site.several(inputs)?;
    let first = site.real(&inputs[0])?;
    for input in &inputs[1..] {
        let other = site.real(input)?;
        ranked!(site, first, |a| ranked!(site, other, |b| check_stack(site, a, b)))?;
    }
    // The axis is one of the output's.
    let count = Size::Known(inputs.len());
    let mut output = first.to_vec();
    output.push(count.clone());
    let axis = site.axis(values.axis("axis"), &output)?;
    output.pop();
    output.insert(axis, count);
    Ok(Placed::new(output, Op::Stack(Stack { axis })))
}

fn check_stack<const N: usize, const M: usize>(site: &mut Site, a: [Size; N], b: [Size; M]) -> Result<(), Problem> {
    match (a.known(), b.known()) {
        (Some(a), Some(b)) => Ok(nn_shape::stack(&site.text, a, b).map(drop)?),
        _ if N != M => Ok(nn_shape::stack(&site.text, [1; N], [1; M]).map(drop)?),
        _ => {
            site.defer("stack", vec![a.arg(), b.arg()]);
            Ok(())
        }
    }
}

fn pad(values: &Values, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
    let (input, given) = (site.only(inputs)?, values.ends("pad_width"));
    let ends = match given.as_slice() {
        [all] => vec![all.clone(); input.len()],
        each if each.len() == input.len() => each.to_vec(),
        each => {
            let problem = format!("has a width for each of {} axes, but its input has {}", each.len(), input.len());
            return Err(
                site.problem(&problem, "one number, or one pair, stands for all axes; the batch is none of them")
            );
        }
    };
    let (mode, mirror) = match values.word("mode") {
        "reflect" => (PadMode::Reflect, Some(1)),
        "symmetric" => (PadMode::Symmetric, Some(0)),
        "edge" => (PadMode::Edge, None),
        _ => (PadMode::Constant(values.number("constant_values")), None),
    };
    ranked!(site, input, |input| check_pad(site, input, &ends, mirror))?;
    let output = input.iter().zip(&ends).map(|(size, [before, behind])| Size::sum([size, before, behind])).collect();
    let same = ends.iter().flatten().all(|end| end.known() == Some(0));
    Ok(Placed::new(output, if same { Op::View } else { Op::Pad(Pad { ends, mode }) }))
}

fn check_pad<const N: usize>(
    site: &mut Site,
    input: [Size; N],
    ends: &[[Size; 2]],
    mirror: Option<usize>,
) -> Result<(), Problem> {
    let ends: [[Size; 2]; N] = std::array::from_fn(|axis| ends[axis].clone());
    match (input.known(), ends.known()) {
        (Some(input), Some(ends)) => Ok(nn_shape::pad(&site.text, input, ends, mirror).map(drop)?),
        _ => {
            site.defer("pad", vec![input.arg(), ends.arg(), Arg::Maybe(mirror)]);
            Ok(())
        }
    }
}

/// A number where a value goes in.
fn constant(values: &Values, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
    if !inputs.is_empty() {
        return Err(site.problem("is a number, and no value goes into it", "a number stands beside a value: `x + 1.0`"));
    }
    Ok(Placed::new(vec![Size::Known(1)], Op::Number(values.number("value"))))
}

/// The rows of a value along an axis that ids name.
fn take(values: &Values, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
    let [x, ids] = inputs else {
        let problem = format!("takes a value and ids, but is called with {}", inputs.len());
        return Err(site.problem(&problem, "`Take<axis = 1>(x, ids)`"));
    };
    let x = site.real(x)?;
    if ids.element == Element::Real {
        let help = "say so at the input: `ids: Input<…, dtype = u32>`, or `u8`";
        return Err(site.problem("needs ids as its second value, but it holds floats", help));
    }
    let axis = site.axis(values.axis("axis"), x)?;
    let output: Shape = x[..axis].iter().chain(&ids.shape).chain(&x[axis + 1..]).cloned().collect();
    if output.len() > MOST_AXES {
        return Err(site.axes(&output));
    }
    // The operation has its ids first, as an Embedding has.
    let op = Op::Take(Take { axis, rows: x[axis].clone() });
    Ok(Placed { roles: Some(vec![1, 0]), ..Placed::new(output, op) })
}

/// A row for each id, or for each number that is a place.
fn one_hot(values: &Values, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
    let [input] = inputs else {
        return Err(site.problem(&format!("takes one value, but is called with {}", inputs.len()), ""));
    };
    let num_classes = values.size("num_classes");
    let output: Shape = input.shape.iter().chain([&num_classes]).cloned().collect();
    if output.len() > MOST_AXES {
        return Err(site.axes(&output));
    }
    Ok(Placed::new(output, Op::OneHot(OneHot { num_classes })))
}

/// Ids as numbers; numbers are what they are.
fn cast(_: &Values, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
    let [input] = inputs else {
        return Err(site.problem(&format!("takes one value, but is called with {}", inputs.len()), ""));
    };
    let op = if input.element == Element::Real { Op::View } else { Op::Cast };
    Ok(Placed::new(input.shape.clone(), op))
}
