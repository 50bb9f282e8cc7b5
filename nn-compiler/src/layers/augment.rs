//! Pictures that are changed at random in training, and left as they are at inference: `RandomFlip`, `RandomTranslation`, `RandomRotation`,
//! `RandomZoom`, `RandomContrast`, `RandomBrightness`; and `CenterCrop`, which cuts out their middle.

use nn_graph::Size;
use nn_graph::graph::{Element, Operand};
use nn_graph::op::{Fill, Inset, Motion, Op, Resizing, Tint, Tone, Warp};

use super::space::Space;
use crate::rule::{Problem, Site, ranked, rule};
use crate::spec::{DATA_FORMAT, Kind, Lower, Masks, Opt, Placed, Positional, SEED, Spec, Values, number, size, word};

const SHARES: &str = "a share from -1 to 1, or the least and the largest: `0.2` or `(-0.2, 0.3)`";

/// The ends of a range, one number standing for it and its opposite.
const fn around(name: &'static str, takes: &'static str, valid: fn(f64) -> bool) -> Opt {
    Opt { name, kind: Kind::Range { default: None, takes, valid, one: Some(|x| [-x.abs(), x.abs()]) } }
}

const fn share(name: &'static str) -> Opt {
    around(name, SHARES, |x| (-1.0..=1.0).contains(&x))
}

const fn zoom(name: &'static str) -> Opt {
    // With -1 the whole picture would be one point.
    let takes = "a share from above -1 to 1, or the least and the largest: `0.2` or `(-0.2, 0.3)`";
    around(name, takes, |x| x > -1.0 && x <= 1.0)
}

const FILLS: &[Opt] = &[
    word("fill_mode", &["reflect", "wrap", "constant", "nearest"]),
    word("interpolation", &["bilinear", "nearest"]),
    number("fill_value", 0.0, "a number", f64::is_finite),
    SEED,
    DATA_FORMAT,
];

const VALUE_RANGE: Opt = Opt {
    name: "value_range",
    kind: Kind::Range {
        default: Some([0.0, 255.0]),
        takes: "the least and the largest value of pictures: `(0, 1)`",
        valid: f64::is_finite,
        one: None,
    },
};

/// As in Keras, one number is how much the contrast grows at most.
const CONTRAST: Opt = Opt {
    name: "factor",
    kind: Kind::Range {
        default: None,
        takes: "a share from 0 to 1, or two of them, by how much contrast falls and grows at most: `0.2` or `(0.1, 0.3)`",
        valid: |x| (0.0..=1.0).contains(&x),
        one: Some(|x| [0.0, x]),
    },
};

const fn spec(names: &'static [&'static str], positional: Positional, lower: Lower) -> Spec {
    Spec { positional, options: &[FILLS], masks: Masks::Passed, ..Spec::new(names, lower) }
}

pub const SPECS: &[Spec] = &[
    Spec {
        options: &[&[SEED, DATA_FORMAT]],
        ..spec(
            &["RandomFlip"],
            Positional::optional(&[word("mode", &["horizontal_and_vertical", "horizontal", "vertical"])]),
            flip,
        )
    },
    spec(
        &["RandomTranslation"],
        Positional::required(&[share("height_factor"), share("width_factor")]),
        |values, site, inputs| {
            let [height, width] = ["height_factor", "width_factor"].map(|name| values.range(name));
            warp(Motion::Translate { height, width }, values, site, inputs)
        },
    ),
    spec(&["RandomRotation"], Positional::required(&[share("factor")]), |values, site, inputs| {
        warp(Motion::Rotate(values.range("factor")), values, site, inputs)
    }),
    spec(
        &["RandomZoom"],
        Positional::Named { opts: &[zoom("height_factor"), zoom("width_factor")], required: 1 },
        |values, site, inputs| {
            let (height, width) = (values.range("height_factor"), values.maybe_range("width_factor"));
            warp(Motion::Zoom { height, width }, values, site, inputs)
        },
    ),
    Spec {
        options: &[&[VALUE_RANGE, SEED, DATA_FORMAT]],
        ..spec(&["RandomContrast"], Positional::required(&[CONTRAST]), |values, site, inputs| {
            let [falls, grows] = values.range("factor");
            tone(Tint::Contrast, [1.0 - falls, 1.0 + grows], values, site, inputs)
        })
    },
    Spec {
        options: &[&[VALUE_RANGE, SEED, DATA_FORMAT]],
        ..spec(&["RandomBrightness"], Positional::required(&[share("factor")]), |values, site, inputs| {
            tone(Tint::Brightness, values.range("factor"), values, site, inputs)
        })
    },
    Spec {
        positional: Positional::required(&[size("height"), size("width")]),
        options: &[&[DATA_FORMAT]],
        ..Spec::new(&["CenterCrop"], center_crop)
    },
];

