//! Operations of runtimes, which these fuse of ONNX' own: written as those again.

use std::rc::Rc;

use super::array::{Array, Type};
use super::flat::{Id, Problem};
use super::flatten::Flattener;
use super::proto::{Attribute, Node};

type Made = Result<Id, Problem>;

/// A node, with its inputs.
pub(super) struct Fused<'a> {
    pub node: &'a Node,
    pub inputs: &'a [Option<Id>],
}

impl Fused<'_> {
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.node.attributes.iter().find(|attribute| attribute.name == name)
    }

    pub fn int(&self, name: &str, default: i64) -> i64 {
        self.attribute(name).map_or(default, |attribute| attribute.int)
    }

    pub fn float(&self, name: &str, default: f32) -> f32 {
        self.attribute(name).map_or(default, |attribute| attribute.float)
    }

    pub fn optional(&self, place: usize) -> Option<Id> {
        self.inputs.get(place).copied().flatten()
    }

    pub fn input(&self, place: usize) -> Made {
        self.optional(place).ok_or_else(|| Problem::new(format!("it has no input {place}")))
    }

    fn without(&self, places: std::ops::Range<usize>, what: &str) -> Result<(), Problem> {
        let is_given = places.into_iter().any(|place| self.optional(place).is_some());
        if is_given { Err(Problem::new(format!("it has {what}, which is not taken"))) } else { Ok(()) }
    }
}

pub(super) fn int(name: &str, int: i64) -> Attribute {
    Attribute { name: name.to_owned(), int, ..Attribute::default() }
}

pub(super) fn ints(name: &str, ints: &[i64]) -> Attribute {
    Attribute { name: name.to_owned(), ints: ints.to_vec(), ..Attribute::default() }
}

pub(super) fn float(name: &str, float: f32) -> Attribute {
    Attribute { name: name.to_owned(), float, ..Attribute::default() }
}

fn text(name: &str, text: &str) -> Attribute {
    Attribute { name: name.to_owned(), text: text.to_owned(), ..Attribute::default() }
}

impl Flattener {
    /// The results of a fused operation; nothing if it is none that is known.
    pub fn fused(&mut self, node: &Node, inputs: &[Option<Id>]) -> Option<Result<Vec<Id>, Problem>> {
        let fused = Fused { node, inputs };
        let one = match node.op.as_str() {
            "Gelu" if node.domain == "com.microsoft" => fused.input(0).and_then(|x| self.one("Gelu", vec![], &[x])),
            "BiasGelu" | "FastGelu" => self.gelu_of_sum(&fused),
            "QuickGelu" => self.quick_gelu(&fused),
            "FusedMatMul" => self.fused_product(&fused),
            "FusedConv" | "FusedGemm" => self.with_activation(&fused),
            "SimplifiedLayerNormalization" => self.by_squares(&fused),
            "SkipLayerNormalization" | "SkipSimplifiedLayerNormalization" => return Some(self.normalized_sum(&fused)),
            "EmbedLayerNormalization" => return Some(self.embedded(&fused)),
            "Attention" if node.domain == "com.microsoft" => self.packed_attention(&fused),
            "MultiHeadAttention" => self.attention_of_three(&fused),
            "Attention" => self.attention_of_onnx(&fused),
            _ => return self.quantized(&fused),
        };
        Some(one.map(|id| vec![id]))
    }

    /// One more operation, with one result.
    pub(super) fn one(&mut self, op: &str, attributes: Vec<Attribute>, inputs: &[Id]) -> Made {
        self.maybe(op, attributes, &inputs.iter().map(|id| Some(*id)).collect::<Vec<_>>())
    }

    /// One more operation, some of whose inputs may be missing.
    pub(super) fn maybe(&mut self, op: &str, attributes: Vec<Attribute>, inputs: &[Option<Id>]) -> Made {
        let results = self.apply("", op, Rc::new(attributes), inputs.to_vec(), 1)?;
        results.first().copied().ok_or_else(|| Problem::new("it has no result"))
    }

