//! What layers on steps, images and volumes share: which axes are space, and numbers for each of them.

use super::args::Args;
use crate::diagnostics::shape_text;
use crate::parse::ast::Value;
use crate::shapes::Operand;
use crate::shapes::dim::{Dim, Shape};
use crate::shapes::rule::{Problem, Site};

/// The axes of space, and whether the channels come before them.
#[derive(Clone, Copy)]
pub struct Space {
    /// 1 to 3.
    pub axes: usize,
    pub channels_first: bool,
}

/// What a user takes the axes for.
const NAMES: [&str; 3] = ["steps", "height and width", "depth, height and width"];

impl Space {
    /// Space with its channels behind it.
    pub fn channels_last(axes: usize) -> Self {
        Space { axes, channels_first: false }
    }

    /// The same in the order that `data_format` says.
    pub fn read(axes: usize, args: &mut Args) -> Self {
        Space { axes, channels_first: args.channels_first() }
    }

    /// The shape of the only input: all axes of space, and the channels.
    pub fn input(self, site: &Site, inputs: &[Operand]) -> Result<Shape, Problem> {
        let input = site.only(inputs)?;
        if input.len() == self.axes + 1 {
            return Ok(input.to_vec());
        }
        match (self.axes, self.channels_first) {
            (1, false) => site.sequence(input).map(Vec::from),
            (2, false) => site.image(input).map(Vec::from),
            _ => Err(self.problem(site, input)),
        }
    }

    fn problem(self, site: &Site, input: &[Dim]) -> Problem {
        let axes = NAMES[self.axes - 1];
        let needs = match (self.channels_first, self.axes) {
            (true, 1) => format!("channels and {axes}"),
            (true, _) => format!("channels, {axes}"),
            (false, 1) => format!("{axes} and channels"),
            (false, _) => format!("{} and channels", axes.replace(" and ", ", ")),
        };
        let help = if input.len() == self.axes {
            let sizes = self.with_channels(input.iter().map(Dim::text).collect(), "1".to_string());
            format!("put `Reshape<{}>` before it", sizes.join(", "))
        } else {
            String::new()
        };
        site.problem(&format!("needs {needs}, but its input is {}", shape_text(input)), &help)
    }

    /// What there is for each axis of space, and for the channels, in the order of the input's axes.
    pub fn with_channels<V>(self, mut space: Vec<V>, channels: V) -> Vec<V> {
        space.insert(if self.channels_first { 0 } else { space.len() }, channels);
        space
    }
}

impl Args<'_> {
    /// A size for each axis of space; one stands for all of them.
    pub fn sizes_or(&mut self, name: &'static str, axes: usize, default: usize) -> Vec<Dim> {
        let Some(value) = self.get(name) else { return vec![Dim::Known(default); axes] };
        match value {
            Value::Tuple(values, _) if axes > 1 && values.len() == axes => {
                values.iter().map(|value| self.dim(name, value)).collect()
            }
            Value::Tuple(..) if axes > 1 => {
                let help = ["", "`2` or `(2, 3)`", "`2` or `(1, 2, 3)`"][axes - 1];
                self.wrong(name, value, &format!("one size, or {}", NAMES[axes - 1]), help);
                vec![Dim::Known(1); axes]
            }
            value => vec![self.dim(name, value); axes],
        }
    }

    /// How many elements before and behind each axis of space: one number, one for each axis, or a pair for each.
    pub fn ends_or(&mut self, name: &'static str, axes: usize, default: usize) -> Vec<[Dim; 2]> {
        let Some(value) = self.get(name) else { return vec![[Dim::Known(default), Dim::Known(default)]; axes] };
        match value {
            Value::Tuple(values, _) if axes > 1 && values.len() == axes => {
                values.iter().map(|value| self.ends(name, axes, value)).collect()
            }
            Value::Tuple(..) if axes > 1 => vec![self.no_ends(name, axes, value); axes],
            value => vec![self.ends(name, axes, value); axes],
        }
    }

    /// How many before and behind: a pair, or one number for both.
    fn ends(&mut self, name: &'static str, axes: usize, value: &Value) -> [Dim; 2] {
        match value {
            Value::Tuple(values, _) => match values.as_slice() {
                [before, behind] => [self.amount(name, before), self.amount(name, behind)],
                _ => self.no_ends(name, axes, value),
            },
            value => {
                let both = self.amount(name, value);
                [both.clone(), both]
            }
        }
    }

    fn no_ends(&mut self, name: &'static str, axes: usize, value: &Value) -> [Dim; 2] {
        let (takes, help) = match axes {
            1 => ("one number, or one for each end", "`2` or `(1, 2)`"),
            2 => ("one number, or one or a pair for height and for width", "`1`, `(1, 2)` or `((1, 0), (2, 3))`"),
            _ => (
                "one number, or one or a pair for depth, for height and for width",
                "`1`, `(1, 2, 3)` or `((1, 0), (2, 3), (1, 1))`",
            ),
        };
        self.wrong(name, value, takes, help);
        [Dim::Known(0), Dim::Known(0)]
    }
}
