//! ONNX files: opsets 7 to 23.

pub(crate) mod array;
mod bind;
mod contrib;
pub(crate) mod flat;
mod flatten;
mod fold;
mod pattern;
pub(crate) mod proto;
mod quantized;
mod rewrite;
mod shapes;
mod simplify;
mod states;
mod windows;
mod wire;
mod write;

pub(crate) use proto::half;
pub(crate) use shapes::element;

use std::collections::HashMap;

use crate::compiled::{Weight, weights};
use crate::{ImportError, Model, Options, Tensor, Unsupported};
use write::Written;

/// Reads a model.
///
/// The batch is 1 where the file leaves it open, and no axis of the network. Other open sizes and inputs that are constants are
/// bound by `options`. Inputs and outputs keep the order of their axes: an image that has its channels first in the file
/// has them first in the network.
///
/// # Errors
///
/// [`ImportError::Format`] for bytes that are no ONNX file, and for weights in other files;
/// [`ImportError::Unsupported`] with all sizes that are open, or with all nodes that the language has not.
pub fn read(bytes: &[u8], options: &Options) -> Result<Model, ImportError> {
    read_model(&proto::model(bytes)?, options, bytes.len())
}

/// The same of a model that may come from another format, in a file of so many bytes.
pub(crate) fn read_model(model: &proto::Model, options: &Options, len: usize) -> Result<Model, ImportError> {
    let (mut flat, problems) = flatten::flatten(model, options, len)?;
    flat.states = states::pairs(&flat, options)?;
    network(flat, problems)
}

/// An import graph as a network, if nothing of it is missing.
fn network(mut flat: flat::Flat, mut problems: Vec<Unsupported>) -> Result<Model, ImportError> {
    flat.sweep();
    if problems.is_empty() {
        pattern::recognise(&mut flat);
    }
    let written = match write::write(&flat) {
        Ok(written) if problems.is_empty() => written,
        Ok(_) => return Err(ImportError::Unsupported(problems)),
        Err(more) => {
            problems.extend(more);
            return Err(ImportError::Unsupported(problems));
        }
    };
    let printed = written.script.print();
    let weights = filled(&printed.text, &printed.names, &written)?;
    let inputs = written.script.inputs.iter().map(|input| input.name.clone()).collect();
    let outputs = written.script.outputs.iter().map(|(name, _)| name.clone()).collect();
    Ok(Model { text: printed.text, weights, inputs, outputs })
}

/// The arrays of each layer as the weights of the network.
fn filled(text: &str, names: &[Option<String>], written: &Written) -> Result<Vec<Tensor>, ImportError> {
    let wanted = weights(text)?;
    let mut own: HashMap<&str, Vec<&Weight>> = HashMap::new();
    wanted.iter().for_each(|weight| own.entry(weight.layer()).or_default().push(weight));
    let mut tensors: Vec<Option<Tensor>> = vec![None; wanted.len()];
    for (node, arrays) in &written.weights {
        let Some(name) = names.get(*node).and_then(Option::as_deref) else { continue };
        let own = own.get(name).map_or(&[][..], Vec::as_slice);
        for (array, weight) in arrays.iter().zip(own) {
            if array.shape == weight.shape {
                let tensor = Tensor { name: weight.name.clone(), shape: weight.shape.clone(), values: array.to_f32() };
                tensors[weight.place] = Some(tensor);
            }
        }
    }
    let missing = wanted.iter().zip(&tensors).find(|(_, tensor)| tensor.is_none());
    let Some((weight, _)) = missing else { return Ok(tensors.into_iter().flatten().collect()) };
    let node = names.iter().position(|name| name.as_deref() == Some(weight.layer()));
    let arrays = node.and_then(|node| written.weights.get(&node)).map_or(&[][..], Vec::as_slice);
    let shapes: Vec<String> = arrays.iter().map(|array| format!("{:?}", array.shape)).collect();
    let (name, shape, shapes) = (&weight.name, &weight.shape, shapes.join(", "));
    Err(wire::bad(format!("`{name}` has the shape {shape:?}, and the arrays of the layer have {shapes}")))
}
