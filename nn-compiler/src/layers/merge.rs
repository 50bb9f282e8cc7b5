//! Layers of several inputs: element by element, one after another, and their products.

use nn_graph::function::Elementwise;
use nn_graph::graph::Operand;
use nn_graph::mask::{Mask, Masked};
use nn_graph::op::{Concatenate, Dot, Merge, Normalization, NormalizationKind, Op};
use nn_graph::size::{Rule, shape_text};
use nn_graph::{Shape, Size};

use crate::rule::{Arg, Argument, MOST_AXES, Problem, Site, ranked};
use crate::spec::{Kind, Lower, Masks, Opt, Placed, Positional, Spec, Values, axis, flag};

const fn merge(names: &'static [&'static str], lower: Lower) -> Spec {
    Spec { masks: Masks::By(|_, _, masks| any_mask(masks, true)), ..Spec::new(names, lower) }
}

/// In Keras these three do not look at the masks that they join.
const fn blind(names: &'static [&'static str], lower: Lower) -> Spec {
    Spec { masks: Masks::By(|_, _, masks| any_mask(masks, false)), ..Spec::new(names, lower) }
}

pub const SPECS: &[Spec] = &[
    blind(&["Add"], |_, site, inputs| elementwise(Merge::Add, site, inputs)),
    blind(&["Subtract"], |_, site, inputs| elementwise(Merge::Subtract, site, inputs)),
    merge(&["Multiply"], |_, site, inputs| elementwise(Merge::Multiply, site, inputs)),
    blind(&["Divide"], |_, site, inputs| elementwise(Merge::Divide, site, inputs)),
    blind(&["Greater"], |_, site, inputs| elementwise(Merge::Greater, site, inputs)),
    blind(&["GreaterEqual"], |_, site, inputs| elementwise(Merge::GreaterEqual, site, inputs)),
    blind(&["Less"], |_, site, inputs| elementwise(Merge::Less, site, inputs)),
    blind(&["LessEqual"], |_, site, inputs| elementwise(Merge::LessEqual, site, inputs)),
    blind(&["Equal"], |_, site, inputs| elementwise(Merge::Equal, site, inputs)),
    blind(&["NotEqual"], |_, site, inputs| elementwise(Merge::NotEqual, site, inputs)),
    blind(&["Where"], |_, site, inputs| elementwise(Merge::Where, site, inputs)),
    blind(&["Average"], |_, site, inputs| elementwise(Merge::Average, site, inputs)),
    merge(&["Maximum"], |_, site, inputs| elementwise(Merge::Maximum, site, inputs)),
    merge(&["Minimum"], |_, site, inputs| elementwise(Merge::Minimum, site, inputs)),
    Spec {
        options: &[&[axis("axis", -1)]],
        masks: Masks::By(concatenated_mask),
        ..Spec::new(&["Concatenate"], concatenate)
    },
    Spec {
        positional: Positional::required(&[Opt { name: "axes", kind: Kind::AxisPair }]),
        options: &[&[flag("normalize", false)]],
        ..Spec::new(&["Dot"], dot)
    },
    Spec { options: &[&[flag("normalize", false)]], ..Spec::new(&["BilinearPool"], bilinear) },
];

fn elementwise(merge: Merge, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
    site.several(inputs)?;
    let (takes, help) = match merge {
        Merge::Subtract => (Some((2, "two values")), "`a - b - c` subtracts one after the other"),
        Merge::Divide => (Some((2, "two values")), "`a / b / c` divides by one after the other"),
        Merge::Where => (Some((3, "three values")), "`Where(c, a, b)` is `a` where `c` is not 0, else `b`"),
        Merge::Add | Merge::Multiply | Merge::Average | Merge::Maximum | Merge::Minimum => (None, ""),
        Merge::Greater | Merge::GreaterEqual | Merge::Less | Merge::LessEqual | Merge::Equal | Merge::NotEqual => {
            (Some((2, "two values")), "the product of two comparisons is 1 where both hold")
        }
    };
    if let Some((_, words)) = takes.filter(|(count, _)| *count != inputs.len()) {
        let problem = format!("takes {words}, but is called with {}", inputs.len());
        return Err(site.problem(&problem, help));
    }
    let mut output = site.real(&inputs[0])?.to_vec();
    for input in &inputs[1..] {
        output = meet(site, &output, site.real(input)?.to_vec())?;
    }
    Ok(Placed::new(output, Op::Merge(merge)))
}