    pub(super) fn number(&mut self, number: f64) -> Id {
        self.constant("", Array::scalar(Type::Real, number))
    }

    pub(super) fn shape_of(&self, id: Id) -> Vec<usize> {
        self.flat.values[id].shape.clone()
    }

    fn gelu_of_sum(&mut self, fused: &Fused) -> Made {
        let mut x = fused.input(0)?;
        if let Some(bias) = fused.optional(1) {
            x = self.one("Add", vec![], &[x, bias])?;
        }
        let by_tanh = fused.node.op == "FastGelu";
        self.one("Gelu", if by_tanh { vec![text("approximate", "tanh")] } else { Vec::new() }, &[x])
    }

    fn quick_gelu(&mut self, fused: &Fused) -> Made {
        let x = fused.input(0)?;
        let alpha = self.number(f64::from(fused.float("alpha", 1.702)));
        let scaled = self.one("Mul", vec![], &[x, alpha])?;
        let share = self.one("Sigmoid", vec![], &[scaled])?;
        self.one("Mul", vec![], &[x, share])
    }

    fn turned(&mut self, id: Id) -> Made {
        let rank = self.shape_of(id).len() as i64;
        if rank < 2 {
            return Err(Problem::new("it turns what is no matrix"));
        }
        let order: Vec<i64> = (0..rank - 2).chain([rank - 1, rank - 2]).collect();
        self.one("Transpose", vec![ints("perm", &order)], &[id])
    }

    fn fused_product(&mut self, fused: &Fused) -> Made {
        if fused.int("transBatchA", 0) != 0 || fused.int("transBatchB", 0) != 0 {
            return Err(Problem::new("it turns batches of matrices"));
        }
        let (mut a, mut b) = (fused.input(0)?, fused.input(1)?);
        if fused.int("transA", 0) != 0 {
            a = self.turned(a)?;
        }
        if fused.int("transB", 0) != 0 {
            b = self.turned(b)?;
        }
        let product = self.one("MatMul", vec![], &[a, b])?;
        let alpha = self.number(f64::from(fused.float("alpha", 1.0)));
        self.one("Mul", vec![], &[product, alpha])
    }

    fn with_activation(&mut self, fused: &Fused) -> Made {
        let op = fused.node.op.trim_start_matches("Fused");
        let count = fused.inputs.len().min(3);
        let attributes = fused.node.attributes.iter().filter(|one| !one.name.starts_with("activation")).cloned();
        let mut y = self.maybe(op, attributes.collect(), &fused.inputs[..count])?;
        if let Some(other) = fused.optional(3) {
            y = self.one("Add", vec![], &[y, other])?;
        }
        let given: Vec<f32> = match fused.attribute("activation_params") {
            Some(all) => all.floats.iter().map(|x| *x as f32).collect(),
            None => ["activation_alpha", "activation_beta"].iter().map(|name| fused.float(name, 0.0)).collect(),
        };
        let (first, second) = (given.first().copied(), given.get(1).copied());
        let number = |number: Option<f32>| number.ok_or_else(|| Problem::new("its activation has no numbers"));
        match fused.attribute("activation").map_or("", |one| one.text.as_str()) {
            "" => Ok(y),
            "Clip" => {
                let (low, high) = (number(first)?, number(second)?);
                let (low, high) = (self.number(f64::from(low)), self.number(f64::from(high)));
                self.one("Clip", vec![], &[y, low, high])
            }
            "LeakyRelu" => self.one("LeakyRelu", vec![float("alpha", number(first)?)], &[y]),
            "HardSigmoid" => {
                let attributes = vec![float("alpha", number(first)?), float("beta", number(second)?)];
                self.one("HardSigmoid", attributes, &[y])
            }
            plain @ ("Relu" | "Tanh" | "Sigmoid" | "HardSwish" | "Softplus") => self.one(plain, vec![], &[y]),
            other => Err(Problem::new(format!("its activation is `{other}`"))),
        }
    }

