//! A graph of the file → the import graph: shapes bound and inferred, constants folded, `If` and `Loop` written out.
//!
//! The nodes are gone through once, as an interpreter would: every shape is known, so what depends on shapes alone is a constant
//! when it is reached.

use std::collections::HashMap;
use std::rc::Rc;

use super::array::{Array, Type};
use super::bind;
use super::flat::{Flat, Id, Op, Problem, Value};
use super::fold::fold;
use super::proto::{Attribute, Graph, Model, Node};
use super::shapes;
use super::wire::bad;
use crate::{ImportError, Options, Unsupported};

/// Rounds of one `Loop`, at most.
const MOST_ROUNDS: usize = 10_000;

/// What a file becomes, and all that cannot be had.
pub fn flatten(model: &Model, options: &Options, len: usize) -> Result<(Flat, Vec<Unsupported>), ImportError> {
    // What exporters call every graph is no name.
    let is_name = !["tf2onnx", "main_graph", "torch_jit", "torch-jit-export", "mxnet_converted_model"]
        .contains(&model.graph.name.as_str());
    let name = if is_name { model.graph.name.clone() } else { String::new() };
    let flat = Flat { name, opset: model.opset, ..Flat::default() };
    // A constant that is worked out may be larger than the file, but not by much; nor may all of them.
    let limits = Limits { nodes: 100_000 + len / 16, elements: 1_000_000 + 16 * len };
    let mut flattener = Flattener { flat, scopes: vec![HashMap::new()], problems: Vec::new(), limits, batch: None };
    let inputs = bind::inputs(&model.graph, options)?;
    flattener.batch = inputs.iter().find_map(|input| input.bound);
    for input in inputs {
        let id = flattener.value(&input.name, input.shape, input.kind);
        match input.constant {
            Some(array) => flattener.flat.values[id].array = Some(array),
            None => flattener.flat.inputs.push(id),
        }
        flattener.scope().insert(input.name, id);
    }
    flattener.graph(&model.graph)?;
    for output in &model.graph.outputs {
        match flattener.find(&output.name) {
            Some(id) => flattener.flat.outputs.push((output.name.clone(), id)),
            None => return Err(bad(format!("no node gives the output `{}`", output.name))),
        }
    }
    Ok((flattener.flat, flattener.problems))
}

pub(super) struct Limits {
    nodes: usize,
    pub(super) elements: usize,
}

pub(super) struct Flattener {
    pub(super) flat: Flat,
    /// Names of values, of the outermost graph first.
    scopes: Vec<HashMap<String, Id>>,
    problems: Vec<Unsupported>,
    pub(super) limits: Limits,
    /// The batch of the file, where another one is bound.
    pub(super) batch: Option<(usize, usize)>,
}

impl Flattener {
    fn scope(&mut self) -> &mut HashMap<String, Id> {
        if self.scopes.is_empty() {
            self.scopes.push(HashMap::new());
        }
        let last = self.scopes.len() - 1;
        &mut self.scopes[last]
    }

    fn find(&self, name: &str) -> Option<Id> {
        self.scopes.iter().rev().find_map(|scope| scope.get(name).copied())
    }

    fn value(&mut self, name: &str, shape: Vec<usize>, kind: Type) -> Id {
        self.flat.values.push(Value { name: name.to_owned(), shape, kind, array: None, is_broken: false });
        self.flat.values.len() - 1
    }

    pub(super) fn constant(&mut self, name: &str, array: Array) -> Id {
        self.flat.constant(name, array)
    }

    fn graph(&mut self, graph: &Graph) -> Result<(), ImportError> {
        for (name, array) in &graph.initializers {
            let id = self.constant(name, array.clone());
            self.scope().insert(name.clone(), id);
        }
        graph.nodes.iter().try_for_each(|node| self.node(node))
    }

    fn node(&mut self, node: &Node) -> Result<(), ImportError> {
        self.limits.nodes =
            self.limits.nodes.checked_sub(1).ok_or_else(|| bad("its loops go on for longer than is written out"))?;
        let mut inputs = Vec::with_capacity(node.inputs.len());
        for name in &node.inputs {
            match name.as_str() {
                "" => inputs.push(None),
                name => match self.find(name) {
                    Some(id) => inputs.push(Some(id)),
                    None => {
                        return Err(bad(format!(
                            "`{}` ({}) reads `{name}`, which no node before it gives",
                            node.name, node.op
                        )));
                    }
                },
            }
        }
        while inputs.last() == Some(&None) {
            inputs.pop();
        }
        let ids = match self.results(node, inputs)? {
            Ok(ids) => ids,
            Err(problem) => {
                let name = if node.name.is_empty() { node.outputs.first() } else { Some(&node.name) };
                self.problems.push(problem.of(name.map_or("", String::as_str), &node.op));
                Vec::new()
            }
        };
        for (place, name) in node.outputs.iter().enumerate().filter(|(_, name)| !name.is_empty()) {
            let id = match ids.get(place) {
                Some(id) => *id,
                None => {
                    let id = self.value(name, Vec::new(), Type::Real);
                    self.flat.values[id].is_broken = true;
                    id
                }
            };
            if self.flat.values[id].name.is_empty() {
                self.flat.values[id].name.clone_from(name);
            }
            self.scope().insert(name.clone(), id);
        }
        Ok(())
    }

