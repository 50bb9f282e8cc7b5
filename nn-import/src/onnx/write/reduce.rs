//! What goes along axes: sums, means, maxima, softmax.

use super::elementwise::list;
use super::{Done, NONE, Writer};
use crate::onnx::flat::{Call, Id, Op, Problem, axis_of};
use crate::onnx::shapes;
use crate::script::{Operand, Value};

impl Writer<'_> {
    pub fn reduce(&mut self, op: &Op, call: &Call) -> Done {
        let axes = shapes::reduced_axes(call)?;
        let class = match call.op {
            "ReduceSum" => "Sum",
            "ReduceMean" => "Mean",
            "ReduceMax" => "Max",
            "ReduceMin" => "Min",
            "ReduceProd" => "Prod",
            "ReduceL2" => "Norm",
            _ => return self.reduced_after(op, call, &axes),
        };
        let (value, places) = self.over(op, &axes, class)?;
        self.made(op, value, places);
        Ok(())
    }

    /// Reductions of squares, magnitudes and exponentials.
    fn reduced_after(&mut self, op: &Op, call: &Call, axes: &[usize]) -> Done {
        let (before, behind) = match call.op {
            "ReduceSumSquare" => ("Square", None),
            "ReduceL1" => ("Abs", None),
            "ReduceLogSumExp" => ("Exp", Some("Log")),
            _ => return Err(Problem::new("this reduction is not taken")),
        };
        let (place, value) = self.only(op)?;
        let id = Self::id(op, 0)?;
        let value = self.layer(before, "", vec![Operand::Value(value)], "before");
        let (mut value, places) = self.reduced(id, value, &place, axes, "Sum");
        if let Some(behind) = behind {
            value = self.layer(behind, "", vec![Operand::Value(value)], "behind");
        }
        let places = self.renamed(op, id, places, axes);
        self.made(op, value, places);
        Ok(())
    }

    /// The only input, reduced over axes of the file, and the axes of the result.
    fn over(&mut self, op: &Op, axes: &[usize], class: &str) -> Result<(Value, Vec<usize>), Problem> {
        let id = Self::id(op, 0)?;
        let (place, value) = self.only(op)?;
        let (value, places) = self.reduced(id, value, &place, axes, class);
        let places = self.renamed(op, id, places, axes);
        Ok((value, places))
    }

    fn reduced(&mut self, id: Id, value: Value, place: &[usize], axes: &[usize], class: &str) -> (Value, Vec<usize>) {
        let over: Vec<usize> = (0..place.len()).filter(|at| axes.contains(&place[*at])).collect();
        let left: Vec<usize> = place.iter().copied().filter(|axis| !axes.contains(axis)).collect();
        if over.iter().all(|at| self.shape(id)[place[*at]] == 1)
            && matches!(class, "Sum" | "Mean" | "Max" | "Min" | "Prod")
        {
            let value = self.viewed(value, &self.sizes(id, &left));
            return (value, left);
        }
        let is_global =
            over.len() + 1 == place.len() && over.iter().enumerate().all(|(i, at)| i == *at) && over.len() <= 2;
        let value = match class {
            "Mean" if is_global => {
                self.layer(&format!("GlobalAvgPool{}D", over.len()), "", vec![Operand::Value(value)], "mean")
            }
            "Max" if is_global => {
                self.layer(&format!("GlobalMaxPool{}D", over.len()), "", vec![Operand::Value(value)], "max")
            }
            class => {
                let at: Vec<usize> = over.iter().map(|at| at + 1).collect();
                let arguments = if left.is_empty() { String::new() } else { format!("axis = {}", list(&at)) };
                self.layer(class, &arguments, vec![Operand::Value(value)], &class.to_ascii_lowercase())
            }
        };
        (value, left)
    }

    /// Axes as the result counts them.
    fn renamed(&self, op: &Op, id: Id, places: Vec<usize>, axes: &[usize]) -> Vec<usize> {
        let out = op.outputs.first().map_or(0, |out| self.shape(*out).len());
        if out == self.shape(id).len() {
            return places;
        }
        let name =
            |axis: usize| if axis == NONE { NONE } else { axis - axes.iter().filter(|other| **other < axis).count() };
        places.into_iter().map(name).collect()
    }

    pub fn global_pool(&mut self, op: &Op) -> Done {
        let id = Self::id(op, 0)?;
        let axes: Vec<usize> = (2..self.shape(id).len()).collect();
        let class = if op.op == "GlobalMaxPool" { "Max" } else { "Mean" };
        let (order, value) = self.only(op)?;
        let (value, places) = self.reduced(id, value, &order, &axes, class);
        self.made(op, value, places);
        Ok(())
    }

    pub fn softmax(&mut self, op: &Op, call: &Call) -> Done {
        let id = Self::id(op, 0)?;
        let shape = self.shape(id).to_vec();
        let is_old = call.opset < 13;
        let axis = axis_of(call.int("axis", if is_old { 1 } else { -1 }), shape.len())?;
        let (mut place, mut value) = self.only(op)?;
        // Before opset 13 all axes from one on were one.
        let over: Vec<usize> = (axis..shape.len()).filter(|axis| shape[*axis] != 1).collect();
        let over = if is_old { over } else { vec![axis] };
        let class = if call.op == "Softmax" { "Softmax" } else { "LogSoftmax" };
        let hint = self.hint(op);
        if let [axis] = over.as_slice() {
            if !place.contains(axis) {
                return Err(Problem::new("it goes along an axis of one element"));
            }
            let at = place.iter().position(|other| other == axis).unwrap_or(0);
            let arguments = if at + 1 == place.len() { String::new() } else { format!("axis = {}", at + 1) };
            value = self.layer(class, &arguments, vec![Operand::Value(value)], &hint);
        } else {
            place = (0..shape.len()).filter(|axis| shape[*axis] != 1).collect();
            value = self.ordered(id, &place)?;
            let mut sizes = self.sizes(id, &place);
            let inner: usize = over.iter().map(|axis| shape[*axis]).product();
            sizes.truncate(place.len() - over.len());
            sizes.push(inner);
            value = self.viewed(value, &sizes);
            value = self.layer(class, "", vec![Operand::Value(value)], &hint);
            self.shapes.insert(value, sizes);
            value = self.viewed(value, &self.sizes(id, &place));
        }
        self.made(op, value, place);
        Ok(())
    }

    pub fn along(&mut self, op: &Op, call: &Call) -> Done {
        let id = Self::id(op, 0)?;
        let rank = self.shape(id).len();
        let given = match call.op {
            "CumSum" => call.constant(1, "axis")?.and_then(|axis| axis.to_ints().first().copied()).unwrap_or(0),
            _ => call.int("axis", 0),
        };
        let axis = axis_of(given, rank)?;
        if call.int("exclusive", 0) != 0 || call.int("reverse", 0) != 0 || call.int("select_last_index", 0) != 0 {
            return Err(Problem::new("it goes the other way"));
        }
        let (place, value) = self.only(op)?;
        let Some(at) = place.iter().position(|other| *other == axis) else {
            return Err(Problem::new("it goes along an axis of one element"));
        };
        let hint = self.hint(op);
        let arguments = format!("axis = {}", at + 1);
        let value = self.layer(call.op, &arguments, vec![Operand::Value(value)], &hint);
        if call.op == "CumSum" {
            self.made(op, value, place);
            return Ok(());
        }
        let left: Vec<usize> = place.iter().copied().filter(|other| *other != axis).collect();
        let places = self.renamed(op, id, left, &[axis]);
        self.made(op, value, places);
        Ok(())
    }
}
