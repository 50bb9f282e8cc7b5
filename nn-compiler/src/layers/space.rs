//! What layers on steps, images and volumes share: which axes are space, and numbers for each of them.

use crate::rule::{Problem, Site, space_text};
use crate::spec::{Placed, Values};
use nn_graph::graph::Operand;
use nn_graph::op::{Op, Permute};
use nn_graph::size::shape_text;
use nn_graph::{Shape, Size};

/// The axes of space, and whether the channels come before them.
#[derive(Clone, Copy)]
pub struct Space {
    /// 1 to 3.
    pub axes: usize,
    pub channels_first: bool,
}

impl Space {
    /// Space with its channels behind it.
    pub fn channels_last(axes: usize) -> Self {
        Space { axes, channels_first: false }
    }

    /// The same in the order that `data_format` says.
    pub fn of(axes: usize, values: &Values) -> Self {
        Space { axes, channels_first: values.channels_first() }
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

    fn problem(self, site: &Site, input: &[Size]) -> Problem {
        let axes = space_text(self.axes);
        let needs = match (self.channels_first, self.axes) {
            (true, 1) => format!("channels and {axes}"),
            (true, _) => format!("channels, {axes}"),
            (false, 1) => format!("{axes} and channels"),
            (false, _) => format!("{} and channels", axes.replace(" and ", ", ")),
        };
        let help = if input.len() == self.axes {
            let sizes = self.with_channels(input.iter().map(Size::text).collect(), "1".to_string());
            format!("put `Reshape<{}>` before it", sizes.join(", "))
        } else {
            String::new()
        };
        site.problem(&format!("needs {needs}, but its input is {}", shape_text(input)), &help)
    }

    /// The shape of the only input with its channels last, as kernels want them.
    pub fn last(self, site: &Site, inputs: &[Operand]) -> Result<Shape, Problem> {
        let mut input = self.input(site, inputs)?;
        if self.channels_first {
            input.rotate_left(1);
        }
        Ok(input)
    }

    /// A layer of channels last on this input, between the changes of order that make it one of channels first; a result without
    /// axes of space is left as it is.
    pub fn place(self, last: Shape, mut placed: Placed) -> Placed {
        if !self.channels_first {
            return placed;
        }
        let axes = self.axes;
        let to_last = Permute { axes: (1..=axes).chain([0]).collect() };
        placed.before.insert(0, (Op::Permute(to_last), last));
        if let [space @ .., channels] = placed.outputs[0].as_slice()
            && space.len() == axes
        {
            let output: Shape = [channels].into_iter().chain(space).cloned().collect();
            let to_first = Permute { axes: [axes].into_iter().chain(0..axes).collect() };
            placed.after.insert(0, (Op::Permute(to_first), output.clone()));
            placed.after.iter_mut().for_each(|(_, shape)| shape.clone_from(&output));
        }
        placed
    }

    /// What there is for each axis of space, and for the channels, in the order of the input's axes.
    pub fn with_channels<V>(self, mut space: Vec<V>, channels: V) -> Vec<V> {
        space.insert(if self.channels_first { 0 } else { space.len() }, channels);
        space
    }
}