/// A step counts where it does in any of the values, if all of them have masks.
fn any_mask(masks: &[Option<Mask>], reads: bool) -> Masked {
    let all: Option<Vec<Mask>> = masks.iter().cloned().collect();
    let reads = if reads && masks.iter().any(Option::is_some) { masks.to_vec() } else { Vec::new() };
    Masked { reads, gives: vec![all.map(Mask::Any)] }
}

/// The shape in which two values meet: aligned at the last axis, where 1 is repeated.
fn meet(site: &mut Site, a: &[Size], b: Shape) -> Result<Shape, Problem> {
    ranked!(site, a, |a| ranked!(site, b.as_slice(), |b| check_merge(site, a, b)))?;
    let axes = (0..a.len().max(b.len())).rev().map(|from_last| {
        let axis =
            |shape: &[Size]| shape.len().checked_sub(from_last + 1).map_or(Size::Known(1), |axis| shape[axis].clone());
        Rule::Broadcast.of([&axis(a), &axis(&b)])
    });
    Ok(axes.collect())
}

fn check_merge<const N: usize, const M: usize>(site: &mut Site, a: [Size; N], b: [Size; M]) -> Result<(), Problem> {
    match (a.known(), b.known()) {
        (Some(a), Some(b)) => Ok(nn_shape::merge::<N, M, MOST_AXES>(&site.text, a, b).map(drop)?),
        _ => {
            site.defer("merge::<_, _, { ::nn::__rt::shape::MOST_AXES }>", vec![a.arg(), b.arg()]);
            Ok(())
        }
    }
}

fn concatenate(values: &Values, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
    site.several(inputs)?;
    let mut output = site.real(&inputs[0])?.to_vec();
    let axis = site.axis(values.axis("axis"), &output)?;
    let shapes: Vec<&[Size]> = inputs.iter().map(|input| input.shape.as_slice()).collect();
    for input in &inputs[1..] {
        let shape = site.real(input)?.to_vec();
        ranked!(site, output.as_slice(), |a| ranked!(site, shape.as_slice(), |b| check_join(site, axis, a, b)))?;
        output[axis] = Size::sum([&output[axis], &shape[axis]]);
    }
    Ok(Placed::new(output, joined(axis, &shapes)))
}

/// Values of these shapes one after another along an axis.
pub(super) fn joined(axis: usize, shapes: &[&[Size]]) -> Op {
    let pieces = shapes[0][..axis].iter().all(|size| size.known() == Some(1));
    let at = |index: usize| {
        let lens: Vec<Size> = shapes[..index].iter().map(|shape| Size::product(*shape)).collect();
        Size::sum(&lens)
    };
    Op::Concatenate(Concatenate { axis, at: pieces.then(|| (0..shapes.len()).map(at).collect()) })
}

fn check_join<const N: usize, const M: usize>(
    site: &mut Site,
    axis: usize,
    a: [Size; N],
    b: [Size; M],
) -> Result<(), Problem> {
    match (a.known(), b.known()) {
        (Some(a), Some(b)) => Ok(nn_shape::concatenate(&site.text, axis, a, b).map(drop)?),
        _ if N != M => Ok(nn_shape::concatenate(&site.text, axis, [1; N], [1; M]).map(drop)?),
        _ => {
            site.defer("concatenate", vec![Arg::Number(axis), a.arg(), b.arg()]);
            Ok(())
        }
    }
}

fn concatenated_mask(values: &Values, inputs: &[Operand], masks: &[Option<Mask>]) -> Masked {
    if masks.iter().all(Option::is_none) {
        return Masked::default();
    }
    let (axis, rank) = (values.axis("axis").axis, inputs[0].shape.len() as i128);
    let axis = if axis < 0 { axis + rank } else { axis - 1 };
    let rows = |input: &Operand| Size::product(&input.shape[..input.shape.len() - 1]);
    let all = inputs.iter().zip(masks).map(|(input, mask)| mask.clone().unwrap_or_else(|| Mask::Ones(rows(input))));
    let all: Vec<Mask> = all.collect();
    let mask = if axis + 1 == rank {
        Mask::Any(all)
    } else {
        Mask::Chain(Size::product(&inputs[0].shape[..axis as usize]), all)
    };
    Masked { reads: Vec::new(), gives: vec![Some(mask)] }
}

