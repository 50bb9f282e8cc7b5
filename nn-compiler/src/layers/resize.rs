//! More or fewer elements of space: `UpSampling`, `ZeroPadding`, `Cropping`, each in one to three dimensions; `Resizing` of images.

use nn_graph::Size;
use nn_graph::graph::Operand;
use nn_graph::op::{Inset, Op, Resizing, UpSample};
use nn_graph::size::Rule;

use super::space::Space;
use crate::rule::{Problem, Site, ranked, rule};
use crate::spec::{DATA_FORMAT, Kind, Lower, Opt, Placed, Positional, Spec, Values, size, sizes, word};

const INTERPOLATION: Opt = word("interpolation", &["nearest", "bilinear"]);

const fn ends(name: &'static str, axes: usize, default: usize) -> Opt {
    Opt { name, kind: Kind::Ends { axes, default } }
}

const fn spec(
    names: &'static [&'static str],
    positional: &'static [Opt],
    options: &'static [&'static [Opt]],
    lower: Lower,
) -> Spec {
    Spec { positional: Positional::optional(positional), options, ..Spec::new(names, lower) }
}

// As in Keras: only images are interpolated; sequences are cropped and repeated with their channels last; and of an image
// nothing is cropped unless it is said.
pub const SPECS: &[Spec] = &[
    spec(&["UpSampling1D"], &[sizes("size", 1, Some(2))], &[], |values, site, inputs| {
        up_sample(values, Space::channels_last(1), false, site, inputs)
    }),
    spec(&["UpSampling2D"], &[sizes("size", 2, Some(2))], &[&[INTERPOLATION, DATA_FORMAT]], |values, site, inputs| {
        let bilinear = values.word("interpolation") == "bilinear";
        up_sample(values, Space::of(2, values), bilinear, site, inputs)
    }),
    spec(&["UpSampling3D"], &[sizes("size", 3, Some(2))], &[&[DATA_FORMAT]], |values, site, inputs| {
        up_sample(values, Space::of(3, values), false, site, inputs)
    }),
    Spec {
        positional: Positional::required(&[size("height"), size("width")]),
        options: &[&[word("interpolation", &["bilinear", "nearest"]), DATA_FORMAT]],
        ..Spec::new(&["Resizing"], resizing)
    },
    spec(&["ZeroPadding1D"], &[ends("padding", 1, 1)], &[&[DATA_FORMAT]], |values, site, inputs| {
        inset(true, values.ends("padding"), Space::of(1, values), site, inputs)
    }),
    spec(&["ZeroPadding2D"], &[ends("padding", 2, 1)], &[&[DATA_FORMAT]], |values, site, inputs| {
        inset(true, values.ends("padding"), Space::of(2, values), site, inputs)
    }),
    spec(&["ZeroPadding3D"], &[ends("padding", 3, 1)], &[&[DATA_FORMAT]], |values, site, inputs| {
        inset(true, values.ends("padding"), Space::of(3, values), site, inputs)
    }),
    spec(&["Cropping1D"], &[ends("cropping", 1, 1)], &[], |values, site, inputs| {
        inset(false, values.ends("cropping"), Space::channels_last(1), site, inputs)
    }),
    spec(&["Cropping2D"], &[ends("cropping", 2, 0)], &[&[DATA_FORMAT]], |values, site, inputs| {
        inset(false, values.ends("cropping"), Space::of(2, values), site, inputs)
    }),
    spec(&["Cropping3D"], &[ends("cropping", 3, 1)], &[&[DATA_FORMAT]], |values, site, inputs| {
        inset(false, values.ends("cropping"), Space::of(3, values), site, inputs)
    }),
];

fn up_sample(
    values: &Values,
    space: Space,
    bilinear: bool,
    site: &mut Site,
    inputs: &[Operand],
) -> Result<Placed, Problem> {
    let input = space.input(site, inputs)?;
    let size = space.with_channels(values.sizes("size"), Size::Known(1));
    ranked!(site, input.as_slice(), |input| check_sizes(site, input, &size))?;
    let output = input.iter().zip(&size).map(|(input, size)| Size::product([input, size])).collect();
    let same = size.iter().all(|size| size.known() == Some(1));
    Ok(Placed::new(output, if same { Op::View } else { Op::UpSample(UpSample { size, bilinear }) }))
}

fn check_sizes<const N: usize>(site: &mut Site, input: [Size; N], size: &[Size]) -> Result<(), Problem> {
    let size: [Size; N] = std::array::from_fn(|axis| size[axis].clone());
    rule!(site, up_sampling(input, size))
}

/// An image of another height and width.
fn resizing(values: &Values, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
    let space = Space::of(2, values);
    let input = space.last(site, inputs)?;
    let size = [values.size("height"), values.size("width")];
    let output = vec![size[0].clone(), size[1].clone(), input[2].clone()];
    ranked!(site, output.as_slice(), |output| rule!(site, input(output)))?;
    let same = size[..] == input[..2];
    let bilinear = values.word("interpolation") == "bilinear";
    let op = if same { Op::View } else { Op::Resizing(Resizing { size, bilinear }) };
    Ok(space.place(input, Placed::new(output, op)))
}

/// Zeros around the input (`pads`), or the input without its ends.
fn inset(
    pads: bool,
    ends: Vec<[Size; 2]>,
    space: Space,
    site: &mut Site,
    inputs: &[Operand],
) -> Result<Placed, Problem> {
    let input = space.input(site, inputs)?;
    let ends = space.with_channels(ends, [Size::Known(0), Size::Known(0)]);
    ranked!(site, input.as_slice(), |input| check_ends(site, pads, input, &ends))?;
    let output = input.iter().zip(&ends).map(|(size, ends)| match (pads, ends) {
        (_, [Size::Known(0), Size::Known(0)]) => size.clone(),
        (true, [before, behind]) => Size::sum([size, before, behind]),
        (false, [before, behind]) => Rule::Cropped.of([size, before, behind]),
    });
    let output = output.collect();
    let same = ends.iter().flatten().all(|end| end.known() == Some(0));
    Ok(Placed::new(output, if same { Op::View } else { Op::Inset(Inset { pads, ends }) }))
}

fn check_ends<const N: usize>(
    site: &mut Site,
    pads: bool,
    input: [Size; N],
    ends: &[[Size; 2]],
) -> Result<(), Problem> {
    let ends: [[Size; 2]; N] = std::array::from_fn(|axis| ends[axis].clone());
    if pads { rule!(site, zero_padding(input, ends)) } else { rule!(site, cropping(input, ends)) }
}
