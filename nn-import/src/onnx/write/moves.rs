//! What takes elements from somewhere and puts them elsewhere.

use super::elementwise::list;
use super::{Done, NONE, Place, Writer};
use crate::onnx::array::Array;
use crate::onnx::flat::{Call, Id, Op, Problem, axis_of};
use crate::onnx::shapes::{self, Part};
use crate::script::{Operand, Value, What};

impl Writer<'_> {
    pub fn cast(&mut self, op: &Op) -> Done {
        let id = Self::id(op, 0)?;
        let out = op.outputs.first().copied().ok_or_else(|| Problem::new("it has no output"))?;
        let is_real = self.flat.values[out].kind != crate::onnx::array::Type::Int;
        if is_real {
            self.real(id)?;
        }
        let from = self.flat.values[id].kind;
        let rounds =
            self.flat.values[out].kind == crate::onnx::array::Type::Int && from == crate::onnx::array::Type::Real;
        if rounds {
            return Err(Problem::new("it makes whole numbers of floats while the network runs"));
        }
        let place = self.place(id)?;
        self.places.insert(out, place);
        Ok(())
    }

    pub fn concat(&mut self, op: &Op, call: &Call) -> Done {
        let out = op.outputs.first().copied().ok_or_else(|| Problem::new("it has no output"))?;
        let rank = self.shape(out).len();
        let axis = axis_of(call.int("axis", 1), rank)?;
        let ids: Vec<Id> = op.inputs.iter().copied().flatten().collect();
        let lead = ids
            .iter()
            .copied()
            .filter(|id| self.places.contains_key(id))
            .max_by_key(|id| (self.shape(*id).iter().product::<usize>(), std::cmp::Reverse(*id)));
        let lead = lead.ok_or_else(|| Problem::new("all of its inputs are constants"))?;
        if let [_] = ids.as_slice() {
            let place = self.place(lead)?;
            self.places.insert(out, place);
            return Ok(());
        }
        let order = self.joined_order(lead, out, axis)?;
        let mut operands = Vec::new();
        for id in ids {
            let array = self.flat.values[id].array.clone();
            let value = match array {
                Some(array) => {
                    let mut axes = order.clone();
                    axes.extend((0..rank).filter(|axis| !order.contains(axis)));
                    let hint = self.weight_hint(id);
                    self.free(&array.permuted(&axes), &self.sizes(id, &order), &hint)
                }
                None => {
                    self.real(id)?;
                    self.ordered(id, &order)?
                }
            };
            operands.push(Operand::Value(value));
        }
        let at = order.iter().position(|other| *other == axis).unwrap_or(0);
        let arguments = if at + 1 == order.len() { String::new() } else { format!("axis = {}", at + 1) };
        let value = self.layer("Concatenate", &arguments, operands, "joined");
        self.made(op, value, order);
        Ok(())
    }

    /// The order of the axes of what is put together: that of an input, with the axis along which it happens.
    fn joined_order(&self, lead: Id, out: Id, axis: usize) -> Result<Vec<usize>, Problem> {
        let lies = self.place(lead)?.axes;
        let mut order: Vec<usize> = lies.into_iter().filter(|axis| *axis != NONE).collect();
        let shape = self.shape(out);
        order.retain(|other| shape[*other] != 1 || *other == axis);
        if !order.contains(&axis) {
            let at = order.iter().position(|other| *other > axis).unwrap_or(order.len());
            order.insert(if order.is_sorted() { at } else { 0 }, axis);
        }
        Ok(order)
    }

    pub fn slice(&mut self, op: &Op, call: &Call) -> Done {
        let parts = shapes::slice(call)?;
        let id = Self::id(op, 0)?;
        let out = op.outputs.first().copied().ok_or_else(|| Problem::new("it has no output"))?;
        self.real(id)?;
        self.part(id, out, &parts, None)
    }

    /// A part of a value; the axis that is dropped takes its only element away.
    fn part(&mut self, id: Id, out: Id, parts: &[Part], dropped: Option<usize>) -> Done {
        let Place { value, axes, .. } = self.place(id)?;
        let shape = self.shape(id);
        let renamed = |axis: usize| match dropped {
            Some(dropped) if axis > dropped => axis - 1,
            _ => axis,
        };
        let (mut texts, mut kept, mut sizes) = (Vec::new(), Vec::new(), Vec::new());
        for axis in axes.iter().copied() {
            let is_whole = axis == NONE || parts[axis] == Part { start: 0, step: 1, count: shape[axis] };
            let goes = axis != NONE && dropped == Some(axis);
            texts.push(match axis {
                _ if goes && parts[axis].count == 1 => parts[axis].start.to_string(),
                _ if is_whole => "..".to_owned(),
                axis => range(parts[axis], shape[axis])?,
            });
            if !goes {
                kept.push(if axis == NONE { NONE } else { renamed(axis) });
                sizes.push(if axis == NONE { 1 } else { parts[axis].count });
            }
        }
        // What nothing is cut from is itself.
        if parts.iter().zip(shape).all(|(part, size)| part.count == *size && part.step == 1)
            && !axes.iter().any(|axis| dropped == Some(*axis))
        {
            self.places.insert(out, Place { value, axes: kept, is_ids: false });
            return Ok(());
        }
        if kept.is_empty() {
            // The language knows no value without axes.
            texts = axes.iter().map(|axis| format!("{}..{}", parts[*axis].start, parts[*axis].start + 1)).collect();
            sizes = vec![1; axes.len()];
            kept = vec![NONE; axes.len()];
        }
        while texts.len() > 1 && texts.last().is_some_and(|text| text == "..") {
            texts.pop();
        }
        let key = (value, format!("[{}]", texts.join(", ")));
        let made = match self.moved.get(&key) {
            Some(made) => *made,
            None => self.script.push(What::Slice(texts.join(", ")), vec![Operand::Value(value)], 1, "part"),
        };
        self.moved.insert(key, made);
        self.shapes.insert(made, sizes);
        self.places.insert(out, Place { value: made, axes: kept, is_ids: false });
        Ok(())
    }

    pub fn split(&mut self, op: &Op, call: &Call) -> Done {
        let (axis, sizes) = shapes::split(call)?;
        let id = Self::id(op, 0)?;
        self.real(id)?;
        let whole: Vec<Part> = self.shape(id).iter().map(|size| Part { start: 0, step: 1, count: *size }).collect();
        let mut start = 0;
        for (out, count) in op.outputs.iter().zip(sizes) {
            let mut parts = whole.clone();
            parts[axis] = Part { start, step: 1, count };
            start += count;
            if self.uses.contains_key(out) {
                self.part(id, *out, &parts, None)?;
            }
        }
        Ok(())
    }

    pub fn gather(&mut self, op: &Op, call: &Call) -> Done {
        let (data, indices) = (Self::id(op, 0)?, Self::id(op, 1)?);
        let axis = axis_of(call.int("axis", 0), self.shape(data).len())?;
        let out = op.outputs.first().copied().ok_or_else(|| Problem::new("it has no output"))?;
        if let Some(array) = self.flat.values[indices].array.clone() {
            self.real(data)?;
            return self.picked(data, out, axis, &array);
        }
        let table = self.flat.values[data].array.clone();
        let place = self.place(indices)?;
        let (Some(table), true) = (table, place.is_ids && axis == 0) else {
            return Err(Problem::new("it picks elements by numbers that are computed while the network runs"));
        };
        let [rows, ..] = table.shape[..] else { return Err(Problem::new("it picks elements of a number")) };
        let width: usize = table.shape[1..].iter().product();
        let layer = super::Weighted {
            class: "Embedding",
            arguments: format!("{rows}, {width}"),
            sources: vec![table.clone()],
            arrays: vec![table.shaped(vec![rows, width])],
            name: self.name_of(data),
        };
        let value = self.weighted(op, layer, vec![Operand::Value(place.value)], 1);
        let before = self.shape(indices).len();
        let mut sizes = self.shapes.get(&place.value).cloned().unwrap_or_default();
        sizes.push(width);
        self.shapes.insert(value, sizes);
        let mut axes = place.axes;
        match table.shape.len() {
            2 => axes.push(before),
            _ => {
                axes.extend(before..before + table.shape.len() - 1);
                let value = self.viewed(value, &self.sizes(out, &axes));
                self.places.insert(out, Place { value, axes, is_ids: false });
                return Ok(());
            }
        }
        self.places.insert(out, Place { value, axes, is_ids: false });
        Ok(())
    }

    /// Elements of an axis whose places are known.
    fn picked(&mut self, data: Id, out: Id, axis: usize, indices: &Array) -> Done {
        let shape = self.shape(data).to_vec();
        let places = indices.to_ints();
        let places = places.iter().map(|at| axis_of(*at, shape[axis])).collect::<Result<Vec<_>, _>>()?;
        let mut parts: Vec<Part> = shape.iter().map(|size| Part { start: 0, step: 1, count: *size }).collect();
        let first = *places.first().ok_or_else(|| Problem::new("it picks nothing"))?;
        let step = places.get(1).map_or(1, |second| *second as i64 - first as i64);
        let is_range =
            step != 0 && places.iter().enumerate().all(|(i, at)| *at as i64 == first as i64 + i as i64 * step);
        match indices.shape.len() {
            0 => {
                parts[axis] = Part { start: first, step: 1, count: 1 };
                self.part(data, out, &parts, Some(axis))
            }
            1 if is_range && step > 0 => {
                parts[axis] = Part { start: first, step, count: places.len() };
                self.part(data, out, &parts, None)
            }
            1 => self.rearranged(data, out, axis, &places),
            _ => Err(Problem::new("it picks elements by a table of indices")),
        }
    }

    /// Elements of an axis in another order: runs of them, put together.
    pub fn rearranged(&mut self, data: Id, out: Id, axis: usize, places: &[usize]) -> Done {
        const MOST: usize = 256;
        let order = self.joined_order(data, data, axis)?;
        let at = order.iter().position(|other| *other == axis).unwrap_or(0);
        let value = self.ordered(data, &order)?;
        let mut runs: Vec<Part> = Vec::new();
        for place in places {
            match runs.last_mut() {
                Some(run) if run.count == 1 && *place > run.start => {
                    *run = Part { start: run.start, step: (*place - run.start) as i64, count: 2 };
                }
                Some(run) if run.count > 1 && run.start + run.count * run.step as usize == *place => run.count += 1,
                _ => runs.push(Part { start: *place, step: 1, count: 1 }),
            }
        }
        if runs.len() > MOST {
            return Err(Problem::new(format!("it puts {} elements into another order", places.len())));
        }
        let before = "..".to_owned();
        let mut parts = Vec::new();
        for run in runs {
            let mut texts = vec![before.clone(); at];
            texts.push(range(run, self.shape(data)[axis])?);
            parts.push(Operand::Value(self.script.push(
                What::Slice(texts.join(", ")),
                vec![Operand::Value(value)],
                1,
                "part",
            )));
        }
        let made = match parts.as_slice() {
            [Operand::Value(one)] => *one,
            _ => {
                let arguments = if at + 1 == order.len() { String::new() } else { format!("axis = {}", at + 1) };
                self.layer("Concatenate", &arguments, parts, "rearranged")
            }
        };
        self.shapes.insert(made, self.sizes(out, &order));
        self.places.insert(out, Place { value: made, axes: order, is_ids: false });
        Ok(())
    }

    pub fn pad(&mut self, op: &Op, call: &Call) -> Done {
        let pads = shapes::pads(call)?;
        let id = Self::id(op, 0)?;
        self.real(id)?;
        let mode = match call.text("mode") {
            "" | "constant" => "constant",
            mode @ ("reflect" | "edge") => mode,
            mode => return Err(Problem::new(format!("it pads by `{mode}`"))),
        };
        let value = call.number("value", 2)?.unwrap_or(0.0);
        if pads.iter().flatten().any(|pad| *pad < 0) {
            return self.cropped(op, id, &pads, mode == "constant");
        }
        let mut axes = self.long(id, &self.place(id)?.axes);
        for axis in (0..pads.len()).filter(|axis| pads[*axis] != [0, 0]) {
            if !axes.contains(&axis) {
                let at = axes.iter().position(|other| *other > axis).unwrap_or(axes.len());
                axes.insert(if axes.is_sorted() { at } else { 0 }, axis);
            }
        }
        let place = self.place(id)?;
        let fits = (0..pads.len()).all(|axis| pads[axis] == [0, 0] || place.axes.contains(&axis));
        let axes = if fits && !place.axes.contains(&NONE) { place.axes } else { axes };
        let from = self.ordered(id, &axes)?;
        let widths: Vec<[usize; 2]> = axes.iter().map(|axis| pads[*axis].map(|pad| pad as usize)).collect();
        let width = pairs(&widths);
        let arguments = match mode {
            "constant" if value == 0.0 => width,
            "constant" => format!("{width}, constant_values = {:?}", super::elementwise::short(value)),
            mode => format!("{width}, mode = {mode}"),
        };
        let value = self
            .zeros_around(from, &axes, &pads, mode == "constant" && value == 0.0)
            .unwrap_or_else(|| self.layer("Pad", &arguments, vec![Operand::Value(from)], "padded"));
        self.made(op, value, axes);
        Ok(())
    }

    /// Zeros around steps or pixels, as Keras has a layer for them.
    fn zeros_around(&mut self, from: Value, axes: &[usize], pads: &[[i64; 2]], is_zero: bool) -> Option<Value> {
        let last = axes.last()?;
        if !is_zero || !(2..=4).contains(&axes.len()) || pads[*last] != [0, 0] {
            return None;
        }
        let space: Vec<[usize; 2]> =
            axes[..axes.len() - 1].iter().map(|axis| pads[*axis].map(|pad| pad as usize)).collect();
        let class = format!("ZeroPadding{}D", space.len());
        Some(self.layer(&class, &ends(&space), vec![Operand::Value(from)], "padded"))
    }

    /// A `Pad` that takes away.
    fn cropped(&mut self, op: &Op, id: Id, pads: &[[i64; 2]], is_constant: bool) -> Done {
        if !is_constant || pads.iter().flatten().any(|pad| *pad > 0) {
            return Err(Problem::new("it adds on one side and takes away on another"));
        }
        let shape = self.shape(id);
        let part = |(size, [before, behind]): (&usize, &[i64; 2])| {
            let start = before.unsigned_abs() as usize;
            Part { start, step: 1, count: size.saturating_sub(start).saturating_sub(behind.unsigned_abs() as usize) }
        };
        let parts: Vec<Part> = shape.iter().zip(pads).map(part).collect();
        let out = op.outputs.first().copied().ok_or_else(|| Problem::new("it has no output"))?;
        self.part(id, out, &parts, None)
    }

    /// Axes of size 1 that are repeated.
    pub fn expand(&mut self, op: &Op) -> Done {
        let id = Self::id(op, 0)?;
        self.real(id)?;
        let out = op.outputs.first().copied().ok_or_else(|| Problem::new("it has no output"))?;
        let (from, to) = (self.shape(id).to_vec(), self.shape(out).to_vec());
        let before = to.len() - from.len();
        let size = |axis: usize| axis.checked_sub(before).map_or(1, |axis| from[axis]);
        let grown: Vec<usize> = (0..to.len()).filter(|axis| size(*axis) != to[*axis]).collect();
        let place = self.place(id)?;
        let mut order: Vec<usize> = place.axes.iter().filter(|axis| **axis != NONE).map(|axis| axis + before).collect();
        if grown.iter().any(|axis| size(*axis) != 1) {
            return self.tiled(id, out, &grown);
        }
        for axis in &grown {
            if !order.contains(axis) {
                let at = order.iter().position(|other| other > axis).unwrap_or(order.len());
                order.insert(if order.is_sorted() { at } else { 0 }, *axis);
            }
        }
        let target: Vec<usize> = order.iter().map(|axis| axis.checked_sub(before).unwrap_or(NONE)).collect();
        let value = self.ordered(id, &target)?;
        if grown.is_empty() {
            self.gives(op, value, order);
            return Ok(());
        }
        let ones: Vec<usize> = order.iter().map(|axis| if grown.contains(axis) { to[*axis] } else { 1 }).collect();
        let count = ones.iter().product();
        if count > 1 << 24 {
            return Err(Problem::new("it repeats a value too often"));
        }
        let array = Array::new(crate::onnx::array::Type::Real, ones.clone(), vec![1.0; count]);
        let ones = self.free(&array, &ones, "ones");
        let value =
            self.script.push(What::Infix('*'), vec![Operand::Value(value), Operand::Value(ones)], 1, "repeated");
        self.made(op, value, order);
        Ok(())
    }

    /// A value several times, one behind the other, along one axis.
    fn tiled(&mut self, id: Id, out: Id, grown: &[usize]) -> Done {
        let ([axis], true) = (grown, self.shape(id).len() == self.shape(out).len()) else {
            return Err(Problem::new("it repeats a value along several axes"));
        };
        let (size, times) = (self.shape(id)[*axis], self.shape(out)[*axis] / self.shape(id)[*axis].max(1));
        if times > 64 {
            return Err(Problem::new("it repeats a value too often"));
        }
        let places: Vec<usize> = (0..times).flat_map(|_| 0..size).collect();
        self.rearranged(id, out, *axis, &places)
    }
}