    fn results(&mut self, node: &Node, inputs: Vec<Option<Id>>) -> Result<Result<Vec<Id>, Problem>, ImportError> {
        if inputs.iter().flatten().any(|id| self.flat.values[*id].is_broken) {
            return Ok(Ok(Vec::new()));
        }
        if matches!(node.domain.as_str(), "" | "ai.onnx" | "com.microsoft")
            && let Some(results) = self.fused(node, &inputs)
        {
            return Ok(results);
        }
        if !node.domain.is_empty() && node.domain != "ai.onnx" {
            let text = format!("the operation is one of `{}`, not of ONNX", node.domain);
            let help = "export the model without quantization and without the optimizations of one runtime";
            return Ok(Err(Problem::new(text).help(help)));
        }
        match node.op.as_str() {
            "Constant" => Ok(constant(node).map(|array| vec![self.constant("", array)])),
            "If" => self.branch(node, &inputs),
            "Loop" => self.rounds(node, &inputs),
            _ => Ok(self.apply(&node.name, &node.op, Rc::clone(&node.attributes), inputs, node.outputs.len())),
        }
    }

    /// An operation: its results as constants where they are, and as values where not.
    pub(super) fn apply(
        &mut self,
        node: &str,
        op: &str,
        attributes: Rc<Vec<Attribute>>,
        inputs: Vec<Option<Id>>,
        outputs: usize,
    ) -> Result<Vec<Id>, Problem> {
        let inputs = self.at_batch(op, inputs);
        if let Some(id) = self.same(op, &attributes, &inputs) {
            return Ok(vec![id]);
        }
        if let Some(array) = self.of_ids(op, &inputs) {
            return Ok(vec![self.constant("", array)]);
        }
        if let Some(results) = self.rewritten(node, op, &attributes, &inputs) {
            return results;
        }
        let mut op = Op { node: node.to_owned(), op: op.to_owned(), attributes, inputs, outputs: vec![0; outputs] };
        if let Some(attributes) = self.rebatched(&op) {
            op.attributes = Rc::new(attributes);
            op.inputs.truncate(1);
        }
        let call = self.flat.call(&op);
        let results = shapes::infer(&call)?;
        let elements: usize = results.iter().map(|(shape, _)| shape.iter().product::<usize>()).sum();
        if elements <= self.limits.elements
            && let Some(arrays) = fold(&call, &results)
        {
            self.limits.elements -= elements;
            return Ok(arrays.into_iter().map(|array| self.constant("", array)).collect());
        }
        if results.iter().any(|(shape, _)| shape.contains(&0)) {
            return Err(Problem::new("its result has no elements"));
        }
        let ids = results.into_iter().map(|(shape, kind)| self.value("", shape, kind)).collect::<Vec<_>>();
        op.outputs.clone_from(&ids);
        self.flat.ops.push(op);
        Ok(ids)
    }

    pub(super) fn is_computed(&self, inputs: &[Option<Id>], place: usize) -> bool {
        inputs.get(place).copied().flatten().is_some_and(|id| self.flat.values[id].array.is_none())
    }

    fn branch(&mut self, node: &Node, inputs: &[Option<Id>]) -> Result<Result<Vec<Id>, Problem>, ImportError> {
        let condition = inputs.first().copied().flatten().map(|id| &self.flat.values[id]);
        let Some(condition) = condition else { return Ok(Err(Problem::new("it has no condition"))) };
        let Some(holds) = condition.array.as_ref().and_then(|array| array.values.first().copied()) else {
            let text = format!("its condition `{}` is computed while the network runs", condition.name);
            return Ok(Err(Problem::new(text).help("bind the input that it depends on: `sr = 16000`")));
        };
        let name = if holds == 0.0 { "else_branch" } else { "then_branch" };
        let Some(graph) = graph_of(node, name) else { return Ok(Err(Problem::new(format!("it has no `{name}`")))) };
        self.inner(&graph, HashMap::new()).map(Ok)
    }

    /// The outputs of a graph in another one.
    fn inner(&mut self, graph: &Graph, scope: HashMap<String, Id>) -> Result<Vec<Id>, ImportError> {
        self.scopes.push(scope);
        self.graph(graph)?;
        let ids = graph.outputs.iter().map(|output| {
            self.find(&output.name).ok_or_else(|| bad(format!("no node gives the output `{}`", output.name)))
        });
        let ids = ids.collect();
        self.scopes.pop();
        ids
    }

