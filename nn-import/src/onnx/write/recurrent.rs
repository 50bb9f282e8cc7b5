//! LSTM, GRU and RNN: gates in ONNX' order and two biases → Keras' layers.

use super::{Done, Weighted, Writer, arguments};
use crate::onnx::array::{Array, Type};
use crate::onnx::flat::{Call, Id, Op, Problem};
use crate::script::{Operand, Value, What};

/// What a recurrent node is told.
struct Recurrent {
    class: &'static str,
    units: usize,
    directions: usize,
    /// Gates of Keras by those of ONNX.
    gates: &'static [usize],
    options: String,
    reverse: bool,
    reset_after: bool,
}

impl Writer<'_> {
    pub fn recurrent(&mut self, op: &Op, call: &Call) -> Done {
        let id = Self::id(op, 0)?;
        let node = told(call)?;
        let shape = self.shape(id).to_vec();
        lengths(call, shape[0])?;
        let mut states = Vec::new();
        for place in [5, 6].into_iter().take(if node.class == "LSTM" { 2 } else { 1 }) {
            states.push(call.optional(place).and(op.inputs.get(place).copied().flatten()));
        }
        let uses = |writer: &Self, place: usize| op.outputs.get(place).is_some_and(|id| writer.uses.contains_key(id));
        let (all, last) = (uses(self, 0), uses(self, 1) || uses(self, 2));
        self.real(id)?;
        if shape[1] != 1 {
            return self.steps_written_out(op, call, &node, &states);
        }
        let operands = self.operands(id, &node, &states)?;
        let only_last = last && !all && !uses(self, 2);
        let flags = arguments([
            if all { "return_sequences = true".to_owned() } else { String::new() },
            if last && !only_last { "return_state = true".to_owned() } else { String::new() },
            if node.reverse { "go_backwards = true".to_owned() } else { String::new() },
        ]);
        let (kernels, sources) = weights(call, &node)?;
        let inner = arguments([node.units.to_string(), node.options.clone(), flags]);
        let layer = Weighted {
            class: if node.directions == 2 { "Bidirectional" } else { node.class },
            arguments: if node.directions == 2 { format!("{}<{inner}>", node.class) } else { inner },
            sources,
            arrays: kernels,
            name: None,
        };
        let cells = if node.class == "LSTM" { 2 } else { 1 };
        let results = if last && !only_last { 1 + cells * node.directions } else { 1 };
        let value = self.weighted(op, layer, operands, results);
        let Value::Result { node: made, .. } = value else { return Ok(()) };
        let result = |result: usize| Value::Result { node: made, result };
        if only_last {
            self.state(op, 1, &[value], &node);
            return Ok(());
        }
        self.sequence(op, value, &node, shape[0], all)?;
        for (place, first) in [(1, 1), (2, 2)].into_iter().take(cells) {
            if uses(self, place) {
                let of: Vec<Value> = (0..node.directions).map(|direction| result(first + direction * cells)).collect();
                let joined = match of.as_slice() {
                    [one] => *one,
                    all => {
                        let all = all.iter().map(|value| Operand::Value(*value)).collect();
                        self.layer("Concatenate", "", all, "state")
                    }
                };
                self.state(op, place, &[joined], &node);
            }
        }
        Ok(())
    }

    /// All steps: an axis of time, and one of units or of directions and units.
    fn sequence(&mut self, op: &Op, value: Value, node: &Recurrent, steps: usize, all: bool) -> Done {
        if !all {
            return Ok(());
        }
        let Some(out) = op.outputs.first().copied() else { return Ok(()) };
        self.shapes.insert(value, vec![steps, node.units * node.directions]);
        if node.reverse && steps > 1 {
            // Keras leaves the steps in the order in which they were computed.
            let place = super::Place { value, axes: vec![0, 3], is_ids: false };
            self.places.insert(out, place);
            let back: Vec<usize> = (0..steps).rev().collect();
            return self.rearranged(out, out, 0, &back);
        }
        let axes = if node.directions == 2 { vec![0, 1, 3] } else { vec![0, 3] };
        let value = self.viewed(value, &self.sizes(out, &axes));
        self.places.insert(out, super::Place { value, axes, is_ids: false });
        Ok(())
    }

    fn state(&mut self, op: &Op, place: usize, values: &[Value], node: &Recurrent) {
        let (Some(out), Some(value)) = (op.outputs.get(place).copied(), values.first().copied()) else { return };
        self.shapes.insert(value, vec![node.units * node.directions]);
        let axes = if node.directions == 2 { vec![0, 2] } else { vec![2] };
        let value = self.viewed(value, &self.sizes(out, &axes));
        self.places.insert(out, super::Place { value, axes, is_ids: false });
    }

    /// The steps, and the states to start from: for each direction its own.
    fn operands(&mut self, id: Id, node: &Recurrent, states: &[Option<Id>]) -> Result<Vec<Operand>, Problem> {
        let x = self.ordered(id, &[0, 2])?;
        let mut operands = vec![Operand::Value(x)];
        let is_zero = |id: &Id| self.flat.values[*id].array.as_ref().is_some_and(Array::is_zero);
        if states.iter().flatten().all(is_zero) {
            return Ok(operands);
        }
        for direction in 0..node.directions {
            for state in states {
                operands.push(Operand::Value(self.start(*state, direction, node)?));
            }
        }
        Ok(operands)
    }

    /// The state that one direction starts from.
    fn start(&mut self, state: Option<Id>, direction: usize, node: &Recurrent) -> Result<Value, Problem> {
        let array = match state {
            None => Some(Array::new(Type::Real, vec![node.units], vec![0.0; node.units])),
            Some(id) => self.flat.values[id].array.as_ref().map(|array| array.cut(0, direction, 1)),
        };
        if let Some(array) = array {
            if array.values.len() != node.units {
                return Err(Problem::new("its initial state has another size"));
            }
            return Ok(self.free(&array, &[node.units], "start"));
        }
        let id = state.ok_or_else(|| Problem::new("it has no initial state"))?;
        self.real(id)?;
        if self.shape(id) != [node.directions, 1, node.units] {
            return Err(Problem::new(format!("its initial state has the shape {:?}", self.shape(id))));
        }
        if node.directions == 1 {
            return self.ordered(id, &[2]);
        }
        let all = self.ordered(id, &[0, 2])?;
        let part = self.script.push(What::Slice(direction.to_string()), vec![Operand::Value(all)], 1, "start");
        self.shapes.insert(part, vec![node.units]);
        Ok(part)
    }

    /// Several samples beside each other: what one step computes, by dense layers.
    fn steps_written_out(&mut self, op: &Op, call: &Call, node: &Recurrent, states: &[Option<Id>]) -> Done {
        let id = Self::id(op, 0)?;
        let shape = self.shape(id).to_vec();
        if node.class != "GRU" || !node.reset_after || node.directions != 1 || shape[0] != 1 || !node.options.is_empty()
        {
            let text = format!("it goes over {} steps of {} samples beside each other", shape[0], shape[1]);
            return Err(Problem::new(text).help("bind a batch of 1"));
        }
        let x = self.ordered(id, &[1, 2])?;
        let start = states.first().copied().flatten().filter(|id| self.flat.values[*id].array.is_none());
        let Some(start) = start else { return Err(Problem::new("it starts several samples from a constant")) };
        self.real(start)?;
        let h = self.ordered(start, &[1, 2])?;
        let (kernels, sources) = weights(call, node)?;
        let [kernel, recurrent, bias] = kernels.as_slice() else { return Err(Problem::new("it has no bias")) };
        let units = node.units;
        let dense = |writer: &mut Self, array: &Array, row: usize, from: Value| {
            let bias = bias.cut(0, row, 1).shaped(vec![3 * units]);
            let layer = Weighted {
                class: "Dense",
                arguments: (3 * units).to_string(),
                sources: vec![array.clone(), bias.clone()],
                arrays: vec![array.clone(), bias],
                name: None,
            };
            writer.weighted(op, layer, vec![Operand::Value(from)], 1)
        };
        drop(sources);
        let (of_x, of_h) = (dense(self, kernel, 0, x), dense(self, recurrent, 1, h));
        let gate = |writer: &mut Self, of: Value, gate: usize| {
            let text = match gate {
                0 => format!(".., ..{units}"),
                2 => format!(".., {}..", 2 * units),
                gate => format!(".., {}..{}", gate * units, (gate + 1) * units),
            };
            writer.script.push(What::Slice(text), vec![Operand::Value(of)], 1, "gate")
        };
        let mut gates = Vec::new();
        for which in 0..2 {
            let (a, b) = (gate(self, of_x, which), gate(self, of_h, which));
            let sum = self.infix('+', a, b, "gate");
            gates.push(self.layer(
                "Sigmoid",
                "",
                vec![Operand::Value(sum)],
                if which == 0 { "update" } else { "reset" },
            ));
        }
        let (a, b) = (gate(self, of_x, 2), gate(self, of_h, 2));
        let kept = self.infix('*', gates[1], b, "kept");
        let sum = self.infix('+', a, kept, "sum");
        let new = self.layer("Tanh", "", vec![Operand::Value(sum)], "candidate");
        let change = self.infix('-', h, new, "change");
        let share = self.infix('*', gates[0], change, "share");
        let state = self.infix('+', new, share, "state");
        self.shapes.insert(state, vec![shape[1], units]);
        for (place, axes) in [(0, vec![2, 3]), (1, vec![1, 2])] {
            if let Some(out) = op.outputs.get(place) {
                self.places.insert(*out, super::Place { value: state, axes, is_ids: false });
            }
        }
        Ok(())
    }
}

