//! Reshapes: which axes become one, and which one becomes several, in whatever order they lie.

use super::{Done, NONE, Place, Writer};
use crate::onnx::array::strides;
use crate::onnx::flat::{Id, Op, Problem};

/// Axes of the input that become axes of the output; as many elements on both sides.
#[derive(Debug, PartialEq, Eq)]
struct Group {
    from: Vec<usize>,
    to: Vec<usize>,
}

/// The smallest groups, of axes longer than 1.
fn groups(from: &[usize], to: &[usize]) -> Vec<Group> {
    let long = |shape: &[usize]| (0..shape.len()).filter(|axis| shape[*axis] != 1).collect::<Vec<_>>();
    let (mut before, mut behind) = (long(from).into_iter().peekable(), long(to).into_iter().peekable());
    let mut groups = Vec::new();
    while let (Some(a), Some(b)) = (before.next(), behind.next()) {
        let mut group = Group { from: vec![a], to: vec![b] };
        let (mut left, mut right) = (from[a], to[b]);
        while left != right {
            let more = if left < right { before.next() } else { behind.next() };
            let Some(axis) = more else { break };
            if left < right {
                left = left.saturating_mul(from[axis]);
                group.from.push(axis);
            } else {
                right = right.saturating_mul(to[axis]);
                group.to.push(axis);
            }
        }
        groups.push(group);
    }
    groups
}

impl Writer<'_> {
    pub fn reshape(&mut self, op: &Op) -> Done {
        let id = Self::id(op, 0)?;
        let out = op.outputs.first().copied().ok_or_else(|| Problem::new("it has no output"))?;
        let place = self.place(id)?;
        let groups = groups(self.shape(id), self.shape(out));
        if groups.iter().all(|group| group.from.len() == 1 && group.to.len() == 1) {
            let to =
                |axis: &usize| groups.iter().find(|group| group.from[0] == *axis).map_or(NONE, |group| group.to[0]);
            let axes = place.axes.iter().map(to).collect();
            self.places.insert(out, Place { axes, ..place });
            return Ok(());
        }
        self.real(id)?;
        if groups.len() == 1 && groups[0].to.len() == 1 && self.is_only_multiplied(out) {
            return self.flattened(id, out, groups[0].to[0]);
        }
        let order = self.with_groups_together(id, &groups)?;
        let value = self.ordered(id, &order)?;
        let to = |axis: &usize| {
            let group = groups.iter().find(|group| group.from.contains(axis));
            group.filter(|group| group.from[0] == *axis).map_or(&[][..], |group| &group.to)
        };
        let axes: Vec<usize> = order.iter().flat_map(to).copied().collect();
        let value = self.viewed(value, &self.sizes(out, &axes));
        self.places.insert(out, Place { value, axes, is_ids: false });
        Ok(())
    }

    /// The long axes in the order in which they lie, but those of a group beside each other and in order.
    fn with_groups_together(&self, id: Id, groups: &[Group]) -> Result<Vec<usize>, Problem> {
        let lies = self.long(id, &self.place(id)?.axes);
        let mut order: Vec<usize> = Vec::new();
        for axis in lies {
            if order.contains(&axis) {
                continue;
            }
            match groups.iter().find(|group| group.from.contains(&axis)) {
                Some(group) => order.extend(&group.from),
                None => order.push(axis),
            }
        }
        Ok(order)
    }

    /// Whether all that reads a value multiplies it by a matrix of the file, whose rows can stand in any order.
    fn is_only_multiplied(&self, id: Id) -> bool {
        let mut readers = self.flat.ops.iter().filter(|op| op.inputs.contains(&Some(id))).peekable();
        let multiplies = |op: &crate::onnx::flat::Op| {
            let weights = op.inputs.get(1).copied().flatten();
            let is_matrix = weights.is_some_and(|weights| self.flat.values[weights].array.is_some());
            let turned = self.flat.call(op).int("transA", 0) != 0;
            matches!(op.op.as_str(), "Gemm" | "MatMul") && is_matrix && op.inputs[0] == Some(id) && !turned
        };
        let is_output = self.flat.outputs.iter().any(|(_, output)| *output == id);
        !is_output && readers.peek().is_some() && readers.all(multiplies)
    }

    /// All elements in the order in which they lie; the rows of the matrices behind it are put into that order.
    fn flattened(&mut self, id: Id, out: Id, axis: usize) -> Done {
        let Place { value, axes, .. } = self.place(id)?;
        let lies = self.long(id, &axes);
        let steps = strides(self.shape(id));
        let mut rows = vec![0];
        for axis in &lies {
            let size = self.shape(id)[*axis];
            rows = rows
                .iter()
                .flat_map(|row| (0..size).map(move |at| (*row, at)))
                .map(|(row, at)| row + at * steps[*axis])
                .collect();
        }
        if !rows.is_sorted() {
            self.rows.insert(out, rows.clone());
        }
        let value = self.viewed(value, &[rows.len()]);
        self.places.insert(out, Place { value, axes: vec![axis], is_ids: false });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_are_grouped() {
        let of = |from: &[usize], to: &[usize]| -> Vec<(Vec<usize>, Vec<usize>)> {
            groups(from, to).into_iter().map(|group| (group.from, group.to)).collect()
        };
        assert_eq!(of(&[1, 4, 5, 6], &[1, 120]), [(vec![1, 2, 3], vec![1])]);
        assert_eq!(of(&[1, 10, 12], &[10, 1, 3, 4]), [(vec![1], vec![0]), (vec![2], vec![2, 3])]);
        assert_eq!(of(&[6, 4], &[8, 3]), [(vec![0, 1], vec![0, 1])]);
    }
}