    fn by_squares(&mut self, fused: &Fused) -> Made {
        let attributes = vec![int("axis", fused.int("axis", -1)), float("epsilon", fused.float("epsilon", 1e-5))];
        self.one("RMSNormalization", attributes, &[fused.input(0)?, fused.input(1)?])
    }

    /// A sum that is normalized, and the sum itself.
    fn normalized_sum(&mut self, fused: &Fused) -> Result<Vec<Id>, Problem> {
        let is_rms = fused.node.op.starts_with("SkipSimplified");
        let (x, skip) = (fused.input(0)?, fused.input(1)?);
        let mut sum = self.one("Add", vec![], &[x, skip])?;
        if let Some(bias) = fused.optional(if is_rms { 3 } else { 4 }) {
            sum = self.one("Add", vec![], &[sum, bias])?;
        }
        let attributes = vec![int("axis", -1), float("epsilon", fused.float("epsilon", 1e-12))];
        let op = if is_rms { "RMSNormalization" } else { "LayerNormalization" };
        let offset = fused.optional(3).filter(|_| !is_rms);
        let normalized = self.maybe(op, attributes, &[Some(sum), fused.optional(2), offset])?;
        // Mean and variance, which no model reads, would lie between them.
        Ok(vec![normalized, normalized, normalized, sum])
    }

    /// Words, places and segments by their tables, added and normalized.
    fn embedded(&mut self, fused: &Fused) -> Result<Vec<Id>, Problem> {
        fused.without(7..9, "a mask or places of its own")?;
        let ids = fused.input(0)?;
        let steps = self.shape_of(ids).last().copied().unwrap_or(0);
        let words = self.one("Gather", vec![int("axis", 0)], &[fused.input(2)?, ids])?;
        let places = self.constant("", Array::ints((0..steps as i64).collect::<Vec<_>>()));
        let places = self.one("Gather", vec![int("axis", 0)], &[fused.input(3)?, places])?;
        let mut sum = self.one("Add", vec![], &[words, places])?;
        if let (Some(segments), Some(table)) = (fused.optional(1), fused.optional(4)) {
            let segments = self.one("Gather", vec![int("axis", 0)], &[table, segments])?;
            sum = self.one("Add", vec![], &[sum, segments])?;
        }
        let attributes = vec![int("axis", -1), float("epsilon", fused.float("epsilon", 1e-12))];
        let inputs = [Some(sum), fused.optional(5), fused.optional(6)];
        let normalized = self.maybe("LayerNormalization", attributes, &inputs)?;
        Ok(vec![normalized, normalized, sum])
    }

    /// One matrix for query, key and value.
    fn packed_attention(&mut self, fused: &Fused) -> Made {
        fused.without(3..7, "a mask or a past")?;
        let (x, weights) = (fused.input(0)?, fused.input(1)?);
        let mut all = self.one("MatMul", vec![], &[x, weights])?;
        if let Some(bias) = fused.optional(2) {
            all = self.one("Add", vec![], &[all, bias])?;
        }
        let width = self.shape_of(all).last().copied().unwrap_or(0);
        let sizes = match fused.attribute("qkv_hidden_sizes") {
            Some(sizes) => sizes.ints.clone(),
            None => vec![(width / 3) as i64; 3],
        };
        let parts =
            self.apply("", "Split", Rc::new(vec![int("axis", -1), ints("split", &sizes)]), vec![Some(all)], 3)?;
        let [query, key, value] = parts[..] else { return Err(Problem::new("it has no query, key and value")) };
        self.attend(fused, [query, key, value], fused.int("unidirectional", 0) != 0, None)
    }

