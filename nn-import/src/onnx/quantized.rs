//! Whole numbers for floats: weights become floats again, and what a runtime rounds while it runs is not rounded.

use std::rc::Rc;

use super::array::{Array, Type};
use super::contrib::{Fused, int};
use super::flat::{Id, Problem, axis_of};
use super::flatten::Flattener;

type Results = Result<Vec<Id>, Problem>;

impl Flattener {
    /// The results of an operation on whole numbers; nothing if it is none that is known.
    pub fn quantized(&mut self, fused: &Fused) -> Option<Results> {
        let one = |made: Result<Id, Problem>| Some(made.map(|id| vec![id]));
        match fused.node.op.as_str() {
            "DynamicQuantizeLinear" => Some(self.as_it_is(fused)),
            "DequantizeLinear" => one(self.dequantized(fused, [0, 1, 2], fused.int("axis", 1))),
            "MatMulInteger" => one(self.product_of_integers(fused, "MatMul")),
            "ConvInteger" => one(self.product_of_integers(fused, "Conv")),
            "DynamicQuantizeMatMul" => one(self.dynamic_product(fused)),
            "MatMulIntegerToFloat" => one(self.product_to_float(fused)),
            "DynamicQuantizeLSTM" => Some(self.dynamic_lstm(fused)),
            _ => None,
        }
    }

    /// Floats that stay what they are: their scale is 1, and their zero is 0.
    fn as_it_is(&mut self, fused: &Fused) -> Results {
        let (scale, zero) = (self.number(1.0), self.number(0.0));
        Ok(vec![fused.input(0)?, scale, zero])
    }

    /// Weights as floats: `(x - zero) * scale`, each of them one number or one for each place of an axis.
    fn dequantized(&mut self, fused: &Fused, places: [usize; 3], axis: i64) -> Result<Id, Problem> {
        let [of_x, of_scale, of_zero] = places;
        let id = fused.input(of_x)?;
        let array = |flattener: &Self, id: Id| flattener.flat.values[id].array.clone();
        let Some(x) = array(self, id) else {
            let problem = Problem::new("it goes over whole numbers that are computed while the network runs");
            return Err(problem.help("take the model from before it was quantized"));
        };
        let missing = || Problem::new("its scale is no constant");
        let scale = array(self, fused.input(of_scale)?).ok_or_else(missing)?;
        let zero = match fused.optional(of_zero) {
            Some(zero) => array(self, zero).ok_or_else(missing)?,
            None => Array::scalar(Type::Real, 0.0),
        };
        let along = |array: &Array| -> Result<Vec<f64>, Problem> {
            if let Some(number) = array.only() {
                return Ok(vec![number; x.values.len()]);
            }
            let axis = axis_of(axis, x.shape.len())?;
            if array.values.len() != x.shape[axis] {
                return Err(Problem::new(format!("it has {} scales for {:?}", array.values.len(), x.shape)));
            }
            let mut shape = vec![1; x.shape.len()];
            shape[axis] = array.values.len();
            Ok(array.shaped(shape).broadcast(&x.shape))
        };
        let (scales, zeros) = (along(&scale)?, along(&zero)?);
        let values = x.values.iter().zip(&scales).zip(&zeros).map(|((x, scale), zero)| (x - zero) * scale);
        let name = self.flat.values[id].name.clone();
        Ok(self.constant(&name, Array::new(Type::Real, x.shape.clone(), values.collect())))
    }

    /// A constant without its zero point, as floats; what is computed has a zero point of 0.
    fn without_zero(&mut self, fused: &Fused, place: usize, zero: usize, axis: i64) -> Result<Id, Problem> {
        let id = fused.input(place)?;
        if self.flat.values[id].array.is_none() {
            let is_float = self.flat.values[id].kind == Type::Real;
            let zero = fused.optional(zero).and_then(|id| self.flat.values[id].array.as_ref()?.only());
            let problem = || Problem::new("it goes over whole numbers that are an input of the network");
            return (is_float && zero.unwrap_or(0.0) == 0.0).then_some(id).ok_or_else(problem);
        }
        let one = self.number(1.0);
        let inputs = [Some(id), Some(one), fused.optional(zero)];
        self.dequantized(&Fused { node: fused.node, inputs: &inputs }, [0, 1, 2], axis)
    }

