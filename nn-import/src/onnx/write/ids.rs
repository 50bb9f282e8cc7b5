//! What is made of token ids.

use super::{Done, Place, Writer};
use crate::onnx::flat::{Call, Op, Problem};
use crate::script::Operand;

impl Writer<'_> {
    /// Rows that are 1 at the id and 0 elsewhere.
    pub fn one_hot(&mut self, op: &Op, call: &Call) -> Done {
        let id = Self::id(op, 0)?;
        let count = call.constant(1, "depth")?.and_then(|array| array.values.first().copied()).unwrap_or(0.0);
        let pair = call.constant(2, "values")?.map_or_else(Vec::new, |array| array.values.to_vec());
        let rank = self.shape(id).len();
        let axis = call.int("axis", -1);
        let place = self.place(id)?;
        if pair != [0.0, 1.0] || !(axis == -1 || axis == rank as i64) || !place.is_ids {
            let text = "it is not 0 and 1 along a new last axis, of an input of ids";
            return Err(Problem::new(text));
        }
        let hint = self.hint(op);
        let value = self.layer("OneHot", &format!("{count}"), vec![Operand::Value(place.value)], &hint);
        let mut sizes = self.shapes.get(&place.value).cloned().unwrap_or_default();
        sizes.push(count as usize);
        self.shapes.insert(value, sizes);
        let mut axes = place.axes;
        axes.push(rank);
        if let Some(out) = op.outputs.first() {
            self.places.insert(*out, Place { value, axes, is_ids: false });
        }
        Ok(())
    }
}
