//! Products of matrices: with a constant they are layers.

use super::{Done, NONE, Weighted, Writer, arguments};
use crate::onnx::array::Array;
use crate::onnx::flat::{Call, Id, Op, Problem};
use crate::script::{Operand, Value, What};

impl Writer<'_> {
    pub fn matmul(&mut self, op: &Op) -> Done {
        let (a, b) = (Self::id(op, 0)?, Self::id(op, 1)?);
        let (left, right) = (self.flat.values[a].array.clone(), self.flat.values[b].array.clone());
        let rank = |id: Id| self.shape(id).len();
        match (left, right) {
            (None, Some(matrix))
                if matrix.shape.len() == 2
                    || (matrix.shape.len() > 2
                        && matrix.shape[..matrix.shape.len() - 2].iter().all(|size| *size == 1)
                        && matrix.shape.len() <= rank(a)) =>
            {
                let shape = matrix.shape[matrix.shape.len() - 2..].to_vec();
                let kernel = matrix.shaped(shape);
                let last = rank(a) - 1;
                self.dense(op, a, last, &kernel, b, None, rank(a) - 1)
            }
            (Some(matrix), None) if matrix.shape.len() == 2 && rank(b) >= 2 => {
                let axis = rank(b) - 2;
                self.dense(op, b, axis, &matrix.permuted(&[1, 0]), a, None, axis)
            }
            _ if rank(a) < 2 || rank(b) < 2 => Err(Problem::new("it multiplies by a vector that is computed")),
            (left, right) => self.product(op, [a, b], [left, right]),
        }
    }

    /// Two values, or a value and a stack of matrices, multiplied matrix by matrix.
    fn product(&mut self, op: &Op, ids: [Id; 2], arrays: [Option<Array>; 2]) -> Done {
        let out = op.outputs.first().copied().ok_or_else(|| Problem::new("it has no output"))?;
        let rank = self.shape(out).len();
        let batch: Vec<usize> = (0..rank - 2).filter(|axis| self.shape(out)[*axis] != 1).collect();
        let mut operands = Vec::new();
        for (id, array) in ids.into_iter().zip(arrays) {
            let own = self.shape(id).len();
            let before = rank - own;
            let mut target: Vec<usize> = batch.iter().map(|axis| axis.checked_sub(before).unwrap_or(NONE)).collect();
            while target.first() == Some(&NONE) {
                target.remove(0);
            }
            target.extend([own - 2, own - 1]);
            operands.push(Operand::Value(match array {
                Some(array) => {
                    let hint = self.weight_hint(id);
                    let sizes = self.sizes(id, &target);
                    self.free(&array, &sizes, &hint)
                }
                None => {
                    self.real(id)?;
                    self.ordered(id, &target)?
                }
            }));
        }
        let value = self.layer("Matmul", "", operands, "product");
        let mut axes = batch;
        axes.extend([rank - 2, rank - 1]);
        self.made(op, value, axes);
        Ok(())
    }

    pub fn gemm(&mut self, op: &Op, call: &Call) -> Done {
        let (a, b) = (Self::id(op, 0)?, Self::id(op, 1)?);
        let (alpha, beta) = (call.float("alpha", 1.0), call.float("beta", 1.0));
        let Some(matrix) = self.flat.values[b].array.clone() else {
            return Err(Problem::new("both of its matrices are computed").help("write it as `MatMul` and `Add`"));
        };
        let kernel = if call.int("transB", 0) != 0 { matrix.permuted(&[1, 0]) } else { matrix };
        let axis = if call.int("transA", 0) != 0 { 0 } else { 1 };
        let units = kernel.shape[1];
        let scaled = |array: &Array, by: f64| match by {
            1.0 => array.clone(),
            by => Array::new(array.kind, array.shape.clone(), array.values.iter().map(|x| x * by).collect()),
        };
        let bias = match op.inputs.get(2).copied().flatten() {
            None => None,
            Some(id) => {
                let Some(array) = self.flat.values[id].array.clone() else {
                    return Err(Problem::new("what it adds is computed").help("write it as `MatMul` and `Add`"));
                };
                let fits = array.values.len() == units || array.values.len() == 1;
                if !fits || array.shape.len() > 2 {
                    return Err(Problem::new(format!("it adds an array of {:?} to {units} columns", array.shape)));
                }
                Some(scaled(
                    &Array::new(array.kind, vec![units], array.shaped(vec![array.values.len()]).broadcast(&[units])),
                    beta,
                ))
            }
        };
        self.dense(op, a, axis, &scaled(&kernel, alpha), b, bias, 1)
    }

    /// A layer along one axis of a value, which becomes another axis of the result.
    #[expect(clippy::too_many_arguments, reason = "the kernel and its source, the axis before and after")]
    fn dense(
        &mut self,
        op: &Op,
        id: Id,
        axis: usize,
        kernel: &Array,
        source: Id,
        bias: Option<Array>,
        to: usize,
    ) -> Done {
        self.real(id)?;
        let shape = self.shape(id).to_vec();
        let mut target = self.place(id)?.axes;
        if target.last() != Some(&axis) {
            target = self.long(id, &target).into_iter().filter(|other| *other != axis).collect();
            target.push(axis);
        }
        let value = self.ordered(id, &target)?;
        let [rows, units] = kernel.shape[..] else { return Err(Problem::new("it multiplies by no matrix")) };
        if shape[axis] != rows {
            return Err(Problem::new(format!("it multiplies {shape:?} by {:?}", kernel.shape)));
        }
        let kernel = match self.rows.get(&id) {
            Some(places) => {
                let values = places.iter().flat_map(|row| kernel.values[row * units..][..units].iter().copied());
                Array::new(kernel.kind, kernel.shape.clone(), values.collect())
            }
            None => kernel.clone(),
        };
        let without = if bias.is_some() { "" } else { "use_bias = false" };
        let raw = self.flat.values[source].array.clone();
        let layer = Weighted {
            class: "Dense",
            arguments: arguments([units.to_string(), without.to_owned()]),
            sources: raw.into_iter().chain(bias.clone()).collect(),
            arrays: std::iter::once(kernel).chain(bias).collect(),
            name: self.name_of(source),
        };
        let value = self.weighted(op, layer, vec![Operand::Value(value)], 1);
        // Of a matrix that is turned, the other axis comes first.
        let renamed = |other: &usize| match *other {
            NONE => NONE,
            other if other == axis => to,
            other if axis == to => other,
            _ => 0,
        };
        let axes: Vec<usize> = target.iter().map(renamed).collect();
        self.made(op, value, axes);
        Ok(())
    }

    /// `a` times `b`, each of them a value.
    pub fn infix(&mut self, sign: char, a: Value, b: Value, hint: &str) -> Value {
        self.script.push(What::Infix(sign), vec![Operand::Value(a), Operand::Value(b)], 1, hint)
    }
}