fn told(call: &Call) -> Result<Recurrent, Problem> {
    let recurrent = call.constant(2, "recurrent weights")?.ok_or_else(|| Problem::new("it has no weights"))?;
    let [directions, rows, units] = recurrent.shape[..] else {
        return Err(Problem::new("its weights have no directions"));
    };
    // ONNX: i, o, f, c and z, r, h.
    let (class, gates): (_, &'static [usize]) = match call.op {
        "LSTM" => ("LSTM", &[0, 2, 3, 1]),
        "GRU" => ("GRU", &[0, 1, 2]),
        _ => ("SimpleRNN", &[0]),
    };
    let input = call.input(0)?.shape.last().copied().unwrap_or(0);
    let kernel = call.constant(1, "weights")?.ok_or_else(|| Problem::new("it has no weights"))?;
    let fits = kernel.shape == [directions, rows, input]
        && rows == gates.len() * units
        && (1..=2).contains(&directions)
        && units > 0;
    if !fits {
        return Err(Problem::new(format!("its weights have the shapes {:?} and {:?}", kernel.shape, recurrent.shape)));
    }
    let direction = call.text("direction");
    if (direction == "bidirectional") != (directions == 2) {
        return Err(Problem::new(format!("it has weights of {directions} directions, and is `{direction}`")));
    }
    if call.int("input_forget", 0) != 0 || call.attribute("clip").is_some() {
        return Err(Problem::new("it couples or clips its gates, which no layer does"));
    }
    if call.constant(7, "peepholes")?.is_some_and(|array| !array.is_zero()) {
        return Err(Problem::new("it has peepholes, which no layer has"));
    }
    let reset_after = call.int("linear_before_reset", 0) != 0;
    let functions = functions(call, class, directions)?;
    let before = if class == "GRU" && !reset_after { "reset_after = false" } else { "" };
    let bias = if call.optional(3).is_none() { "use_bias = false" } else { "" };
    let options = arguments([functions, before.to_owned(), bias.to_owned()]);
    Ok(Recurrent { class, units, directions, gates, options, reverse: direction == "reverse", reset_after })
}