/// A layer on numbers, where pictures may be bytes.
fn of_numbers(
    inputs: &[Operand],
    lower: impl FnOnce(&[Operand]) -> Result<Placed, Problem>,
) -> Result<Placed, Problem> {
    match inputs {
        [bytes] if bytes.element == Element::U8 => {
            let mut placed = lower(&[Operand { element: Element::Real, ..bytes.clone() }])?;
            placed.before.insert(0, (Op::Cast, bytes.shape.clone()));
            Ok(placed)
        }
        inputs => lower(inputs),
    }
}

fn flip(values: &Values, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
    let mode = values.word("mode");
    let op = Warp {
        motion: Motion::Flip { horizontal: mode != "vertical", vertical: mode != "horizontal" },
        // It stays inside, and each place is a pixel.
        fill: Fill::Nearest,
        bilinear: false,
        channels_first: values.channels_first(),
        seed: values.seed("seed"),
    };
    of_numbers(inputs, |inputs| Ok(Placed::new(Space::of(2, values).input(site, inputs)?, Op::Warp(op))))
}

fn warp(motion: Motion, values: &Values, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
    let fill = match values.word("fill_mode") {
        "wrap" => Fill::Wrap,
        "constant" => Fill::Constant(values.number("fill_value")),
        "nearest" => Fill::Nearest,
        _ => Fill::Reflect,
    };
    let bilinear = values.word("interpolation") == "bilinear";
    let op = Warp { motion, fill, bilinear, channels_first: values.channels_first(), seed: values.seed("seed") };
    of_numbers(inputs, |inputs| Ok(Placed::new(Space::of(2, values).input(site, inputs)?, Op::Warp(op))))
}

fn tone(tint: Tint, factor: [f64; 2], values: &Values, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
    let (value_range, channels_first) = (values.range("value_range"), values.channels_first());
    let op = Tone { tint, factor, value_range, channels_first, seed: values.seed("seed") };
    of_numbers(inputs, |inputs| Ok(Placed::new(Space::of(2, values).input(site, inputs)?, Op::Tone(op))))
}

fn center_crop(values: &Values, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
    of_numbers(inputs, |inputs| middle(values, site, inputs))
}

/// The middle of a picture; of one that is too small, the largest part of these proportions, made larger.
fn middle(values: &Values, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
    let space = Space::of(2, values);
    let input = space.last(site, inputs)?;
    let size = [values.size("height"), values.size("width")];
    let output = vec![size[0].clone(), size[1].clone(), input[2].clone()];
    ranked!(site, output.as_slice(), |output| rule!(site, input(output)))?;
    let known = [&input[0], &input[1], &size[0], &size[1]].map(Size::known);
    let [Some(height), Some(width), Some(rows), Some(columns)] = known else {
        let problem = "needs a height and a width that the macro can see, of its input and its own";
        return Err(site.problem(problem, "write them as numbers"));
    };
    let part = if height >= rows && width >= columns {
        [rows, columns]
    } else {
        // In u128 no product of two sizes is too large.
        let share = |whole: usize, one: usize, other: usize| (whole as u128 * one as u128 / other as u128) as usize;
        [share(width, rows, columns).min(height).max(1), share(height, columns, rows).min(width).max(1)]
    };
    let end = |whole: usize, part: usize| [(whole - part) / 2, (whole - part).div_ceil(2)].map(Size::Known);
    let ends = vec![end(height, part[0]), end(width, part[1]), [0, 0].map(Size::Known)];
    let cut = vec![Size::Known(part[0]), Size::Known(part[1]), input[2].clone()];
    let whole = part == [height, width];
    let crop = if whole { Op::View } else { Op::Inset(Inset { pads: false, ends }) };
    let mut placed = Placed::new(output.clone(), Op::View);
    match (part == [rows, columns], crop) {
        (true, crop) => placed.op = crop,
        (false, crop) => {
            placed.before.extend((!whole).then_some((crop, cut)));
            placed.op = Op::Resizing(Resizing { size, bilinear: true });
        }
    }
    Ok(space.place(input, placed))
}