/// Pairs for the axes of space, as paddings and croppings take them.
pub fn ends(pairs: &[[usize; 2]]) -> String {
    if pairs.iter().all(|[before, behind]| before == behind) {
        let sizes: Vec<usize> = pairs.iter().map(|[before, _]| *before).collect();
        return super::tuple(&sizes);
    }
    let pair = |[before, behind]: &[usize; 2]| list(&[*before, *behind]);
    match pairs {
        [one] => pair(one),
        all => format!("({})", all.iter().map(pair).collect::<Vec<_>>().join(", ")),
    }
}

/// Pairs for all axes, as a `Pad` takes them: one alone would stand for each of them.
pub fn pairs(widths: &[[usize; 2]]) -> String {
    let pair = |[before, behind]: &[usize; 2]| format!("({before}, {behind})");
    match widths {
        [one] => pair(one),
        all => format!("({})", all.iter().map(pair).collect::<Vec<_>>().join(", ")),
    }
}

/// A range as a slice has it.
fn range(part: Part, size: usize) -> Result<String, Problem> {
    let Part { start, step, count } = part;
    if step < 0 && count > 1 {
        return Err(Problem::new("it takes elements from the end to the start"));
    }
    let end = start + count.saturating_sub(1) * step.unsigned_abs() as usize + 1;
    let text = match (start, end) {
        (0, end) if end == size => "..".to_owned(),
        (0, end) => format!("..{end}"),
        (start, end) if end == size => format!("{start}.."),
        (start, end) => format!("{start}..{end}"),
    };
    Ok(if step > 1 && count > 1 {
        // The last step may reach behind what is taken.
        let all = if start == 0 { "..".to_owned() } else { format!("{start}..") };
        let text = if (size - start).div_ceil(step as usize) == count { all } else { text };
        format!("({text}).step_by({step})")
    } else {
        text
    })
}