/// Options for activations that are not the usual ones.
fn functions(call: &Call, class: &str, directions: usize) -> Result<String, Problem> {
    let Some(given) = call.attribute("activations").map(|attribute| &attribute.texts) else { return Ok(String::new()) };
    let count = given.len() / directions;
    let usual = match class {
        "LSTM" => ["Sigmoid", "Tanh", "Tanh"].as_slice(),
        "GRU" => &["Sigmoid", "Tanh"],
        _ => &["Tanh"],
    };
    let is_usual = |(a, b): (&String, &&str)| a.eq_ignore_ascii_case(b);
    if given.chunks(usual.len()).all(|one| one.len() == usual.len() && one.iter().zip(usual).all(is_usual)) {
        return Ok(String::new());
    }
    let wrong = || Problem::new(format!("its activations are `{}`", given.join("`, `")));
    let name = |function: &str| match function.to_ascii_lowercase().as_str() {
        "sigmoid" => Ok("sigmoid"),
        "tanh" => Ok("tanh"),
        "relu" => Ok("relu"),
        "softsign" => Ok("softsign"),
        "softplus" => Ok("softplus"),
        _ => Err(wrong()),
    };
    let first = given.get(..count).ok_or_else(wrong)?;
    if count != usual.len() || given.chunks(count.max(1)).any(|one| one != first) {
        return Err(wrong());
    }
    match first {
        [one] => Ok(format!("activation = {}", name(one)?)),
        [gates, one] => Ok(format!("activation = {}, recurrent_activation = {}", name(one)?, name(gates)?)),
        [gates, one, same] if one == same => {
            Ok(format!("activation = {}, recurrent_activation = {}", name(one)?, name(gates)?))
        }
        _ => Err(wrong()),
    }
}

