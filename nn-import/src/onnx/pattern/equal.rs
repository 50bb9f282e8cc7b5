//! Operations that are the same as others on the same values.

use std::collections::HashMap;
use std::rc::Rc;

use crate::onnx::flat::{Flat, Id, Op};
use crate::onnx::proto::Attribute;

/// What an operation reads; small constants by their numbers, so that each `2.0` of the file is the same.
#[derive(PartialEq, Eq, Hash)]
enum Read {
    Nothing,
    Value(Id),
    Constant(Vec<usize>, Vec<u64>),
}

/// Leaves one of the operations that compute the same.
pub fn join(flat: &mut Flat) {
    let mut first: HashMap<(String, Vec<Read>), Vec<usize>> = HashMap::new();
    let mut renamed: HashMap<Id, Id> = HashMap::new();
    for place in 0..flat.ops.len() {
        let op = &mut flat.ops[place];
        op.inputs.iter_mut().flatten().for_each(|id| *id = renamed.get(id).copied().unwrap_or(*id));
        let op = &flat.ops[place];
        let others = first.entry((op.op.clone(), op.inputs.iter().map(|id| read(flat, *id)).collect())).or_default();
        match others.iter().find(|other| is_same(&flat.ops[**other], op)) {
            Some(other) => renamed.extend(op.outputs.iter().copied().zip(flat.ops[*other].outputs.iter().copied())),
            None => others.push(place),
        }
    }
    flat.outputs.iter_mut().for_each(|(_, id)| *id = renamed.get(id).copied().unwrap_or(*id));
}

fn read(flat: &Flat, id: Option<Id>) -> Read {
    let Some(id) = id else { return Read::Nothing };
    match &flat.values[id].array {
        Some(array) if array.values.len() <= 4 => {
            Read::Constant(array.shape.clone(), array.values.iter().map(|value| value.to_bits()).collect())
        }
        _ => Read::Value(id),
    }
}

fn is_same(a: &Op, b: &Op) -> bool {
    let same = |a: &Attribute, b: &Attribute| {
        let is_plain = |one: &Attribute| one.tensor.is_none() && one.graph.is_none();
        a.name == b.name
            && a.int == b.int
            && a.float == b.float
            && a.text == b.text
            && a.ints == b.ints
            && a.floats == b.floats
            && a.texts == b.texts
            && is_plain(a)
            && is_plain(b)
    };
    let attributes = Rc::ptr_eq(&a.attributes, &b.attributes)
        || (a.attributes.len() == b.attributes.len()
            && a.attributes.iter().zip(b.attributes.iter()).all(|(a, b)| same(a, b)));
    attributes && a.outputs.len() == b.outputs.len()
}
