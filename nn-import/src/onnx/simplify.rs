//! What an operation is known to give without being computed, and constants at the batch that is bound.

use super::array::{Array, Type};
use super::flat::{Id, Op};
use super::flatten::Flattener;
use super::proto::Attribute;
use super::shapes;

impl Flattener {
    /// What is known of token ids and other whole numbers without them: ids are not negative, and nothing times zero is zero.
    pub fn of_ids(&self, op: &str, inputs: &[Option<Id>]) -> Option<Array> {
        let [Some(a), Some(b)] = *inputs else { return None };
        let values = &self.flat.values;
        let is_zero = |id: Id| values[id].array.as_ref().is_some_and(Array::is_zero);
        let kind = match op {
            "Less" if self.is_ids(a) && is_zero(b) => Type::Bool,
            "Mul" if values[a].kind == Type::Int && (is_zero(a) || is_zero(b)) => Type::Int,
            _ => return None,
        };
        let shape = shapes::meet(&values[a].shape, &values[b].shape).ok()?;
        let count = shape.iter().product::<usize>();
        (count <= self.limits.elements).then(|| Array::new(kind, shape, vec![0.0; count]))
    }

    /// Whether a value is an input of ids, as it is or as floats.
    fn is_ids(&self, id: Id) -> bool {
        let is_input = |id: Id| self.flat.inputs.contains(&id) && self.flat.values[id].kind == Type::Int;
        let cast = self.flat.ops.iter().rev().find(|op| op.outputs.contains(&id)).filter(|op| op.op == "Cast");
        is_input(id) || cast.and_then(|op| op.inputs.first().copied().flatten()).is_some_and(is_input)
    }

    /// What is its own first input.
    pub fn same(&self, op: &str, attributes: &[Attribute], inputs: &[Option<Id>]) -> Option<Id> {
        let input = |place: usize| inputs.get(place).copied().flatten();
        let first = input(0)?;
        let values = &self.flat.values;
        let neutral = |kept: usize, other: usize, number: f64| {
            let (kept, other) = (input(kept)?, &values[input(other)?]);
            let is_neutral = other.array.as_ref().and_then(Array::only) == Some(number);
            let keeps = shapes::meet(&values[kept].shape, &other.shape).is_ok_and(|shape| shape == values[kept].shape);
            (is_neutral && keeps && values[kept].array.is_none()).then_some(kept)
        };
        match op {
            "Identity" | "Dropout" => Some(first),
            "Cast" => {
                let to = attributes.iter().find(|attribute| attribute.name == "to")?.int;
                let (from, to) = (values[first].kind, shapes::element(to));
                (from == to && values[first].array.is_none()).then_some(first)
            }
            "Add" => neutral(0, 1, 0.0).or_else(|| neutral(1, 0, 0.0)),
            "Mul" => neutral(0, 1, 1.0).or_else(|| neutral(1, 0, 1.0)),
            "Sub" => neutral(0, 1, 0.0),
            "Div" | "Pow" => neutral(0, 1, 1.0),
            _ => None,
        }
    }

    /// Constants that were made for the batch of the file are the same for every sample of it.
    pub fn at_batch(&mut self, op: &str, inputs: Vec<Option<Id>>) -> Vec<Option<Id>> {
        let Some((from, to)) = self.batch else { return inputs };
        // Where the batch is an axis of the constant, for each operation that reads such ones.
        let axis = |place: usize, shape: &[usize]| match op {
            "LSTM" | "GRU" | "RNN" => (place >= 5 && shape.len() == 3).then_some(1),
            "Concat" | "Add" | "Sub" | "Mul" | "Div" | "Where" | "And" | "Or" | "Gemm" | "MatMul" | "Less" => {
                (shape.len() >= 2).then_some(0)
            }
            _ => None,
        };
        let others: Vec<Option<usize>> = inputs
            .iter()
            .flatten()
            .filter(|id| self.flat.values[**id].array.is_none())
            .map(|id| self.flat.values[*id].shape.first().copied())
            .collect();
        let is_bound = op == "LSTM" || op == "GRU" || op == "RNN" || others.contains(&Some(to));
        let mut bound = Vec::new();
        for (place, input) in inputs.into_iter().enumerate() {
            let array = input.and_then(|id| self.flat.values[id].array.clone());
            let (Some(id), Some(array)) = (input, array) else {
                bound.push(input);
                continue;
            };
            let axis = axis(place, &array.shape).filter(|axis| is_bound && array.shape[*axis] == from && to <= from);
            let cut = axis.map(|axis| (array.cut(axis, 0, to), axis));
            let is_same = |axis: usize, cut: &Array| {
                (0..from / to.max(1)).all(|part| array.cut(axis, part * to, to).values == cut.values)
            };
            match cut {
                Some((cut, axis)) if is_same(axis, &cut) => {
                    let name = self.flat.values[id].name.clone();
                    bound.push(Some(self.constant(&name, cut)));
                }
                _ => bound.push(Some(id)),
            }
        }
        bound
    }

    /// A shape that has the batch of the file in it, with the one that is bound instead.
    pub fn rebatched(&self, op: &Op) -> Option<Vec<Attribute>> {
        let (from, to) = self.batch?;
        if op.op != "Reshape" {
            return None;
        }
        let call = self.flat.call(op);
        let shape = call.either("shape", 1).ok()??;
        if shapes::infer(&call).is_ok() && !(shape.first() == Some(&(from as i64)) && shape.contains(&-1)) {
            return None;
        }
        // The batch alone, or with other axes.
        let place = shape.iter().position(|size| *size > 0 && *size % from as i64 == 0)?;
        let mut ints = shape;
        ints[place] = ints[place] / from as i64 * to as i64;
        Some(vec![Attribute { name: "shape".to_owned(), ints, ..Attribute::default() }])
    }
}
