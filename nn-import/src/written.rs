//! A network that is written down together with its weights.

use std::collections::HashMap;

use crate::compiled::{Weight, weights};
use crate::script::{Layer, Operand, Script, Value, What};
use crate::{ImportError, Model, Tensor, Unsupported};

/// Numbers, outermost axis first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Array {
    pub shape: Vec<usize>,
    pub values: Vec<f32>,
}

impl Array {
    pub fn new(shape: &[usize], values: Vec<f32>) -> Self {
        Array { shape: shape.to_vec(), values }
    }

    /// With its axes in another order: the axis that was `order[i]` is the one at `i`.
    pub fn permuted(&self, order: &[usize]) -> Self {
        let strides: Vec<usize> = (0..self.shape.len()).map(|axis| self.shape[axis + 1..].iter().product()).collect();
        let shape: Vec<usize> = order.iter().map(|axis| self.shape[*axis]).collect();
        let mut values = Vec::with_capacity(self.values.len());
        let mut place = vec![0; shape.len()];
        for _ in 0..self.values.len() {
            let from: usize = order.iter().zip(&place).map(|(axis, at)| strides[*axis] * at).sum();
            values.push(self.values[from]);
            for axis in (0..shape.len()).rev() {
                place[axis] += 1;
                if place[axis] < shape[axis] {
                    break;
                }
                place[axis] = 0;
            }
        }
        Array { shape, values }
    }
}

/// Nodes, and the arrays of those that have weights, in the order of the layer.
#[derive(Default)]
pub struct Written {
    pub script: Script,
    arrays: HashMap<usize, Vec<Array>>,
}

impl Written {
    /// Adds a layer with its weights, and returns its first result.
    pub fn layer(
        &mut self,
        class: &str,
        arguments: String,
        from: &[Value],
        name: Option<&str>,
        arrays: Vec<Array>,
    ) -> Value {
        let layer = Layer { class: class.to_owned(), arguments, name: name.map(str::to_owned) };
        self.arrays.insert(self.script.nodes.len(), arrays);
        let operands = from.iter().map(|value| Operand::Value(*value)).collect();
        let hint = name.map_or_else(|| nn_compiler::snake_case(class), str::to_owned);
        self.script.push(What::Layer(layer), operands, 1, &hint)
    }

    /// Adds a free weight.
    pub fn weight(&mut self, name: &str, array: Array) -> Value {
        let what = What::Weight { name: name.to_owned(), shape: array.shape.clone(), trainable: true };
        self.arrays.insert(self.script.nodes.len(), vec![array]);
        self.script.push(what, Vec::new(), 1, name)
    }

    pub fn infix(&mut self, sign: char, a: Value, b: Value) -> Value {
        self.script.push(What::Infix(sign), vec![Operand::Value(a), Operand::Value(b)], 1, "sum")
    }

    /// The text, and the weights in its order.
    pub fn finish(self) -> Result<Model, ImportError> {
        let printed = self.script.print();
        let wanted = weights(&printed.text)?;
        let mut arrays: HashMap<&str, &Array> = HashMap::new();
        let mut problems = Vec::new();
        for (node, own) in &self.arrays {
            let Some(name) = &printed.names[*node] else { continue };
            let fields: Vec<&Weight> = wanted.iter().filter(|weight| weight.layer() == name).collect();
            if fields.len() != own.len() {
                let problem = format!("it has {} arrays, and the layer {} weights", own.len(), fields.len());
                problems.push(Unsupported { node: format!("`{name}`"), problem, help: String::new() });
            }
            for (field, array) in fields.into_iter().zip(own) {
                if field.shape != array.shape || array.values.len() != array.shape.iter().product::<usize>() {
                    let problem =
                        format!("`{}` has shape {:?}, and {:?} in the file", field.name, field.shape, array.shape);
                    problems.push(Unsupported { node: format!("`{name}`"), problem, help: String::new() });
                }
                arrays.insert(&field.name, array);
            }
        }
        if !problems.is_empty() {
            return Err(ImportError::Unsupported(problems));
        }
        let tensor = |weight: &Weight| {
            let array = arrays.get(&*weight.name)?;
            Some(Tensor { name: weight.name.clone(), shape: weight.shape.clone(), values: array.values.clone() })
        };
        let inputs = self.script.inputs.iter().map(|input| input.name.clone()).collect();
        let outputs = self.script.outputs.iter().map(|(name, _)| name.clone()).collect();
        Ok(Model { weights: wanted.iter().filter_map(tensor).collect(), text: printed.text, inputs, outputs })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_change_places() {
        let array = Array::new(&[2, 3], vec![0.0, 1.0, 2.0, 3.0, 4.0, 5.0]);
        assert_eq!(array.permuted(&[1, 0]), Array::new(&[3, 2], vec![0.0, 3.0, 1.0, 4.0, 2.0, 5.0]));
        let array = Array::new(&[2, 1, 2], vec![0.0, 1.0, 2.0, 3.0]);
        assert_eq!(array.permuted(&[2, 0, 1]), Array::new(&[2, 2, 1], vec![0.0, 2.0, 1.0, 3.0]));
    }
}
