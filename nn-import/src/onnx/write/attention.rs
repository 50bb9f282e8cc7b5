//! Attention by heads, as it was recognised.

use super::{Done, Weighted, Writer, arguments};
use crate::onnx::array::Array;
use crate::onnx::flat::{Call, Op, Problem};
use crate::script::Operand;

impl Writer<'_> {
    /// Query, value and key, and then the arrays of the layer.
    pub fn attention(&mut self, op: &Op, call: &Call) -> Done {
        let [query, value, key, arrays @ ..] = op.inputs.as_slice() else {
            return Err(Problem::new("it has no query, value and key"));
        };
        let mut ids = vec![*query, *value, *key];
        if ids.windows(2).all(|pair| pair[0] == pair[1]) {
            ids.truncate(1);
        } else if value == key {
            ids.truncate(2);
        }
        let mut operands = Vec::new();
        for id in ids.into_iter().rev().flatten() {
            self.real(id)?;
            let rank = self.shape(id).len();
            if rank < 2 || self.shape(id)[..rank - 2].iter().any(|size| *size != 1) {
                return Err(Problem::new(format!("it goes over an input of {:?}", self.shape(id))));
            }
            operands.insert(0, Operand::Value(self.ordered(id, &[rank - 2, rank - 1])?));
        }
        let arrays: Vec<Array> = arrays.iter().flatten().filter_map(|id| self.flat.values[*id].array.clone()).collect();
        let [heads, size, depth] = ["heads", "size", "depth"].map(|name| call.int(name, 0));
        let input = self.shapes_of(&operands);
        let units = arrays.last().and_then(|array| array.shape.last()).copied().unwrap_or(0);
        let layer = Weighted {
            class: "MultiHeadAttention",
            arguments: arguments([
                format!("{heads}, {size}"),
                if depth == size { String::new() } else { format!("value_dim = {depth}") },
                if input == Some(units) { String::new() } else { format!("output_shape = {units}") },
                if arrays.len() == 4 { "use_bias = false".to_owned() } else { String::new() },
                if call.int("causal", 0) != 0 { "use_causal_mask = true".to_owned() } else { String::new() },
            ]),
            sources: arrays.clone(),
            arrays,
            name: None,
        };
        let rank = op.outputs.first().map_or(2, |id| self.shape(*id).len());
        let axes = vec![rank - 2, rank - 1];
        let value = self.weighted(op, layer, operands, 1);
        self.made(op, value, axes);
        Ok(())
    }

    /// The features of the query.
    fn shapes_of(&self, operands: &[Operand]) -> Option<usize> {
        match operands.first()? {
            Operand::Value(value) => self.shapes.get(value)?.last().copied(),
            Operand::Number(_) => None,
        }
    }
}
