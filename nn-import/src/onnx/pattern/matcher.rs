//! Formulas and the operations of a file: which values a formula's names are, if it is what the file computes.

use std::collections::{BTreeSet, HashMap};

use super::formula::{Form, Plus, is_array};
use crate::onnx::flat::{Flat, Id, Op};
use crate::onnx::shapes;

/// Parts of one sum or product, at most: so many are tried in every order.
const MOST: usize = 6;

/// What the names of a formula are.
#[derive(Clone, Debug, Default)]
pub struct Found {
    pub values: HashMap<String, Id>,
    pub numbers: HashMap<String, f64>,
    /// The axes of its sums and means, which are the same for all of them.
    pub axes: Option<Vec<usize>>,
    /// The values that are computed on the way.
    covered: BTreeSet<Id>,
}

/// A graph, with who gives and who reads each value.
pub struct Graph<'a> {
    pub flat: &'a Flat,
    producers: HashMap<Id, usize>,
    readers: HashMap<Id, Vec<usize>>,
}

/// A number, and values to the power of a number, or times one.
type Parts = (f64, Vec<(Id, f64)>);

impl<'a> Graph<'a> {
    pub fn new(flat: &'a Flat) -> Self {
        let (mut producers, mut readers) = (HashMap::new(), HashMap::<Id, Vec<usize>>::new());
        for (place, op) in flat.ops.iter().enumerate() {
            producers.extend(op.outputs.iter().map(|id| (*id, place)));
            op.inputs.iter().flatten().for_each(|id| readers.entry(*id).or_default().push(place));
        }
        Graph { flat, producers, readers }
    }