fn dot(values: &Values, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
    site.several(inputs)?;
    let [a, b] = inputs else {
        let problem = format!("takes two values, but is called with {}", inputs.len());
        return Err(site.problem(&problem, "the product of two is a value for the next one: `let ab = Dot<…>(a, b);`"));
    };
    let (a, b) = (site.real(a)?, site.real(b)?);
    let axes = values.axis_pair("axes");
    let axes = [site.axis(axes[0], a)?, site.axis(axes[1], b)?];
    let output = rest(a, b, axes);
    if output.len() > MOST_AXES {
        return Err(site.axes(&output));
    }
    ranked!(site, a, |a| ranked!(site, b, |b| check_dot(site, axes, a, b)))?;
    let macs = Size::product(output.iter().chain([&a[axes[0]]]));
    let op = Dot { axes, normalize: values.flag("normalize") };
    Ok(Placed { macs, ..Placed::new(output, Op::Dot(op)) })
}

/// `BilinearPool`: a product of matrices, with the places of both in one row.
fn bilinear(values: &Values, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
    site.several(inputs)?;
    let [a, b] = inputs else {
        let problem = format!("takes two values, but is called with {}", inputs.len());
        return Err(site.problem(&problem, "`BilinearPool(a, b)`; of one value with itself: `BilinearPool(a, a)`"));
    };
    let (a, b) = (site.real(a)?, site.real(b)?);
    let (Some((left, of_a)), Some((right, of_b))) = (a.split_last(), b.split_last()) else {
        return Err(site.axes(a));
    };
    if of_a.is_empty() || of_b.is_empty() {
        let problem = format!("needs places and channels, but its inputs are {} and {}", shape_text(a), shape_text(b));
        return Err(site.problem(&problem, "`Reshape<1, channels>` makes one place of a vector"));
    }
    let differ = |(a, b): (&Size, &Size)| a.known().zip(b.known()).is_some_and(|(a, b)| a != b);
    if of_a.len() != of_b.len() || of_a.iter().zip(of_b).any(differ) {
        let problem =
            format!("needs the same places in both inputs, but they are {} and {}", shape_text(a), shape_text(b));
        return Err(site.problem(&problem, "all axes but the last, the channels, have to agree"));
    }
    let seen = [[Size::product(of_a), left.clone()], [Size::product(of_b), right.clone()]];
    check_dot(site, [0, 0], seen[0].clone(), seen[1].clone())?;
    let seen = seen.map(Vec::from).to_vec();
    let pairs = vec![Size::product([left, right])];
    let op = Op::Dot(Dot { axes: [0, 0], normalize: false });
    let macs = Size::product(of_a.iter().chain([left, right]));
    let mut after = vec![(Op::View, pairs.clone())];
    if values.flag("normalize") {
        let unit = Normalization {
            kind: NormalizationKind::Unit,
            epsilon: 0.0,
            center: false,
            scale: false,
            along: vec![true],
            len: Size::Known(0),
        };
        after.push((Op::Activation(Elementwise::SignedSqrt), pairs.clone()));
        after.push((Op::Normalization(unit), pairs));
    }
    Ok(Placed { macs, seen: Some(seen), after, ..Placed::new(vec![left.clone(), right.clone()], op) })
}

/// The axes of both that are not summed over; of two vectors there is one number.
fn rest(a: &[Size], b: &[Size], axes: [usize; 2]) -> Shape {
    let others = |shape: &[Size], axis: usize| [&shape[..axis], &shape[axis + 1..]].concat();
    let output = [others(a, axes[0]), others(b, axes[1])].concat();
    if output.is_empty() { vec![Size::Known(1)] } else { output }
}

/// Whether two values can be multiplied along an axis of each.
pub fn check_dot<const N: usize, const M: usize>(
    site: &mut Site,
    axes: [usize; 2],
    a: [Size; N],
    b: [Size; M],
) -> Result<(), Problem> {
    match (a.known(), b.known()) {
        (Some(a), Some(b)) => Ok(nn_shape::dot::<N, M, MOST_AXES>(&site.text, axes, a, b).map(drop)?),
        _ => {
            let axes = Arg::List(axes.map(Arg::Number).into());
            site.defer("dot::<_, _, { ::nn::__rt::shape::MOST_AXES }>", vec![axes, a.arg(), b.arg()]);
            Ok(())
        }
    }
}
