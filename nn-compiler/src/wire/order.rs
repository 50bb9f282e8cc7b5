//! Which layers the outputs need, and the order of their weights.

use std::collections::HashMap;

use super::builder::{Draft, Wired};
use super::{Id, What};
use crate::diagnostics::Diagnostics;

/// Takes out the layers that no output depends on: a block may compute more than one of its copies hands out.
pub fn prune(wired: &mut Wired, errors: &mut Diagnostics) {
    let mut live = vec![false; wired.nodes.len()];
    for output in &wired.outputs {
        live[output.value.node] = true;
    }
    for id in (0..live.len()).rev() {
        if live[id] {
            wired.nodes[id].node.inputs.iter().for_each(|input| live[input.node] = true);
        }
    }
    let mut places = vec![0; live.len()];
    let mut kept: Vec<Draft> = Vec::new();
    for (id, mut draft) in std::mem::take(&mut wired.nodes).into_iter().enumerate() {
        let is_input = matches!(draft.node.what, What::Input(_));
        if is_input && !live[id] {
            let problem = format!("no output depends on the input `{}`", draft.node.name);
            errors.error(&draft.node.name, problem).help("leave it out: what reads it is dropped");
        }
        if live[id] || is_input {
            places[id] = kept.len();
            draft.node.inputs.iter_mut().for_each(|input| input.node = places[input.node]);
            draft.node.weights = kept.len();
            kept.push(draft);
        }
    }
    wired.nodes = kept;
    wired.outputs.iter_mut().for_each(|output| output.value.node = places[output.value.node]);
}

/// The nodes that own their weights, in the order of Keras' `model.weights`.
///
/// Keras sorts layers by their depth, which is the longest way from them to an output, and layers of one depth in the order
/// in which a search from the outputs backwards meets them. A shared layer has the depth of its deepest use.
pub fn fields(wired: &Wired) -> Vec<Id> {
    let (finished, met) = search(wired);
    let mut depths = vec![0; wired.nodes.len()];
    let mut owners: HashMap<Id, usize> = HashMap::new();
    for &id in finished.iter().rev() {
        let node = &wired.nodes[id].node;
        let owner = owners.entry(node.weights).or_insert(0);
        *owner = depths[id].max(*owner);
        let depth = *owner + 1;
        for input in &node.inputs {
            depths[input.node] = depth.max(depths[input.node]);
        }
    }
    let mut fields: Vec<_> = owners.into_iter().collect();
    fields.sort_by_key(|(id, depth)| (std::cmp::Reverse(*depth), met.get(id).copied()));
    let layers = fields.into_iter().map(|(id, _)| id);
    layers.filter(|id| matches!(wired.nodes[*id].node.what, What::Layer(_))).collect()
}

/// Walks from the outputs to the inputs: the nodes in the order in which all before them is done, and when the layer
/// of each was met first.
fn search(wired: &Wired) -> (Vec<Id>, HashMap<Id, usize>) {
    let (mut finished, mut met) = (Vec::new(), HashMap::new());
    let mut seen = vec![false; wired.nodes.len()];
    for output in &wired.outputs {
        let mut path: Vec<(Id, usize)> = Vec::new();
        let mut next = Some(output.value.node);
        loop {
            if let Some(id) = next.take().filter(|id| !std::mem::replace(&mut seen[*id], true)) {
                let order = met.len();
                met.entry(wired.nodes[id].node.weights).or_insert(order);
                path.push((id, 0));
            }
            let Some((id, done)) = path.last_mut() else { break };
            match wired.nodes[*id].node.inputs.get(*done) {
                Some(input) => {
                    *done += 1;
                    next = Some(input.node);
                }
                None => {
                    finished.push(*id);
                    path.pop();
                }
            }
        }
    }
    (finished, met)
}
