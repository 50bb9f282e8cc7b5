//! Nodes in the order in which the text has them: Keras' counters go by it.

use std::collections::{HashMap, HashSet};

use super::Written;
use crate::script::{Node, Operand, Value, What};

/// Puts each node that only one other reads right before that one, where the text goes on from it.
pub fn sort(written: Written) -> Written {
    let Written { mut script, mut weights } = written;
    let mut reads: HashMap<usize, usize> = HashMap::new();
    let count = |reads: &mut HashMap<usize, usize>, value: &Value| {
        if let Value::Result { node, .. } = value {
            *reads.entry(*node).or_insert(0) += 1;
        }
    };
    script.nodes.iter().flat_map(operands).for_each(|value| count(&mut reads, &value));
    // An output is read by nobody behind it.
    script.outputs.iter().for_each(|(_, value)| (0..2).for_each(|_| count(&mut reads, value)));
    let owners: HashSet<usize> = script
        .nodes
        .iter()
        .filter_map(|node| if let What::Again(owner) = node.what { Some(owner) } else { None })
        .collect();
    let moves = |id: usize| {
        let node = &script.nodes[id];
        reads.get(&id) == Some(&1)
            && node.results == 1
            && !owners.contains(&id)
            && !matches!(node.what, What::Weight { .. })
    };
    let mut order = Vec::with_capacity(script.nodes.len());
    let mut open = Vec::new();
    for id in (0..script.nodes.len()).filter(|id| !moves(*id)) {
        // Each node behind those that only it reads, the first of them first.
        open.push((id, false));
        while let Some((id, is_ready)) = open.pop() {
            if is_ready {
                order.push(id);
                continue;
            }
            open.push((id, true));
            let inner = operands(&script.nodes[id]).filter_map(|value| match value {
                Value::Result { node, .. } if moves(node) => Some((node, false)),
                _ => None,
            });
            let inner: Vec<_> = inner.collect();
            open.extend(inner.into_iter().rev());
        }
    }
    let places: HashMap<usize, usize> = order.iter().enumerate().map(|(to, from)| (*from, to)).collect();
    let place = |id: usize| places.get(&id).copied().unwrap_or(id);
    let moved = |value: Value| match value {
        Value::Result { node, result } => Value::Result { node: place(node), result },
        input @ Value::Input(_) => input,
    };
    let nodes = order.iter().map(|id| {
        let mut node = script.nodes[*id].clone();
        for operand in &mut node.operands {
            if let Operand::Value(value) = operand {
                *value = moved(*value);
            }
        }
        if let What::Again(owner) = &mut node.what {
            *owner = place(*owner);
        }
        node
    });
    script.nodes = nodes.collect();
    script.outputs.iter_mut().for_each(|(_, value)| *value = moved(*value));
    weights =
        weights.into_iter().filter(|(id, _)| places.contains_key(id)).map(|(id, arrays)| (place(id), arrays)).collect();
    Written { script, weights }
}

fn operands(node: &Node) -> impl DoubleEndedIterator<Item = Value> + '_ {
    node.operands.iter().filter_map(|operand| match operand {
        Operand::Value(value) => Some(*value),
        Operand::Number(_) => None,
    })
}