    /// The operation that gives a value, if it is its first (or only) result.
    pub fn producer(&self, id: Id) -> Option<&'a Op> {
        self.producers.get(&id).map(|place| &self.flat.ops[*place]).filter(|op| op.outputs.first() == Some(&id))
    }

    /// The operations that read a value.
    pub fn readers(&self, id: Id) -> impl Iterator<Item = &'a Op> {
        self.readers.get(&id).into_iter().flatten().map(|place| &self.flat.ops[*place])
    }

    pub fn is_output(&self, id: Id) -> bool {
        self.flat.outputs.iter().any(|(_, output)| *output == id)
    }

    /// Whether one operation reads a value, once, and nobody else.
    pub fn is_read_once(&self, id: Id) -> bool {
        self.readers.get(&id).is_some_and(|readers| readers.len() == 1) && !self.is_output(id)
    }

    pub fn number(&self, id: Id) -> Option<f64> {
        self.flat.values[id].array.as_ref()?.only()
    }

    pub fn shape(&self, id: Id) -> &'a [usize] {
        &self.flat.values[id].shape
    }

    /// What the names of a formula are, if this value is what it says, and nobody reads what lies between.
    pub fn find(&self, forms: &[(String, Form)], root: Id) -> Option<Found> {
        let (_, whole) = forms.first()?;
        let mut all = self.solve(whole, 1.0, root, Found::default());
        for (name, form) in &forms[1..] {
            let next = |found: Found| match found.values.get(name) {
                Some(id) => self.solve(form, 1.0, *id, found),
                None => Vec::new(),
            };
            all = all.into_iter().flat_map(next).collect();
        }
        all.into_iter().find(|found| self.is_closed(found, root))
    }

    fn is_closed(&self, found: &Found, root: Id) -> bool {
        let names: Vec<&Id> = found.values.values().collect();
        let mut inner = found.covered.iter().filter(|id| **id != root);
        let is_inside = |op: &usize| self.flat.ops[*op].outputs.iter().any(|id| found.covered.contains(id));
        inner.all(|id| {
            let is_bound = names.contains(&id) && !found.covered.contains(id);
            is_bound || (!self.is_output(*id) && self.readers.get(id).is_some_and(|all| all.iter().all(is_inside)))
        })
    }

    /// All ways in which `by` times this value is what a formula says.
    fn solve(&self, form: &Form, by: f64, id: Id, mut found: Found) -> Vec<Found> {
        match form {
            Form::Name(name) => self.name(name, by, id, found).into_iter().collect(),
            Form::Number(number) => {
                let is_it = self.number(id).is_some_and(|value| close(by * value, *number));
                is_it.then_some(found).into_iter().collect()
            }
            Form::Call(name, arguments) => {
                let Some(inputs) =
                    self.call(name, id, &mut found).filter(|all| by == 1.0 && all.len() == arguments.len())
                else {
                    return Vec::new();
                };
                found.covered.insert(id);
                let each = arguments.iter().zip(inputs);
                each.fold(vec![found], |all, (form, id)| {
                    all.into_iter().flat_map(|found| self.solve(form, 1.0, id, found)).collect()
                })
            }
            Form::Sum(plus, terms) => self.ways(
                id,
                |deep, inner| self.sum(by, id, deep, inner),
                |parts, mut found| {
                    let (number, values) = parts;
                    match plus {
                        Plus::Known(known) if !close(*known, *number) => return Vec::new(),
                        Plus::Known(_) => {}
                        Plus::Any(name) => {
                            found.numbers.insert(name.clone(), *number);
                        }
                    }
                    let forms: Vec<(&Form, f64)> = terms.iter().map(|(by, form)| (form, *by)).collect();
                    self.each(&forms, values, found, &|wanted, own| Some(own / wanted))
                },
                found,
            ),
            Form::Product(number, factors) => self.ways(
                id,
                |deep, inner| self.product(id, deep, inner),
                |parts, found| {
                    if !close(*number, by * parts.0) {
                        return Vec::new();
                    }
                    let forms: Vec<(&Form, f64)> = factors.iter().map(|(form, power)| (form, *power)).collect();
                    self.each(&forms, &parts.1, found, &|wanted, own| (wanted == own).then_some(1.0))
                },
                found,
            ),
        }
    }

    /// A sum or a product as it is written, and with those inside of it taken apart too.
    fn ways(
        &self,
        id: Id,
        parts: impl Fn(bool, &mut BTreeSet<Id>) -> Option<Parts>,
        solve: impl Fn(&Parts, Found) -> Vec<Found>,
        found: Found,
    ) -> Vec<Found> {
        let mut all = Vec::new();
        let mut last: Option<Parts> = None;
        for deep in [true, false] {
            let mut inner = BTreeSet::from([id]);
            let Some(parts) = parts(deep, &mut inner).filter(|(_, parts)| parts.len() <= MOST) else { continue };
            if last.as_ref() != Some(&parts) {
                let mut found = found.clone();
                found.covered.extend(inner);
                all.extend(solve(&parts, found));
            }
            last = Some(parts);
        }
        all
    }

    /// The forms as these values, in any order; `left` says by what a value is multiplied that stands for a form.
    fn each(
        &self,
        forms: &[(&Form, f64)],
        values: &[(Id, f64)],
        found: Found,
        left: &dyn Fn(f64, f64) -> Option<f64>,
    ) -> Vec<Found> {
        let Some(((form, wanted), rest)) = forms.split_first() else {
            return if values.is_empty() { vec![found] } else { Vec::new() };
        };
        if forms.len() != values.len() {
            return Vec::new();
        }
        let one = |place: usize| {
            let (id, own) = values[place];
            let mut others = values.to_vec();
            others.remove(place);
            let all = left(*wanted, own).map_or_else(Vec::new, |by| self.solve(form, by, id, found.clone()));
            all.into_iter().flat_map(|found| self.each(rest, &others, found, left)).collect::<Vec<_>>()
        };
        (0..values.len()).flat_map(one).collect()
    }

    fn name(&self, name: &str, by: f64, id: Id, mut found: Found) -> Option<Found> {
        let is_constant = self.flat.values[id].array.is_some();
        if by != 1.0 || is_constant != is_array(name) {
            return None;
        }
        match found.values.get(name) {
            Some(other) => (*other == id).then_some(found),
            None => {
                found.values.insert(name.to_owned(), id);
                Some(found)
            }
        }
    }

    /// The inputs of an operation that a formula calls by this name; `clip` has its bounds behind them.
    fn call(&self, name: &str, id: Id, found: &mut Found) -> Option<Vec<Id>> {
        let op = self.producer(id)?;
        let call = self.flat.call(op);
        let first = op.inputs.first().copied().flatten()?;
        let wanted = match name {
            "relu6" => {
                let bounds = (call.number("min", 1).ok()??, call.number("max", 2).ok()??);
                return (op.op == "Clip" && bounds == (0.0, 6.0)).then(|| vec![first]);
            }
            "unit" => {
                let bounds = (call.number("min", 1).ok()??, call.number("max", 2).ok()??);
                return (op.op == "Clip" && bounds == (0.0, 1.0)).then(|| vec![first]);
            }
            "hard_sigmoid" => {
                let (alpha, beta) = (call.float("alpha", 0.2), call.float("beta", 0.5));
                return (op.op == "HardSigmoid" && close(alpha, 1.0 / 6.0) && beta == 0.5).then(|| vec![first]);
            }
            "mean" | "sum" | "max" => {
                let class = match name {
                    "mean" => "ReduceMean",
                    "sum" => "ReduceSum",
                    _ => "ReduceMax",
                };
                let mut axes = shapes::reduced_axes(&call).ok().filter(|_| op.op == class)?;
                axes.sort_unstable();
                let keeps = self.shape(id).len() == self.shape(first).len();
                let agrees = found.axes.as_ref().is_none_or(|other| *other == axes);
                found.axes = Some(axes);
                return (keeps && agrees).then(|| vec![first]);
            }
            "abs" => "Abs",
            "erf" => "Erf",
            "exp" => "Exp",
            "log" => "Log",
            "sigmoid" => "Sigmoid",
            "softplus" => "Softplus",
            "tanh" => "Tanh",
            "softmax" => "Softmax",
            _ => return None,
        };
        if wanted == "Softmax" {
            let axis = crate::onnx::flat::axis_of(call.int("axis", -1), self.shape(first).len()).ok()?;
            found.axes = Some(vec![axis]);
        }
        (op.op == wanted).then(|| vec![first])
    }

    /// The factors of a value. `inner` gets the values between.
    fn product(&self, id: Id, deep: bool, inner: &mut BTreeSet<Id>) -> Option<Parts> {
        let op = self.producer(id)?;
        let input = |place: usize| op.inputs.get(place).copied().flatten();
        let of: Vec<(Id, f64)> = match op.op.as_str() {
            "Mul" => vec![(input(0)?, 1.0), (input(1)?, 1.0)],
            "Div" => vec![(input(0)?, 1.0), (input(1)?, -1.0)],
            "Neg" => vec![(input(0)?, 1.0)],
            "Sqrt" => vec![(input(0)?, 0.5)],
            "Reciprocal" => vec![(input(0)?, -1.0)],
            "Pow" => vec![(input(0)?, self.number(input(1)?)?)],
            _ => return None,
        };
        let mut by = if op.op == "Neg" { -1.0 } else { 1.0 };
        let mut factors: Vec<(Id, f64)> = Vec::new();
        for (id, power) in of {
            if let Some(number) = self.number(id) {
                by *= number.powf(power);
                continue;
            }
            let own = (deep && self.is_read_once(id) && inner.len() < 64).then(|| self.product(id, true, inner));
            let (number, parts) = match own.flatten() {
                // A root of a product is the product of the roots only where all are positive.
                Some(own) if power.fract() == 0.0 || own.1.len() == 1 => {
                    inner.insert(id);
                    own
                }
                _ => (1.0, vec![(id, 1.0)]),
            };
            by *= number.powf(power);
            for (id, own) in parts {
                match factors.iter_mut().find(|(other, _)| *other == id) {
                    Some((_, all)) => *all += own * power,
                    None => factors.push((id, own * power)),
                }
            }
        }
        Some((by, factors))
    }

    /// The terms of `times` a value, and by what each is multiplied.
    fn sum(&self, times: f64, id: Id, deep: bool, inner: &mut BTreeSet<Id>) -> Option<Parts> {
        let op = self.producer(id)?;
        let input = |place: usize| op.inputs.get(place).copied().flatten();
        let of = match op.op.as_str() {
            "Add" => [(input(0)?, times), (input(1)?, times)],
            "Sub" => [(input(0)?, times), (input(1)?, -times)],
            _ => return None,
        };
        let (mut plus, mut terms) = (0.0, Vec::new());
        for (id, by) in of {
            if let Some(number) = self.number(id) {
                plus += by * number;
                continue;
            }
            let own = (deep && self.is_read_once(id) && inner.len() < 64).then(|| self.sum(by, id, true, inner));
            match own.flatten() {
                Some((number, parts)) => {
                    inner.insert(id);
                    plus += number;
                    terms.extend(parts);
                }
                None => terms.push((id, by)),
            }
        }
        Some((plus, terms))
    }
}

/// Whether two numbers are the same but for what exporters round.
fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-4 * b.abs().max(1e-3)
}