    fn product_of_integers(&mut self, fused: &Fused, op: &str) -> Result<Id, Problem> {
        let axis = if op == "MatMul" { -1 } else { 0 };
        let a = self.without_zero(fused, 0, 2, axis)?;
        let b = self.without_zero(fused, 1, 3, axis)?;
        let attributes = if op == "Conv" { Rc::clone(&fused.node.attributes) } else { Rc::default() };
        let made = self.apply(&fused.node.name, op, attributes, vec![Some(a), Some(b)], 1)?;
        made.first().copied().ok_or_else(|| Problem::new("it has no result"))
    }

    /// Floats times weights of whole numbers.
    fn dynamic_product(&mut self, fused: &Fused) -> Result<Id, Problem> {
        let kernel = self.dequantized(fused, [1, 2, 3], -1)?;
        let product = self.one("MatMul", vec![], &[fused.input(0)?, kernel])?;
        match fused.optional(4) {
            Some(bias) => self.one("Add", vec![], &[product, bias]),
            None => Ok(product),
        }
    }

    fn product_to_float(&mut self, fused: &Fused) -> Result<Id, Problem> {
        let a = self.without_zero(fused, 0, 4, -1)?;
        let kernel = self.dequantized(fused, [1, 3, 5], -1)?;
        let product = self.one("MatMul", vec![], &[a, kernel])?;
        let product = self.one("Mul", vec![], &[product, fused.input(2)?])?;
        match fused.optional(6) {
            Some(bias) => self.one("Add", vec![], &[product, bias]),
            None => Ok(product),
        }
    }

    /// An LSTM whose weights are whole numbers, and turned against those of ONNX' own.
    fn dynamic_lstm(&mut self, fused: &Fused) -> Results {
        let mut kernels = Vec::new();
        for places in [[1, 8, 9], [2, 10, 11]] {
            let per_direction = fused.optional(places[1]).is_some_and(|id| self.flat.values[id].shape.len() == 1);
            let kernel = if per_direction {
                self.dequantized(fused, places, 0)?
            } else {
                self.dequantized_by_columns(fused, places)?
            };
            kernels.push(self.one("Transpose", vec![super::contrib::ints("perm", &[0, 2, 1])], &[kernel])?);
        }
        let mut inputs = fused.inputs[..fused.inputs.len().min(8)].to_vec();
        for (place, kernel) in kernels.into_iter().enumerate() {
            *inputs.get_mut(place + 1).ok_or_else(|| Problem::new("it has no weights"))? = Some(kernel);
        }
        let attributes = Rc::clone(&fused.node.attributes);
        self.apply(&fused.node.name, "LSTM", attributes, inputs, fused.node.outputs.len())
    }

    /// Weights with a scale for each direction and column.
    fn dequantized_by_columns(&mut self, fused: &Fused, places: [usize; 3]) -> Result<Id, Problem> {
        let shape = self.shape_of(fused.input(places[0])?);
        let [directions, rows, columns] = shape[..] else { return Err(Problem::new("its weights have no directions")) };
        let one = int("axis", 0);
        let mut all = Vec::new();
        for direction in 0..directions {
            let cut = |flattener: &mut Self, place: usize| -> Result<Option<Id>, Problem> {
                let Some(id) = fused.optional(place) else { return Ok(None) };
                let array = flattener.flat.values[id].array.clone();
                let array = array.filter(|array| array.shape.first() == Some(&directions));
                let array = array
                    .ok_or_else(|| Problem::new("its scales are not those of its directions"))?
                    .cut(0, direction, 1);
                let rest = array.shape[1..].to_vec();
                Ok(Some(flattener.constant("", array.shaped(rest))))
            };
            let inputs = [cut(self, places[0])?, cut(self, places[1])?, cut(self, places[2])?];
            let part = self.dequantized(&Fused { node: fused.node, inputs: &inputs }, [0, 1, 2], -1)?;
            let shape = super::contrib::ints("shape", &[1, rows as i64, columns as i64]);
            all.push(Some(self.one("Reshape", vec![shape], &[part])?));
        }
        self.maybe("Concat", vec![one], &all)
    }
}
