//! The arrays of a file as the weights of a network: layer by layer, in Keras' order.

use std::collections::HashMap;

use super::stored::{Array, Stored};
use crate::compiled::{Weight, weights};
use crate::script::Printed;
use crate::{ImportError, Tensor, Unsupported};

/// The weights of a printed network, whose nodes are layers of the file by their paths.
pub fn of_model(
    printed: &Printed,
    layers: &[Option<Vec<String>>],
    stored: &[Stored],
) -> Result<Vec<Tensor>, ImportError> {
    let wanted = weights(&printed.text)?;
    let mut by_path: HashMap<Vec<&str>, Vec<&Weight>> = HashMap::new();
    let named = printed.names.iter().zip(layers).filter_map(|(name, path)| Some((name.as_deref()?, path.as_ref()?)));
    for (name, path) in named {
        let own = wanted.iter().filter(|weight| weight.layer() == name);
        by_path.insert(path.iter().map(String::as_str).collect(), own.collect());
    }
    let mut filling = Filling { found: HashMap::new(), problems: Vec::new() };
    for stored in stored {
        filling.layer(&[stored.name.as_str()], stored, &by_path);
    }
    filling.finish(&wanted)
}

/// The weights of a network of the user's from a file of weights alone: layers by their names.
///
/// # Errors
///
/// [`ImportError::Unsupported`] with all weights that the file has not, or in other shapes.
pub fn fill(text: &str, bytes: &[u8]) -> Result<Vec<Tensor>, ImportError> {
    let stored = super::layers(bytes)?;
    let wanted = weights(text)?;
    let mut by_path: HashMap<Vec<&str>, Vec<&Weight>> = HashMap::new();
    for weight in &wanted {
        by_path.entry(vec![weight.layer()]).or_default().push(weight);
    }
    let mut filling = Filling { found: HashMap::new(), problems: Vec::new() };
    for stored in &stored {
        filling.layer(&[stored.name.as_str()], stored, &by_path);
    }
    filling.finish(&wanted)
}

struct Filling<'a> {
    /// The array of each weight, by its name.
    found: HashMap<&'a str, &'a Array>,
    problems: Vec<Unsupported>,
}

impl<'a> Filling<'a> {
    fn layer(&mut self, path: &[&'a str], stored: &'a Stored, wanted: &HashMap<Vec<&str>, Vec<&'a Weight>>) {
        for inner in &stored.inner {
            let path: Vec<&str> = path.iter().copied().chain([inner.name.as_str()]).collect();
            self.layer(&path, inner, wanted);
        }
        match wanted.get(path) {
            Some(wanted) => self.pair(path, &stored.arrays.iter().collect::<Vec<_>>(), wanted),
            // Older files have the arrays of a model inside of the model in one list: the trained ones first.
            None if !stored.arrays.is_empty() => {
                let inside = wanted.iter().filter(|(other, _)| other.starts_with(path));
                let mut inside: Vec<&Weight> = inside.flat_map(|(_, weights)| weights.iter().copied()).collect();
                inside.sort_by_key(|weight| (!weight.trainable, weight.place));
                self.pair(path, &stored.arrays.iter().collect::<Vec<_>>(), &inside);
            }
            None => {}
        }
    }

    fn pair(&mut self, path: &[&str], arrays: &[&'a Array], wanted: &[&'a Weight]) {
        if arrays.len() != wanted.len() {
            let has: Vec<String> = arrays.iter().map(|array| format!("`{}`", array.name)).collect();
            let has = if has.is_empty() { "none".to_owned() } else { has.join(", ") };
            let problem =
                format!("the network has {} weights there, and the file {}: {has}", wanted.len(), arrays.len());
            return self.problem(path.join("/"), problem);
        }
        for (array, weight) in arrays.iter().zip(wanted) {
            if array.shape != weight.shape {
                let problem = format!(
                    "`{}` has shape {:?} in the network, and {:?} in the file",
                    weight.name, weight.shape, array.shape
                );
                self.problem(path.join("/"), problem);
            }
            self.found.insert(&weight.name, array);
        }
    }

    fn problem(&mut self, layer: String, problem: String) {
        self.problems.push(Unsupported { node: format!("`{layer}`"), problem, help: String::new() });
    }

    fn finish(mut self, wanted: &[Weight]) -> Result<Vec<Tensor>, ImportError> {
        for weight in wanted.iter().filter(|weight| !self.found.contains_key(&*weight.name)) {
            if !self.problems.iter().any(|problem| problem.node.trim_matches('`') == weight.layer()) {
                let problem = format!("the file has no array for `{}`", weight.name);
                self.problems.push(Unsupported { node: format!("`{}`", weight.layer()), problem, help: String::new() });
            }
        }
        if !self.problems.is_empty() {
            return Err(ImportError::Unsupported(self.problems));
        }
        let tensor = |weight: &Weight| {
            let array = self.found.get(&*weight.name)?;
            Some(Tensor { name: weight.name.clone(), shape: weight.shape.clone(), values: array.values.clone() })
        };
        Ok(wanted.iter().filter_map(tensor).collect())
    }
}