    fn attention_of_three(&mut self, fused: &Fused) -> Made {
        fused.without(4..8, "a mask or a past")?;
        let mut parts = [fused.input(0)?, fused.input(1)?, fused.input(2)?];
        if let Some(bias) = fused.optional(3) {
            let sizes: Vec<i64> =
                parts.iter().map(|id| self.shape_of(*id).last().copied().unwrap_or(0) as i64).collect();
            let attributes = Rc::new(vec![int("axis", 0), ints("split", &sizes)]);
            let biases = self.apply("", "Split", attributes, vec![Some(bias)], 3)?;
            for (part, bias) in parts.iter_mut().zip(biases) {
                *part = self.one("Add", vec![], &[*part, bias])?;
            }
        }
        self.attend(fused, parts, fused.int("unidirectional", 0) != 0, None)
    }

    /// Of ONNX 23: heads may be an axis, or within the features.
    fn attention_of_onnx(&mut self, fused: &Fused) -> Made {
        fused.without(4..6, "a past")?;
        let parts = [fused.input(0)?, fused.input(1)?, fused.input(2)?];
        let (of_query, of_key) = (fused.int("q_num_heads", 0), fused.int("kv_num_heads", 0));
        if fused.float("softcap", 0.0) != 0.0 || of_query != of_key || fused.int("qk_matmul_output_mode", 0) != 0 {
            return Err(Problem::new("it caps its scores, or has fewer heads of keys than of queries"));
        }
        self.attend(fused, parts, fused.int("is_causal", 0) != 0, fused.optional(3))
    }

    /// Heads of query, key and value: shares by a softmax, and sums by these.
    fn attend(&mut self, fused: &Fused, parts: [Id; 3], is_causal: bool, mask: Option<Id>) -> Made {
        let has_axis = self.shape_of(parts[0]).len() == 4;
        let heads = fused.int("num_heads", 0).max(fused.int("q_num_heads", 0));
        if heads < 1 && !has_axis {
            return Err(Problem::new("it has no heads"));
        }
        let mut of_heads = Vec::new();
        for part in parts {
            if has_axis {
                of_heads.push(part);
                continue;
            }
            let [batch, steps, width] = self.shape_of(part)[..] else {
                return Err(Problem::new("it goes over values that have no steps and features"));
            };
            let shape = [batch as i64, steps as i64, heads, width as i64 / heads];
            let split = self.one("Reshape", vec![ints("shape", &shape)], &[part])?;
            of_heads.push(self.one("Transpose", vec![ints("perm", &[0, 2, 1, 3])], &[split])?);
        }
        let [query, key, value] = of_heads[..] else { return Err(Problem::new("it has no query, key and value")) };
        let size = self.shape_of(query).last().copied().unwrap_or(1) as f64;
        let scale = Some(f64::from(fused.float("scale", 0.0))).filter(|scale| *scale != 0.0);
        let scale = self.number(scale.unwrap_or(1.0 / size.sqrt()));
        let key = self.turned(key)?;
        let scores = self.one("MatMul", vec![], &[query, key])?;
        let mut scores = self.one("Mul", vec![], &[scores, scale])?;
        if let Some(mask) = mask {
            scores = self.one("Add", vec![], &[scores, mask])?;
        }
        if is_causal {
            let [.., steps, of_key] = self.shape_of(scores)[..] else { return Err(Problem::new("it has no steps")) };
            let hidden = |place: usize| if place % of_key > place / of_key { f64::from(f32::MIN) / 2.0 } else { 0.0 };
            let mask = Array::new(Type::Real, vec![steps, of_key], (0..steps * of_key).map(hidden).collect());
            let mask = self.constant("", mask);
            scores = self.one("Add", vec![], &[scores, mask])?;
        }
        let shares = self.one("Softmax", vec![int("axis", 3)], &[scores])?;
        let sums = self.one("MatMul", vec![], &[shares, value])?;
        if has_axis {
            return Ok(sums);
        }
        let turned = self.one("Transpose", vec![ints("perm", &[0, 2, 1, 3])], &[sums])?;
        let [batch, steps, heads, size] = self.shape_of(turned)[..] else { return Ok(turned) };
        let shape = [batch, steps, heads * size].map(|size| size as i64);
        self.one("Reshape", vec![ints("shape", &shape)], &[turned])
    }
}
