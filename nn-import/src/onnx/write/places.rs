//! Values in the order of axes that an operation needs.

use super::{Done, NONE, Place, Writer};
use crate::onnx::array::Array;
use crate::onnx::flat::{Id, Op, Problem};
use crate::onnx::shapes;
use crate::script::{Operand, Value};

use crate::onnx::flat::Call;

impl Writer<'_> {
    /// The sizes of some axes of a value of the file.
    pub fn sizes(&self, id: Id, axes: &[usize]) -> Vec<usize> {
        let shape = self.shape(id);
        axes.iter().map(|axis| shape.get(*axis).copied().unwrap_or(1)).collect()
    }

    /// The axes that are more than one element long, in the order in which they lie.
    pub fn long(&self, id: Id, axes: &[usize]) -> Vec<usize> {
        let shape = self.shape(id);
        axes.iter().copied().filter(|axis| shape.get(*axis).is_some_and(|size| *size != 1)).collect()
    }

    /// A value with its axes in this order, which has to name all that are longer than 1.
    pub fn ordered(&mut self, id: Id, target: &[usize]) -> Result<Value, Problem> {
        let Place { value, axes, .. } = self.place(id)?;
        if axes == target {
            return Ok(value);
        }
        let (lies, wanted) = (self.long(id, &axes), self.long(id, target));
        if lies == wanted {
            return Ok(self.viewed(value, &self.sizes(id, target)));
        }
        let place = |all: &[usize], axis: &usize| all.iter().position(|other| other == axis);
        let is_order = axes.len() == target.len() && !target.contains(&NONE);
        let order: Option<Vec<usize>> = target.iter().map(|axis| place(&axes, axis)).collect();
        if let (true, Some(order)) = (is_order, order) {
            return Ok(self.permuted(value, &order));
        }
        let value = self.viewed(value, &self.sizes(id, &lies));
        let order: Option<Vec<usize>> = wanted.iter().map(|axis| place(&lies, axis)).collect();
        let order = order.filter(|order| order.len() == lies.len());
        let order = order.ok_or_else(|| Problem::new("its axes are not in an order that can be written"))?;
        let value = self.permuted(value, &order);
        Ok(self.viewed(value, &self.sizes(id, target)))
    }

    /// The same elements under another shape.
    pub fn viewed(&mut self, value: Value, shape: &[usize]) -> Value {
        let shape = if shape.is_empty() { &[1] } else { shape };
        if self.shapes.get(&value).is_some_and(|own| own == shape) {
            return value;
        }
        let origin = self.views.get(&value).copied().unwrap_or(value);
        if self.shapes.get(&origin).is_some_and(|own| own == shape) {
            return origin;
        }
        let text = shape.iter().map(usize::to_string).collect::<Vec<_>>().join(", ");
        let key = (origin, text.clone());
        if let Some(value) = self.moved.get(&key) {
            return *value;
        }
        let made = match shape {
            [_] => self.layer("Flatten", "", vec![Operand::Value(origin)], "flat"),
            _ => self.layer("Reshape", &text, vec![Operand::Value(origin)], "shaped"),
        };
        self.shapes.insert(made, shape.to_vec());
        self.views.insert(made, origin);
        self.moved.insert(key, made);
        made
    }

    fn permuted(&mut self, value: Value, order: &[usize]) -> Value {
        let text = order.iter().map(|axis| (axis + 1).to_string()).collect::<Vec<_>>().join(", ");
        let key = (value, format!("permuted {text}"));
        if let Some(value) = self.moved.get(&key) {
            return *value;
        }
        let made = self.layer("Permute", &text, vec![Operand::Value(value)], "permuted");
        let own = self.shapes.get(&value).cloned().unwrap_or_default();
        self.shapes.insert(made, order.iter().map(|axis| own.get(*axis).copied().unwrap_or(1)).collect());
        self.moved.insert(key, made);
        made
    }

    /// Token ids as numbers.
    pub fn real(&mut self, id: Id) -> Done {
        let place = self.place(id)?;
        if place.is_ids {
            let value = self.layer("Cast", "float", vec![Operand::Value(place.value)], "numbers");
            let shape = self.shapes.get(&place.value).cloned().unwrap_or_default();
            self.shapes.insert(value, shape);
            self.places.insert(id, Place { value, is_ids: false, ..place });
        }
        Ok(())
    }

    /// An operation's result, whose shape follows from its axes.
    pub fn made(&mut self, op: &Op, value: Value, axes: Vec<usize>) {
        let shape = op.outputs.first().map(|id| self.sizes(*id, &axes)).unwrap_or_default();
        self.shapes.insert(value, if shape.is_empty() { vec![1] } else { shape });
        self.gives(op, value, axes);
    }

    pub fn transpose(&mut self, op: &Op, call: &Call) -> Done {
        let id = Self::id(op, 0)?;
        let order = shapes::order(call)?;
        let place = self.place(id)?;
        let to = |axis: &usize| order.iter().position(|from| from == axis).unwrap_or(NONE);
        let axes = place.axes.iter().map(to).collect();
        if let Some(out) = op.outputs.first() {
            self.places.insert(*out, Place { axes, ..place });
        }
        Ok(())
    }

    /// The operands of a function of single elements, so that they meet as in NumPy, and the order of the result's axes.
    pub fn together(&mut self, op: &Op) -> Result<(Vec<usize>, Vec<Operand>), Problem> {
        let ids: Vec<Id> = op.inputs.iter().copied().flatten().collect();
        let out = op.outputs.first().copied().ok_or_else(|| Problem::new("it has no output"))?;
        let shape = self.shape(out).to_vec();
        let values: Vec<Id> = ids.iter().copied().filter(|id| self.places.contains_key(id)).collect();
        values.iter().try_for_each(|id| self.real(*id))?;
        let len = |id: &Id| self.shape(*id).iter().product::<usize>();
        let most = values.iter().map(len).max().unwrap_or(0);
        let lead = values.iter().copied().find(|id| len(id) == most);
        let lead = lead.ok_or_else(|| Problem::new("all of its inputs are constants"))?;
        let before = shape.len() - self.shape(lead).len();
        let axes = self.place(lead)?.axes;
        let mut order: Vec<usize> = axes.iter().filter(|axis| **axis != NONE).map(|axis| axis + before).collect();
        for axis in (0..shape.len()).filter(|axis| shape[*axis] != 1) {
            if !order.contains(&axis) {
                let at = order.iter().position(|other| *other > axis).unwrap_or(order.len());
                order.insert(if order.is_sorted() { at } else { 0 }, axis);
            }
        }
        let met = values.iter().try_fold(Vec::new(), |met, id| shapes::meet(&met, self.shape(*id)))?;
        let mut operands = Vec::new();
        for id in ids {
            let array = self.flat.values[id].array.clone();
            operands.push(match array {
                Some(array) => self.constant_operand(id, &array, &order, &shape, met == shape),
                None => Operand::Value(self.aligned(id, &order, shape.len())?),
            });
        }
        Ok((order, operands))
    }

    /// The axes of a value for those of a result that it meets others in; without those of size 1 before all others.
    fn target(&self, id: Id, order: &[usize], rank: usize) -> Vec<usize> {
        let before = rank - self.shape(id).len();
        let all: Vec<usize> = order.iter().map(|axis| axis.checked_sub(before).unwrap_or(NONE)).collect();
        let sizes = self.sizes(id, &all);
        let ones = sizes.iter().take_while(|size| **size == 1).count();
        all[ones..].to_vec()
    }

    fn aligned(&mut self, id: Id, order: &[usize], rank: usize) -> Result<Value, Problem> {
        let target = self.target(id, order, rank);
        let Place { value, axes, .. } = self.place(id)?;
        let ends_so = axes.len() <= order.len() && axes.ends_with(&target);
        if ends_so && self.sizes(id, &axes[..axes.len() - target.len()]).iter().all(|size| *size == 1) {
            return Ok(value);
        }
        self.ordered(id, &target)
    }

    /// A constant as a number where it is one, and as a free weight where not.
    fn constant_operand(&mut self, id: Id, array: &Array, order: &[usize], shape: &[usize], fits: bool) -> Operand {
        if let (Some(number), true) = (array.only().filter(|number| number.is_finite()), fits) {
            return Operand::Number(super::elementwise::short(number));
        }
        let (arranged, sizes) = self.arranged(id, array, order, shape.len());
        let hint = self.weight_hint(id);
        Operand::Value(self.free(&arranged, &sizes, &hint))
    }

    /// A constant in the order of a result's axes, and its shape there.
    pub fn arranged(&self, id: Id, array: &Array, order: &[usize], rank: usize) -> (Array, Vec<usize>) {
        let target = self.target(id, order, rank);
        let sizes = self.sizes(id, &target);
        let mut axes: Vec<usize> = target.into_iter().filter(|axis| *axis != NONE).collect();
        let missing = (0..array.shape.len()).filter(|axis| !axes.contains(axis)).collect::<Vec<_>>();
        axes.extend(missing);
        let sizes = if sizes.is_empty() { vec![1] } else { sizes };
        (array.permuted(&axes), sizes)
    }

    pub fn weight_hint(&self, id: Id) -> String {
        let name = self.flat.values[id].name.rsplit('/').next().unwrap_or("");
        let is_word = name.chars().next().is_some_and(|c| c.is_ascii_alphabetic());
        if is_word && name.len() < 40 && !name.contains("::") { name.to_owned() } else { "constant".to_owned() }
    }
}
