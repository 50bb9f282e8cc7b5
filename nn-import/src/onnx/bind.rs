//! Shapes and values for the inputs of a graph: those of the file, and those that the user binds by name.

use std::collections::HashSet;

use super::array::{Array, Type};
use super::proto::{Dim, Graph, Info};
use super::shapes::element;
use crate::{ImportError, Options, Unsupported};

/// An input with all of its sizes.
pub struct Bound {
    pub name: String,
    pub shape: Vec<usize>,
    pub kind: Type,
    /// What it always is.
    pub constant: Option<Array>,
    /// The batch of the file, and the one that is bound instead.
    pub bound: Option<(usize, usize)>,
}

/// The inputs, without those that are weights.
///
/// The first axis is the batch where it is open, and 1; all other open sizes have to be bound.
pub fn inputs(graph: &Graph, options: &Options) -> Result<Vec<Bound>, ImportError> {
    let weights: HashSet<&str> = graph.initializers.iter().map(|(name, _)| name.as_str()).collect();
    let infos = || graph.inputs.iter().filter(|info| !weights.contains(info.name.as_str()));
    let mut problems = strangers(graph, options, &infos().map(|info| info.name.as_str()).collect());
    let batch = infos().filter_map(|info| info.shape.as_ref()?.first()).find_map(|dim| match dim {
        Dim::Open(name) if !name.is_empty() => Some(name.clone()),
        _ => None,
    });
    let mut bound = Vec::new();
    for info in infos() {
        match input(info, options, batch.as_deref()) {
            Ok(input) => bound.push(input),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(bound) } else { Err(ImportError::Unsupported(problems)) }
}

/// Names of the user's that the file does not have.
fn strangers(graph: &Graph, options: &Options, inputs: &Vec<&str>) -> Vec<Unsupported> {
    let shapes = graph.inputs.iter().filter_map(|info| info.shape.as_ref()).flatten();
    let dims: Vec<&str> =
        shapes.filter_map(|dim| if let Dim::Open(name) = dim { Some(&**name) } else { None }).collect();
    let named = options.inputs.iter().map(|(name, _)| name).filter(|name| !inputs.contains(&name.as_str()));
    let constants = options.constants.iter().map(|(name, _)| name);
    // A number may be meant for an input or for a size, whichever the file has.
    let strange = constants.filter(|name| !inputs.contains(&name.as_str()) && !dims.contains(&name.as_str()));
    let problem = |name: &String| Unsupported {
        node: format!("`{name}`"),
        problem: "the file has no input of that name".to_owned(),
        help: format!("its inputs are `{}`", inputs.join("`, `")),
    };
    named.chain(strange).map(problem).collect()
}

fn input(info: &Info, options: &Options, batch: Option<&str>) -> Result<Bound, Unsupported> {
    let kind = element(info.kind);
    let problem = |problem: String, help: String| Unsupported { node: format!("input `{}`", info.name), problem, help };
    let given = options.inputs.iter().find(|(name, _)| *name == info.name).map(|(_, shape)| shape);
    let constant = options.constants.iter().find(|(name, _)| *name == info.name).map(|(_, value)| *value);
    let dims = match (&info.shape, given) {
        (_, Some(given)) => given.iter().map(|size| Dim::Size(*size)).collect(),
        (Some(dims), None) => dims.clone(),
        (None, None) if constant.is_some() => Vec::new(),
        (None, None) => {
            let help = format!("say its shape: `{}: [1, …]`", info.name);
            return Err(problem("the file does not say its shape".to_owned(), help));
        }
    };
    if let (Some(given), Some(shape)) = (given, &info.shape) {
        let fits = given.len() == shape.len()
            && !given.contains(&0)
            && given.iter().zip(shape).skip(1).all(|(given, dim)| match dim {
                Dim::Size(size) => size == given,
                Dim::Open(_) => true,
            });
        if !fits {
            return Err(problem(format!("it is {} in the file, and {given:?} is bound", text(shape)), String::new()));
        }
    }
    let size = |(axis, dim): (usize, &Dim)| match dim {
        Dim::Size(size) => Some(*size),
        Dim::Open(name) => {
            let number = options.constants.iter().find(|(other, _)| other == name).map(|(_, number)| *number as usize);
            let named = options.dims.iter().find(|(other, _)| other == name && !name.is_empty()).map(|(_, size)| *size);
            // A state has its batch behind its layers, and no name for it in many files.
            let only = dims.iter().filter(|dim| matches!(dim, Dim::Open(_))).count() == 1;
            let is_state = axis == 1 && dims.len() == 3 && only && name.is_empty();
            let is_batch = axis == 0 || is_state || (!name.is_empty() && batch == Some(name.as_str()));
            named.or(number.filter(|_| !name.is_empty())).or(is_batch.then_some(1)).filter(|size| *size > 0)
        }
    };
    let shape: Option<Vec<usize>> = dims.iter().enumerate().map(size).collect();
    let Some(shape) = shape else {
        let help = format!("say its shape: `{}: [{}]`, each `…` a number", info.name, example(&dims));
        return Err(problem(format!("it leaves sizes open: {}", text(&dims)), help));
    };
    let constant = match constant {
        None => None,
        Some(_) if shape.iter().product::<usize>() > 1 << 20 => {
            return Err(problem("it is too large for a constant".to_owned(), String::new()));
        }
        Some(value) => Some(Array::new(kind, shape.clone(), vec![value; shape.iter().product()])),
    };
    let bound = match info.shape.as_ref().and_then(|shape| shape.first()) {
        Some(Dim::Size(size)) if shape.first().is_some_and(|bound| bound != size) => Some((*size, shape[0])),
        _ => None,
    };
    Ok(Bound { name: info.name.clone(), shape, kind, constant, bound })
}

fn text(dims: &[Dim]) -> String {
    let dim = |dim: &Dim| match dim {
        Dim::Size(size) => size.to_string(),
        Dim::Open(name) if name.is_empty() => "?".to_owned(),
        Dim::Open(name) => format!("`{name}`"),
    };
    format!("[{}]", dims.iter().map(dim).collect::<Vec<_>>().join(", "))
}

fn example(dims: &[Dim]) -> String {
    let dim = |(axis, dim): (usize, &Dim)| match dim {
        Dim::Size(size) => size.to_string(),
        Dim::Open(_) if axis == 0 => "1".to_owned(),
        Dim::Open(_) => "…".to_owned(),
    };
    dims.iter().enumerate().map(dim).collect::<Vec<_>>().join(", ")
}
