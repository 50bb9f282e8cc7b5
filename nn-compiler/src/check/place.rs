//! A layer that fits → the values and nodes that it becomes.

use nn_graph::graph::{Element, Layer, Node, Operand, Value, ValueId};
use nn_graph::mask::{Mask, Masked};
use nn_graph::op::Op;
use nn_graph::weight::Regularizer;
use nn_graph::{Name, Shape, SourceId};

use super::Walk;
use crate::spec::{Configured, Placed};
use crate::wire;

/// What the nodes of one layer have in common.
pub(super) struct Part<'a> {
    pub name: &'a Name,
    pub field: &'a Name,
    pub text: &'a str,
    pub at: SourceId,
}

impl Walk<'_> {
    /// Adds a layer that fits.
    pub(super) fn node(
        &mut self,
        id: wire::Id,
        call: usize,
        layer: &Configured,
        inputs: Vec<Operand>,
        placed: Placed,
        given: &[(usize, Option<ValueId>)],
    ) -> Vec<ValueId> {
        let (node, written) = (&self.graph.nodes[id], &self.graph.calls[call]);
        let known: Vec<Option<Mask>> = inputs.iter().map(|input| self.value_masks[input.value].clone()).collect();
        if let Some(Some(mask)) = known.first()
            && let Err(problem) = layer.fits_mask(&written.text, &inputs[0].shape, &self.mask_len(mask))
        {
            self.errors.error(node.at, problem.problem).help(problem.help);
        }
        let Masked { mut reads, mut gives } = layer.masks(&inputs, &known);
        for (place, value) in given {
            reads.resize(reads.len().max(place + 1), None);
            reads[*place] = value.map(Mask::Value);
        }
        let masks: Vec<Option<ValueId>> = reads.iter().map(|mask| mask.as_ref().map(|mask| self.mask(mask))).collect();
        gives.resize(placed.results(), None);
        let is_masked = |masks: &[Option<Mask>]| masks.iter().any(Option::is_some);
        let loses_mask = is_masked(&known) && !is_masked(&reads) && !is_masked(&gives);
        let (name, field) = (self.sources.name(&node.name), self.sources.name(&self.graph.nodes[node.weights].name));
        let at = self.sources.add(&written.name, &written.name);
        let part = Part { name: &name, field: &field, text: &written.text, at };
        let (class, output) = (layer.spec.class(), placed.output().clone());
        let layer = Layer { class, output, macs: placed.macs.clone(), loses_mask };

        let from = self.before(&part, &placed, &inputs);
        let Placed { outputs, suffixes, params, op, beside, after, penalty, .. } = placed;
        let suffix = match (&beside, after.first()) {
            (Some(beside), _) => Some(beside.names[0]),
            (None, Some((Op::Permute(_), _))) => Some("channels_last"),
            (None, Some(_)) => Some("linear"),
            (None, None) => None,
        };
        let mut gives = gives.into_iter();
        let mask = gives.next().flatten();
        let mut others = suffixes.iter().copied().chain(std::iter::repeat("")).zip(gives);
        let mut results = self.results(&part, (suffix, &mask), outputs, &mut others);
        if matches!(op, Op::View) {
            // Ids in another shape are ids.
            self.values[results[0]].element = from[0].element;
        }
        let own = self.push(&part, name.clone(), op, from, results.clone());
        own.owner = node.weights == id;
        own.layer = Some(layer);
        own.docs.clone_from(&written.docs);
        own.masks.clone_from(&masks);
        own.params.clone_from(&params);

        let mut chain: Vec<(Op, Shape)> = Vec::new();
        let mut other = None;
        if let Some(beside) = beside {
            let from = beside.roles.iter().map(|role| inputs[*role].clone()).collect();
            let second = Part { name: &self.free(name.suffixed(beside.names[1])), ..part };
            let more = self.results(&second, (None, &None), beside.outputs, &mut others);
            let node = self.push(&part, second.name.clone(), beside.op, from, more.clone());
            node.masks = masks;
            node.params = params;
            other = Some(more[0]);
            results.extend(&more[1..]);
            chain.push(beside.join);
        }
        chain.extend(after);
        let first = [results[0]].into_iter().chain(other).collect();
        results[0] = self.after(&part, chain, first, mask);
        if let Some(regularizer) = penalty {
            results.iter_mut().for_each(|result| *result = self.penalized(&part, regularizer, *result));
        }
        results
    }

    /// What the layer's own operation sees, after what happens to it first.
    fn before(&mut self, part: &Part<'_>, placed: &Placed, inputs: &[Operand]) -> Vec<Operand> {
        let mut from: Vec<Operand> = match &placed.roles {
            Some(roles) => roles.iter().map(|role| inputs[*role].clone()).collect(),
            None => inputs.to_vec(),
        };
        for (input, shape) in from.iter_mut().zip(placed.seen.iter().flatten()) {
            input.shape.clone_from(shape);
        }
        for (op, shape) in &placed.before {
            let learns = op.has_weights();
            let value = self.made(part, if learns { "between" } else { "input" }, shape.clone(), None);
            let node = self.part(part, op.clone(), vec![from[0].clone()], vec![value]);
            if learns {
                // Of the weights that it shares with the layer's own node, which is their owner.
                node.params.clone_from(&placed.params);
            }
            from[0] = self.operand(value);
        }
        from
    }

    /// What becomes of the first result; the first operation may join it with another. The last value has the layer's name and mask.
    fn after(
        &mut self,
        part: &Part<'_>,
        chain: Vec<(Op, Shape)>,
        mut from: Vec<ValueId>,
        mask: Option<Mask>,
    ) -> ValueId {
        let last = chain.len();
        for (index, (op, shape)) in chain.into_iter().enumerate() {
            let value = if index + 1 == last {
                self.value(part.name.clone(), shape, Element::Real, mask.clone())
            } else {
                self.made(part, "channels_last", shape, None)
            };
            let inputs = from.iter().map(|value| self.operand(*value)).collect();
            self.part(part, op, inputs, vec![value]);
            from = vec![value];
        }
        from[0]
    }

    /// The values of one operation of a layer: the first with this suffix, or the layer's name and mask; the others as they come.
    fn results<'a>(
        &mut self,
        part: &Part<'_>,
        (suffix, mask): (Option<&str>, &Option<Mask>),
        shapes: Vec<Shape>,
        others: &mut impl Iterator<Item = (&'a str, Option<Mask>)>,
    ) -> Vec<ValueId> {
        let mut shapes = shapes.into_iter();
        let first = shapes.next().unwrap_or_default();
        let first = match suffix {
            None => self.value(part.name.clone(), first, Element::Real, mask.clone()),
            Some(suffix) => self.made(part, suffix, first, None),
        };
        let rest = shapes
            .zip(others)
            .map(|(shape, (suffix, mask))| self.value(part.name.suffixed(suffix), shape, Element::Real, mask));
        [first].into_iter().chain(rest.collect::<Vec<_>>()).collect()
    }

    /// What a layer sees of a value.
    fn operand(&self, value: ValueId) -> Operand {
        let Value { shape, element, .. } = &self.values[value];
        Operand { value, shape: shape.clone(), element: *element }
    }

    /// A value that the user has no name for.
    fn made(&mut self, part: &Part<'_>, suffix: &str, shape: Shape, mask: Option<Mask>) -> ValueId {
        let name = self.free(part.name.suffixed(suffix));
        self.value(name, shape, Element::Real, mask)
    }

    /// A name that no layer and no value has.
    pub(super) fn free(&self, mut name: Name) -> Name {
        let taken = |name: &Name| {
            let values = self.values.iter().any(|value| value.name == *name);
            let nodes = self.nodes.iter().any(|node| node.name == *name);
            values || nodes || self.graph.nodes.iter().any(|node| node.name == name.text)
        };
        while taken(&name) {
            name.text.push('_');
        }
        name
    }

    /// A result of a layer, with its penalty.
    fn penalized(&mut self, part: &Part<'_>, regularizer: Regularizer, result: ValueId) -> ValueId {
        let (Value { name, shape, element }, mask) = (self.values[result].clone(), self.value_masks[result].clone());
        let name = self.free(name.suffixed("regularized"));
        let from = self.operand(result);
        let value = self.value(name, shape, element, mask);
        self.part(part, Op::Penalty(regularizer), vec![from], vec![value]);
        value
    }

    /// A node for a part of a layer.
    fn part(&mut self, part: &Part<'_>, op: Op, from: Vec<Operand>, to: Vec<ValueId>) -> &mut Node {
        let suffix = match op {
            Op::Permute(_) => "permute",
            Op::Penalty(_) => "penalty",
            Op::Cast => "cast",
            Op::Concatenate(_) | Op::Merge(_) => "merged",
            _ if op.has_weights() => "depthwise",
            _ => "activation",
        };
        let name = self.free(part.name.suffixed(suffix));
        self.push(part, name, op, from, to)
    }

    /// A node without weights of its own.
    pub(super) fn push(
        &mut self,
        part: &Part<'_>,
        name: Name,
        op: Op,
        inputs: Vec<Operand>,
        results: Vec<ValueId>,
    ) -> &mut Node {
        let output = self.values[results[0]].shape.clone();
        let place = self.nodes.len();
        self.nodes.push(Node {
            name,
            field: part.field.clone(),
            owner: false,
            layer: None,
            text: part.text.to_string(),
            docs: Vec::new(),
            at: part.at,
            op,
            input: inputs.first().map(|input| input.shape.clone()).unwrap_or_default(),
            inputs,
            masks: Vec::new(),
            results,
            output,
            params: Vec::new(),
        });
        &mut self.nodes[place]
    }
}
