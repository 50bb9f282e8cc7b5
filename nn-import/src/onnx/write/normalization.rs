//! Normalizations, by the axes that they go over.

use super::elementwise::{list, short};
use super::{Done, Weighted, Writer, arguments};
use crate::onnx::array::{Array, Type};
use crate::onnx::flat::{Call, Op, Problem, axis_of};
use crate::script::Operand;

impl Writer<'_> {
    pub fn batch_normalization(&mut self, op: &Op, call: &Call) -> Done {
        let id = Self::id(op, 0)?;
        let epsilon = short(call.float("epsilon", 1e-5));
        let mut arrays = Vec::new();
        for (place, what) in [(1, "scale"), (2, "offset"), (3, "mean"), (4, "variance")] {
            let array = call.constant(place, what)?.ok_or_else(|| Problem::new(format!("it has no {what}")))?;
            arrays.push(array.clone());
        }
        let shape = self.shape(id).to_vec();
        let channels = shape.get(1).copied().unwrap_or(0);
        if arrays.iter().any(|array| array.shape != [channels]) {
            return Err(Problem::new(format!("its arrays are not of the {channels} channels of its input")));
        }
        self.real(id)?;
        let mut axes = self.place(id)?.axes;
        if !axes.contains(&1) {
            axes = self.long(id, &axes);
            axes.push(1);
        }
        let value = self.ordered(id, &axes)?;
        let at = axes.iter().position(|axis| *axis == 1).unwrap_or(0);
        let axis = if at + 1 == axes.len() { String::new() } else { format!("axis = {}", at + 1) };
        let scale = Self::id(op, 1)?;
        let layer = Weighted {
            class: "BatchNormalization",
            arguments: arguments([axis, format!("epsilon = {epsilon:?}")]),
            sources: arrays.clone(),
            arrays,
            name: self.name_of(scale),
        };
        let value = self.weighted(op, layer, vec![Operand::Value(value)], 1);
        self.made(op, value, axes);
        Ok(())
    }

    /// Of the axes from one on, as ONNX has them, or of those that are named by what was recognised.
    pub fn layer_normalization(&mut self, op: &Op, call: &Call) -> Done {
        let id = Self::id(op, 0)?;
        let shape = self.shape(id).to_vec();
        let over: Vec<usize> = match call.ints("axes") {
            Some(axes) => axes.iter().map(|axis| axis_of(*axis, shape.len())).collect::<Result<_, _>>()?,
            None => (axis_of(call.int("axis", -1), shape.len())?..shape.len()).collect(),
        };
        let over: Vec<usize> = over.into_iter().filter(|axis| shape[*axis] != 1).collect();
        if over.is_empty() {
            return Err(Problem::new("it normalizes single elements"));
        }
        self.real(id)?;
        let mut axes = self.long(id, &self.place(id)?.axes);
        // The weights of several axes lie as these do.
        let lies: Vec<usize> = axes.iter().copied().filter(|axis| over.contains(axis)).collect();
        if lies != over {
            axes.retain(|axis| !over.contains(axis));
            axes.extend(&over);
        }
        let value = self.ordered(id, &axes)?;
        let is_rms = op.op == "RMSNormalization";
        let scale = self.weight_along(call, 1, "scale", &shape, &over)?;
        let offset = if is_rms { None } else { self.weight_along(call, 2, "offset", &shape, &over)? };
        let flat: Vec<usize> = over.iter().map(|axis| shape[*axis]).collect();
        let ones = || Array::new(Type::Real, flat.clone(), vec![1.0; flat.iter().product()]);
        let (center, scaled) = match (is_rms, &offset, &scale) {
            (true, ..) | (false, Some(_), Some(_)) => ("", ""),
            (false, None, Some(_)) => ("center = false", ""),
            (false, Some(_), None) => ("", "scale = false"),
            (false, None, None) => ("center = false", "scale = false"),
        };
        let scale = scale.or_else(|| is_rms.then(ones));
        let at: Vec<usize> = (0..axes.len()).filter(|at| over.contains(&axes[*at])).map(|at| at + 1).collect();
        let axis = if at == [axes.len()] { String::new() } else { format!("axis = {}", list(&at)) };
        let epsilon = format!("epsilon = {:?}", short(call.float("epsilon", 1e-5)));
        let arrays: Vec<Array> = scale.into_iter().chain(offset).collect();
        let layer = Weighted {
            class: if is_rms { "RMSNormalization" } else { "LayerNormalization" },
            arguments: arguments([axis, epsilon, center.to_owned(), scaled.to_owned()]),
            sources: arrays.clone(),
            arrays,
            name: op.inputs.get(1).copied().flatten().and_then(|id| self.name_of(id)),
        };
        let value = self.weighted(op, layer, vec![Operand::Value(value)], 1);
        self.made(op, value, axes);
        Ok(())
    }

    /// A weight with a number for each place of these axes.
    fn weight_along(
        &self,
        call: &Call,
        place: usize,
        what: &str,
        shape: &[usize],
        over: &[usize],
    ) -> Result<Option<Array>, Problem> {
        let Some(array) = call.constant(place, what)? else { return Ok(None) };
        let sizes: Vec<usize> = over.iter().map(|axis| shape[*axis]).collect();
        let count: usize = sizes.iter().product();
        let values = match array.values.len() {
            1 => vec![array.values[0]; count],
            len if len == count => array.values.to_vec(),
            _ => return Err(Problem::new(format!("its {what} has the shape {:?}", array.shape))),
        };
        Ok(Some(Array::new(array.kind, sizes, values)))
    }

    /// Over the axes of space, each channel or some of them by themselves.
    pub fn group_normalization(&mut self, op: &Op, call: &Call) -> Done {
        let id = Self::id(op, 0)?;
        let shape = self.shape(id).to_vec();
        let channels = shape.get(1).copied().ok_or_else(|| Problem::new("its input has no channels"))?;
        if shape[0] != 1 {
            return Err(Problem::new(format!("it has a batch of {} within the network", shape[0])));
        }
        let groups = match op.op.as_str() {
            "InstanceNormalization" => channels,
            _ => usize::try_from(call.int("num_groups", 0)).unwrap_or(0),
        };
        if groups == 0 || channels % groups != 0 {
            return Err(Problem::new(format!("it puts {channels} channels into {groups} groups")));
        }
        let mut arrays = Vec::new();
        for (place, what) in [(1, "scale"), (2, "offset")] {
            let array = call.constant(place, what)?.ok_or_else(|| Problem::new(format!("it has no {what}")))?;
            // Before opset 21 there is one for each group.
            let values: Vec<f64> = match array.values.len() {
                len if len == channels => array.values.to_vec(),
                len if len == groups => (0..channels).map(|at| array.values[at / (channels / groups)]).collect(),
                _ => return Err(Problem::new(format!("its {what} has the shape {:?}", array.shape))),
            };
            arrays.push(Array::new(array.kind, vec![channels], values));
        }
        self.real(id)?;
        let mut axes = self.long(id, &self.place(id)?.axes);
        if !axes.contains(&1) {
            axes.push(1);
        }
        let value = self.ordered(id, &axes)?;
        let at = axes.iter().position(|axis| *axis == 1).unwrap_or(0);
        let axis = if at + 1 == axes.len() { String::new() } else { format!("axis = {}", at + 1) };
        let scale = Self::id(op, 1)?;
        let epsilon = format!("epsilon = {:?}", short(call.float("epsilon", 1e-5)));
        let layer = Weighted {
            class: "GroupNormalization",
            arguments: arguments([groups.to_string(), axis, epsilon]),
            sources: arrays.clone(),
            arrays,
            name: self.name_of(scale),
        };
        let value = self.weighted(op, layer, vec![Operand::Value(value)], 1);
        self.made(op, value, axes);
        Ok(())
    }
}
