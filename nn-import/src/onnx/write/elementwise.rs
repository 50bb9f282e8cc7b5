//! Functions of single elements, of one value and of several.

use super::{Done, Writer};
use crate::onnx::flat::{Call, Id, Op, Problem};
use crate::script::{Operand, Value, What, number_text};

impl Writer<'_> {
    pub fn elementwise(&mut self, op: &Op, call: &Call) -> Done {
        match call.op {
            "Add" | "Sub" | "Mul" | "Div" | "Sum" => self.arithmetic(op, call),
            "Pow" => self.power(op, call),
            "Max" | "Min" | "Equal" | "Less" | "Greater" | "LessOrEqual" | "GreaterOrEqual" | "And" | "Or" | "Xor"
            | "Where" | "Mean" => self.function(op, call),
            "Clip" => self.clip(op, call),
            "PRelu" => self.prelu(op, call),
            "Not" => {
                let (axes, value) = self.only(op)?;
                let operands = vec![Operand::Number(1.0), Operand::Value(value)];
                let value = self.script.push(What::Infix('-'), operands, 1, "not");
                self.made(op, value, axes);
                Ok(())
            }
            "Neg" => {
                let (axes, value) = self.only(op)?;
                let value = self.script.push(What::Negative, vec![Operand::Value(value)], 1, "negative");
                self.made(op, value, axes);
                Ok(())
            }
            "HardSigmoid" => self.hard_sigmoid(op, call),
            _ => {
                let (class, arguments) = unary(call)?;
                let (axes, value) = self.only(op)?;
                let hint = self.hint(op);
                let value = self.layer(class, &arguments, vec![Operand::Value(value)], &hint);
                self.made(op, value, axes);
                Ok(())
            }
        }
    }

    /// The only input, and the order of its axes.
    pub fn only(&mut self, op: &Op) -> Result<(Vec<usize>, Value), Problem> {
        let id = Self::id(op, 0)?;
        self.real(id)?;
        let place = self.place(id)?;
        Ok((place.axes, place.value))
    }

    fn arithmetic(&mut self, op: &Op, call: &Call) -> Done {
        if call.op == "Add" && self.bias(op)? {
            return Ok(());
        }
        let (order, operands) = self.together(op)?;
        let sign = match call.op {
            "Sub" => '-',
            "Mul" => '*',
            "Div" => '/',
            _ => '+',
        };
        let hint = self.hint(op);
        let mut operands = operands.into_iter();
        let first = operands.next().ok_or_else(|| Problem::new("it has no inputs"))?;
        let mut sum = first;
        for operand in operands {
            let by_zero = sign == '/' && operand == Operand::Number(0.0);
            if by_zero {
                return Err(Problem::new("it divides by 0"));
            }
            sum = Operand::Value(self.script.push(What::Infix(sign), vec![sum, operand], 1, &hint));
        }
        match sum {
            Operand::Value(value) => self.made(op, value, order),
            Operand::Number(_) => return Err(Problem::new("it is a number")),
        }
        Ok(())
    }

    fn function(&mut self, op: &Op, call: &Call) -> Done {
        let class = match call.op {
            "Max" | "Or" => "Maximum",
            "Min" => "Minimum",
            "And" => "Multiply",
            "Xor" => "NotEqual",
            "LessOrEqual" => "LessEqual",
            "GreaterOrEqual" => "GreaterEqual",
            "Mean" => "Average",
            class => class,
        };
        let (order, operands) = self.together(op)?;
        let hint = self.hint(op);
        if let [Operand::Value(value)] = operands.as_slice() {
            let value = *value;
            self.gives(op, value, order);
            return Ok(());
        }
        let value = self.layer(class, "", operands, &hint);
        self.made(op, value, order);
        Ok(())
    }

    fn power(&mut self, op: &Op, call: &Call) -> Done {
        let exponent = call.input(1)?.array.as_ref().and_then(|array| array.only());
        let Some(exponent) = exponent else {
            return Err(Problem::new("its exponent is no number").help("`Power<p>` takes a number"));
        };
        let (axes, value) = self.only(op)?;
        let (class, arguments) = match exponent {
            2.0 => ("Square", String::new()),
            0.5 => ("Sqrt", String::new()),
            -0.5 => ("Rsqrt", String::new()),
            -1.0 => ("Reciprocal", String::new()),
            exponent => ("Power", number_text(exponent)),
        };
        let hint = self.hint(op);
        let value = self.layer(class, &arguments, vec![Operand::Value(value)], &hint);
        self.made(op, value, axes);
        Ok(())
    }

    fn clip(&mut self, op: &Op, call: &Call) -> Done {
        let (low, high) = (call.number("min", 1)?, call.number("max", 2)?);
        let (low, high) = (low.filter(|x| *x > -3.0e38), high.filter(|x| *x < 3.0e38));
        let (axes, value) = self.only(op)?;
        let hint = self.hint(op);
        let operands = vec![Operand::Value(value)];
        let bound = |number: f64| vec![Operand::Value(value), Operand::Number(number)];
        let value = match (low, high) {
            (Some(0.0), None) => self.layer("ReLU", "", operands, &hint),
            (Some(0.0), Some(6.0)) => self.layer("ReLU6", "", operands, &hint),
            (Some(low), Some(high)) => self.layer("Clip", &format!("{low:?}, {high:?}"), operands, &hint),
            (Some(low), None) => self.layer("Maximum", "", bound(low), &hint),
            (None, Some(high)) => self.layer("Minimum", "", bound(high), &hint),
            (None, None) => value,
        };
        self.made(op, value, axes);
        Ok(())
    }

    fn hard_sigmoid(&mut self, op: &Op, call: &Call) -> Done {
        let (alpha, beta) = (call.float("alpha", 0.2), call.float("beta", 0.5));
        let (axes, value) = self.only(op)?;
        let hint = self.hint(op);
        let value = if (alpha - 1.0 / 6.0).abs() < 1e-7 && beta == 0.5 {
            self.layer("HardSigmoid", "", vec![Operand::Value(value)], &hint)
        } else {
            let scaled = vec![Operand::Value(value), Operand::Number(short(alpha))];
            let scaled = self.script.push(What::Infix('*'), scaled, 1, "scaled");
            let moved = vec![Operand::Value(scaled), Operand::Number(short(beta))];
            let moved = self.script.push(What::Infix('+'), moved, 1, "scaled");
            self.layer("Clip", "0.0, 1.0", vec![Operand::Value(moved)], &hint)
        };
        self.made(op, value, axes);
        Ok(())
    }

    fn prelu(&mut self, op: &Op, call: &Call) -> Done {
        let slope = call.constant(1, "slope")?.ok_or_else(|| Problem::new("it has no slope"))?.clone();
        let (id, of) = (Self::id(op, 0)?, Self::id(op, 1)?);
        let (axes, value) = self.only(op)?;
        let rank = self.shape(id).len();
        if slope.shape.len() > rank {
            return Err(Problem::new("its slope has more axes than its input"));
        }
        let (arranged, sizes) = self.arranged(of, &slope, &axes, rank);
        let mut shape = vec![1; axes.len().saturating_sub(sizes.len())];
        shape.extend(&sizes);
        let shared: Vec<usize> = (0..axes.len()).filter(|axis| shape[*axis] == 1).map(|axis| axis + 1).collect();
        // An axis of size 1 is shared either way.
        let arguments = if shared.is_empty() { String::new() } else { format!("shared_axes = {}", list(&shared)) };
        let layer = super::Weighted {
            class: "PReLU",
            arguments,
            sources: vec![slope.clone()],
            arrays: vec![arranged.shaped(shape)],
            name: self.name_of(of),
        };
        let value = self.weighted(op, layer, vec![Operand::Value(value)], 1);
        self.made(op, value, axes);
        Ok(())
    }

    /// A constant behind a layer without a bias is its bias. Whether it was so.
    fn bias(&mut self, op: &Op) -> Result<bool, Problem> {
        let (Some(a), Some(b)) = (op.inputs.first().copied().flatten(), op.inputs.get(1).copied().flatten()) else {
            return Ok(false);
        };
        let (id, constant) = if self.places.contains_key(&a) { (a, b) } else { (b, a) };
        let Some(array) = self.flat.values[constant].array.clone() else { return Ok(false) };
        let Some(root) = self.root(id) else { return Ok(false) };
        let place = self.place(id)?;
        let origin = self.place(root)?.value;
        let out = op.outputs.first().map_or(&[][..], |out| self.shape(*out));
        if out != self.shape(id) || array.values.is_empty() {
            return Ok(false);
        }
        let Value::Result { node, .. } = origin else { return Ok(false) };
        let own = self.views.get(&place.value).copied().unwrap_or(place.value);
        let (Some(units), Some(last)) = (
            self.shapes.get(&origin).and_then(|shape| shape.last().copied()),
            self.shapes.get(&place.value).and_then(|shape| shape.last().copied()),
        ) else {
            return Ok(false);
        };
        let (arranged, sizes) = self.arranged(constant, &array, &place.axes, out.len());
        let is_shared = self.script.nodes.iter().any(|node_| matches!(node_.what, What::Again(owner) if owner == node));
        if own != origin || units != last || sizes != [units] || is_shared {
            return Ok(false);
        }
        let What::Layer(layer) = &mut self.script.nodes[node].what else { return Ok(false) };
        let without = layer.arguments.replace(", use_bias = false", "");
        if without == layer.arguments || !(layer.class == "Dense" || layer.class.starts_with("Conv")) {
            return Ok(false);
        }
        layer.arguments.clone_from(&without);
        self.weights.entry(node).or_default().push(arranged.shaped(vec![units]));
        if let Some(owner) = self.owners.iter_mut().find(|owner| owner.id == node) {
            owner.arguments = without;
            owner.sources.push(array);
        }
        self.gives(op, place.value, place.axes);
        Ok(true)
    }

    /// The value that this one is a view of, if nobody else reads any between them.
    fn root(&self, id: Id) -> Option<Id> {
        let mut id = id;
        while self.uses.get(&id) == Some(&1) {
            let op = self.producers.get(&id)?;
            match op.op.as_str() {
                "Reshape" | "Squeeze" | "Unsqueeze" | "Transpose" | "Flatten" => {
                    id = op.inputs.first().copied().flatten()?
                }
                _ => return Some(id),
            }
        }
        None
    }
}