    fn rounds(&mut self, node: &Node, inputs: &[Option<Id>]) -> Result<Result<Vec<Id>, Problem>, ImportError> {
        let Some(body) = graph_of(node, "body") else { return Ok(Err(Problem::new("it has no body"))) };
        let known = |flattener: &Self, id: Option<Id>| {
            id.and_then(|id| flattener.flat.values[id].array.as_ref()?.values.first().copied())
        };
        let open = || {
            let text = "the number of its rounds is computed while the network runs";
            Problem::new(text).help("bind the sizes that it depends on, or export the model with fixed shapes")
        };
        let (limit, condition) = (inputs.first().copied().flatten(), inputs.get(1).copied().flatten());
        let rounds = match limit {
            None => f64::INFINITY,
            Some(_) => match known(self, limit) {
                Some(rounds) => rounds,
                None => return Ok(Err(open())),
            },
        };
        let mut goes_on = match condition {
            None => true,
            Some(_) => match known(self, condition) {
                Some(condition) => condition != 0.0,
                None => return Ok(Err(open())),
            },
        };
        let mut carried: Vec<Id> = inputs.iter().skip(2).copied().flatten().collect();
        if body.inputs.len() != carried.len() + 2 || body.outputs.len() < carried.len() + 1 {
            return Ok(Err(Problem::new("its body has other inputs and outputs than it carries values")));
        }
        let mut scanned: Vec<Vec<Id>> = vec![Vec::new(); body.outputs.len() - carried.len() - 1];
        let mut round = 0;
        while goes_on && (round as f64) < rounds {
            if round == MOST_ROUNDS {
                return Ok(Err(Problem::new(format!("it goes on for more than {MOST_ROUNDS} rounds"))));
            }
            let number = self.constant("", Array::scalar(Type::Int, round as f64));
            let yes = self.constant("", Array::scalar(Type::Bool, 1.0));
            let ids = [number, yes].into_iter().chain(carried.iter().copied());
            let scope = body.inputs.iter().map(|input| input.name.clone()).zip(ids).collect();
            let mut results = self.inner(&body, scope)?;
            if results.iter().any(|id| self.flat.values[*id].is_broken) {
                return Ok(Ok(Vec::new()));
            }
            let scans = results.split_off(carried.len() + 1);
            scanned.iter_mut().zip(scans).for_each(|(all, one)| all.push(one));
            match known(self, results.first().copied()) {
                Some(condition) => goes_on = condition != 0.0,
                None => return Ok(Err(open())),
            }
            carried = results.split_off(1);
            round += 1;
        }
        for all in scanned {
            match self.stacked(&all) {
                Ok(id) => carried.push(id),
                Err(problem) => return Ok(Err(problem)),
            }
        }
        Ok(Ok(carried))
    }

    /// What each round gives, along a new first axis.
    fn stacked(&mut self, all: &[Id]) -> Result<Id, Problem> {
        let ints = |name: &str, ints: Vec<i64>| {
            Rc::new(vec![Attribute { name: name.to_owned(), ints, ..Attribute::default() }])
        };
        let mut rows = Vec::new();
        for id in all {
            let row = self.apply("", "Unsqueeze", ints("axes", vec![0]), vec![Some(*id)], 1)?;
            rows.extend(row.first().map(|id| Some(*id)));
        }
        let axis = Rc::new(vec![Attribute { name: "axis".to_owned(), int: 0, ..Attribute::default() }]);
        let one = self.apply("", "Concat", axis, rows, 1)?;
        one.first().copied().ok_or_else(|| Problem::new("it has no rounds"))
    }
}

fn graph_of(node: &Node, name: &str) -> Option<Rc<Graph>> {
    node.attributes.iter().find(|attribute| attribute.name == name)?.graph.clone()
}

/// The array of a `Constant`, in any of its forms.
fn constant(node: &Node) -> Result<Array, Problem> {
    let form = node.attributes.iter().find(|attribute| attribute.name.starts_with("value"));
    let array = form.and_then(|form| match form.name.as_str() {
        "value" => form.tensor.clone(),
        "value_float" => Some(Array::scalar(Type::Real, f64::from(form.float))),
        "value_floats" => Some(Array::new(Type::Real, vec![form.floats.len()], form.floats.clone())),
        "value_int" => Some(Array::scalar(Type::Int, form.int as f64)),
        "value_ints" => Some(Array::ints(form.ints.iter().copied())),
        _ => None,
    });
    array.ok_or_else(|| Problem::new("it is a constant of texts, or of nothing"))
}