fn lengths(call: &Call, steps: usize) -> Done {
    match call.constant(4, "sequence lengths")? {
        Some(lengths) if lengths.only() != Some(steps as f64) => {
            Err(Problem::new("it has sequences of other lengths than its input"))
        }
        _ => Ok(()),
    }
}

/// Kernel, recurrent kernel and bias of each direction, and the arrays that they come from.
fn weights(call: &Call, node: &Recurrent) -> Result<(Vec<Array>, Vec<Array>), Problem> {
    let array =
        |place: usize, what: &str| -> Result<Option<Array>, Problem> { Ok(call.constant(place, what)?.cloned()) };
    let missing = || Problem::new("it has no weights");
    let (kernel, recurrent) =
        (array(1, "weights")?.ok_or_else(missing)?, array(2, "recurrent weights")?.ok_or_else(missing)?);
    let bias = array(3, "bias")?;
    let (units, rows) = (node.units, node.gates.len() * node.units);
    if bias.as_ref().is_some_and(|bias| bias.shape != [node.directions, 2 * rows]) {
        return Err(Problem::new("its bias has another shape than its weights ask for"));
    }
    // Rows of gates, in Keras' order.
    let rows_of = |array: &Array| -> Array {
        let width = array.values.len() / rows.max(1);
        let of = |gate: &usize| array.values[gate * units * width..][..units * width].iter().copied();
        Array::new(Type::Real, vec![rows, width], node.gates.iter().flat_map(of).collect())
    };
    let mut all = Vec::new();
    for direction in 0..node.directions {
        for array in [&kernel, &recurrent] {
            all.push(rows_of(&array.cut(0, direction, 1)).permuted(&[1, 0]));
        }
        if let Some(bias) = &bias {
            let own = bias.cut(0, direction, 1).shaped(vec![2, rows]);
            let (a, b) = (rows_of(&own.cut(0, 0, 1)), rows_of(&own.cut(0, 1, 1)));
            let both = if node.class == "GRU" && node.reset_after {
                Array::new(Type::Real, vec![2, rows], a.values.iter().chain(b.values.iter()).copied().collect())
            } else {
                Array::new(Type::Real, vec![rows], a.values.iter().zip(b.values.iter()).map(|(a, b)| a + b).collect())
            };
            all.push(both);
        }
    }
    let sources = [Some(kernel), Some(recurrent), bias].into_iter().flatten().collect();
    Ok((all, sources))
}