/// A float of 32 bits as the shortest number that it is.
pub fn short(number: f64) -> f64 {
    format!("{:?}", number as f32).parse().unwrap_or(number)
}

/// Numbers in brackets; one alone without.
pub fn list(numbers: &[usize]) -> String {
    match numbers {
        [one] => one.to_string(),
        all => format!("({})", all.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")),
    }
}

/// A layer for a function of one value, and its arguments.
fn unary(call: &Call) -> Result<(&'static str, String), Problem> {
    let plain = |class: &'static str| Ok((class, String::new()));
    match call.op {
        "Abs" => plain("Abs"),
        "Ceil" => plain("Ceil"),
        "Cos" => plain("Cos"),
        "Erf" => plain("Erf"),
        "Exp" => plain("Exp"),
        "Floor" => plain("Floor"),
        "HardSwish" => plain("HardSwish"),
        "Log" => plain("Log"),
        "Mish" => plain("Mish"),
        "Reciprocal" => plain("Reciprocal"),
        "Relu" => plain("ReLU"),
        "Round" => plain("Round"),
        "Sigmoid" => plain("Sigmoid"),
        "Sign" => plain("Sign"),
        "Sin" => plain("Sin"),
        "Softplus" => plain("Softplus"),
        "Softsign" => plain("Softsign"),
        "Sqrt" => plain("Sqrt"),
        "Swish" if call.float("alpha", 1.0) == 1.0 => plain("SiLU"),
        "Tanh" => plain("Tanh"),
        "Gelu" if call.text("approximate") == "tanh" => Ok(("GELU", "approximate = true".to_owned())),
        "Gelu" => plain("GELU"),
        "Elu" => Ok(("ELU", format!("alpha = {:?}", short(call.float("alpha", 1.0))))),
        "LeakyRelu" => Ok(("LeakyReLU", format!("negative_slope = {:?}", short(call.float("alpha", 0.01))))),
        "Selu" => {
            let (alpha, gamma) = (call.float("alpha", 1.673_263_2), call.float("gamma", 1.050_701));
            if (alpha - 1.673_263_2).abs() < 1e-5 && (gamma - 1.050_701).abs() < 1e-5 {
                return plain("SELU");
            }
            Err(Problem::new("its alpha and gamma are not those of SELU"))
        }
        "ThresholdedRelu" => Err(Problem::new("the language has no function that jumps at a threshold")),
        _ => Err(Problem::new("this operation is not taken").help("replace it in the model by operations that are")),
    }
}
