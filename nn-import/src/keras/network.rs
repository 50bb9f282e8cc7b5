//! A described model → a network that can be written down. Models inside of models are written out.

use std::collections::{HashMap, HashSet};

use serde_json::Value as Json;

use super::arguments::{self, Problem};
use super::dialect::{Argument, Call, Config, Described, Model, Source};
use super::functions;
use crate::script::{self, Kind, Layer, Operand, Script, Value, What};
use crate::{ImportError, Options, Unsupported};

/// A network, and which layer of the file each node with weights is.
pub struct Built {
    pub script: Script,
    /// The path of names to the layer, from the outermost model on, for each node.
    pub layers: Vec<Option<Vec<String>>>,
}

pub fn build(model: &Model, options: &Options, version: &str) -> Result<Built, ImportError> {
    let mut builder = Builder {
        options,
        version,
        script: Script { name: model.name.clone(), ..Script::default() },
        layers: Vec::new(),
        owners: HashMap::new(),
        problems: Vec::new(),
    };
    let results = builder.model(model, &[], None);
    let Builder { mut script, layers, problems, .. } = builder;
    if !problems.is_empty() {
        return Err(ImportError::Unsupported(problems));
    }
    let name = |source: &Source| source.layer.clone();
    script.outputs = model.outputs.iter().map(name).zip(results).collect();
    Ok(Built { script, layers })
}

struct Builder<'a> {
    options: &'a Options,
    version: &'a str,
    script: Script,
    layers: Vec<Option<Vec<String>>>,
    /// The node that has a layer's weights, by the path of its name.
    owners: HashMap<Vec<String>, usize>,
    problems: Vec<Unsupported>,
}

/// The values of a model so far.
type Values = HashMap<Source, Value>;

impl Builder<'_> {
    /// Writes a model out on these inputs, or on inputs of its own; returns its outputs.
    fn model(&mut self, model: &Model, path: &[String], inputs: Option<&[Value]>) -> Vec<Value> {
        let mut values = Values::new();
        let mut inputs = inputs.map(|inputs| inputs.iter());
        let mut order = model.inputs.clone();
        let is_input = |layer: &&Described| layer.class == "InputLayer";
        if order.is_empty() {
            let source = |layer: &Described| Source { layer: layer.name.clone(), call: 0, result: 0 };
            order = model.layers.iter().filter(is_input).map(source).collect();
        }
        for source in order {
            let value = match &mut inputs {
                Some(given) => given.next().copied(),
                None => {
                    model.layers.iter().find(|layer| layer.name == source.layer).and_then(|layer| self.input(layer))
                }
            };
            values.extend(value.map(|value| (source, value)));
        }
        let needed = needed(model);
        let calls = model.layers.iter().flat_map(|layer| layer.calls.iter().enumerate().map(move |call| (layer, call)));
        let mut open: Vec<(&Described, (usize, &Call))> =
            calls.filter(|(layer, (call, _))| needed.contains(&(&*layer.name, *call))).collect();
        // Each round takes the calls whose inputs are there.
        while !open.is_empty() {
            let before = open.len();
            open.retain(|(layer, (number, call))| {
                let ready = sources(call).iter().all(|source| values.contains_key(*source));
                if ready {
                    self.call(layer, *number, call, path, &mut values);
                }
                !ready
            });
            if open.len() == before {
                break;
            }
        }
        let missing: HashSet<&str> = open.iter().map(|(layer, _)| &*layer.name).collect();
        for name in missing {
            self.problem(name, "", "its inputs are results that no layer of the model gives".to_owned(), "");
        }
        model.outputs.iter().filter_map(|source| values.get(source).copied()).collect()
    }

    fn problem(&mut self, name: &str, class: &str, problem: String, help: &str) {
        let node = if class.is_empty() { format!("`{name}`") } else { format!("`{name}` ({class})") };
        self.problems.push(Unsupported { node, problem, help: help.to_owned() });
    }

    fn input(&mut self, layer: &Described) -> Option<Value> {
        let said = self.options.inputs.iter().find(|(name, _)| *name == layer.name);
        let shape: Vec<Option<usize>> = match (said, layer.config.get("batch_shape").and_then(Json::as_array)) {
            (Some((_, shape)), _) => shape.iter().map(|size| Some(*size)).collect(),
            (None, Some(shape)) => shape.iter().map(|size| usize::try_from(size.as_u64()?).ok()).collect(),
            (None, None) => return self.no_shape(layer, "does not say its shape"),
        };
        let sizes: Option<Vec<usize>> = shape.iter().skip(1).copied().collect();
        let Some(shape) = sizes.filter(|sizes| !sizes.is_empty()) else {
            return self.no_shape(layer, "leaves sizes open");
        };
        let dtype = layer.config.get("dtype").map_or("", |dtype| dtype.as_str().unwrap_or_default());
        let kind = match dtype {
            "uint8" => Kind::Byte,
            _ if dtype.starts_with("int") || dtype.starts_with("uint") => Kind::Id,
            _ => Kind::Real,
        };
        self.script.inputs.push(script::Input { name: layer.name.clone(), shape, kind });
        Some(Value::Input(self.script.inputs.len() - 1))
    }

    fn no_shape(&mut self, layer: &Described, what: &str) -> Option<Value> {
        let shape = layer.config.get("batch_shape").map_or_else(String::new, |shape| format!(": {shape}"));
        let help = format!("say the shape with its batch: `{}: [1, …]`", layer.name);
        self.problem(&layer.name, "", format!("the input {what}{shape}"), &help);
        None
    }

    fn call(&mut self, layer: &Described, number: usize, call: &Call, path: &[String], values: &mut Values) {
        let mut path = path.to_vec();
        path.push(layer.name.clone());
        let results = match self.results(layer, call, &path, values) {
            Ok(results) => results,
            Err(Problem { text, help }) => {
                self.problem(&layer.name, &layer.class, text, &help);
                // What comes after it is looked at all the same.
                vec![Value::Input(0); 3]
            }
        };
        for (result, value) in results.into_iter().enumerate() {
            values.insert(Source { layer: layer.name.clone(), call: number, result }, value);
        }
    }

    fn results(
        &mut self,
        layer: &Described,
        call: &Call,
        path: &[String],
        values: &Values,
    ) -> Result<Vec<Value>, Problem> {
        let mut operands = operands(call, values)?;
        if let Some(model) = &layer.model {
            let values: Vec<Value> = operands.iter().filter_map(value).collect();
            return Ok(self.model(model, path, Some(&values)));
        }
        if layer.is_function {
            return functions::write(layer, call, &operands, &mut |what, operands, results| {
                self.push(what, operands, results, &layer.name, None)
            });
        }
        let mut config = layer.config.clone();
        for (name, argument) in &call.named {
            keyword(name, argument, &mut config)?;
        }
        let results = if config.get("return_state") == Some(&Json::Bool(true)) { states(layer) } else { 1 };
        let infix = match (layer.class.as_str(), operands.len()) {
            ("Add", 2) => Some('+'),
            ("Subtract", 2) => Some('-'),
            ("Multiply", 2) => Some('*'),
            _ => None,
        };
        let what = match (self.owners.get(path), infix) {
            (_, Some(sign)) => What::Infix(sign),
            (Some(owner), None) => What::Again(*owner),
            (None, None) => {
                let arguments = arguments::arguments(&layer.class, &config, self.version)?;
                // Only weights are found by the names of layers; those without are left to Keras' counter.
                let name = arguments::has_weights(&layer.class).then(|| path.join("_"));
                What::Layer(Layer { class: layer.class.clone(), arguments, name })
            }
        };
        // Attention of a value to itself is a layer of one value.
        if layer.class == "MultiHeadAttention" && operands.iter().all(|operand| *operand == operands[0]) {
            operands.truncate(1);
        }
        let is_new = matches!(what, What::Layer(_));
        let first = self.push(what, operands, results, &layer.name, is_new.then(|| path.to_vec()));
        let Value::Result { node, .. } = first else { return Ok(vec![first]) };
        if is_new {
            self.owners.insert(path.to_vec(), node);
        }
        Ok((0..results).map(|result| Value::Result { node, result }).collect())
    }

    fn push(
        &mut self,
        what: What,
        operands: Vec<Operand>,
        results: usize,
        hint: &str,
        layer: Option<Vec<String>>,
    ) -> Value {
        self.layers.push(layer);
        self.script.push(what, operands, results, hint)
    }
}

/// The calls that the outputs of a model need.
fn needed(model: &Model) -> HashSet<(&str, usize)> {
    let layers: HashMap<&str, &Described> = model.layers.iter().map(|layer| (&*layer.name, layer)).collect();
    let mut needed = HashSet::new();
    let mut open: Vec<&Source> = model.outputs.iter().collect();
    while let Some(source) = open.pop() {
        let Some(layer) = layers.get(&*source.layer) else { continue };
        if needed.insert((&*layer.name, source.call))
            && let Some(call) = layer.calls.get(source.call)
        {
            open.extend(sources(call));
        }
    }
    needed
}

/// What a call reads. A mask is not among it: it comes along with the values.
fn sources(call: &Call) -> Vec<&Source> {
    fn all<'a>(argument: &'a Argument, found: &mut Vec<&'a Source>) {
        match argument {
            Argument::Value(source) => found.push(source),
            Argument::List(list) => list.iter().for_each(|argument| all(argument, found)),
            Argument::Other(_) => {}
        }
    }
    let mut found = Vec::new();
    let named = call.named.iter().filter(|(name, _)| name != "mask").map(|(_, argument)| argument);
    call.arguments.iter().chain(named).for_each(|argument| all(argument, &mut found));
    found
}

/// What a layer is called with: its arguments, then a key, then states to start from.
fn operands(call: &Call, values: &Values) -> Result<Vec<Operand>, Problem> {
    let mut operands = Vec::new();
    let named = |wanted: &str| call.named.iter().find(|(name, _)| name == wanted).map(|(_, argument)| argument);
    let behind = ["value", "key", "initial_state"].iter().filter_map(|name| named(name));
    for argument in call.arguments.iter().chain(behind) {
        operand(argument, values, &mut operands)?;
    }
    Ok(operands)
}

fn operand(argument: &Argument, values: &Values, operands: &mut Vec<Operand>) -> Result<(), Problem> {
    match argument {
        Argument::Value(source) => operands.extend(values.get(source).map(|value| Operand::Value(*value))),
        Argument::List(list) => list.iter().try_for_each(|argument| operand(argument, values, operands))?,
        Argument::Other(Json::Null) => {}
        Argument::Other(json) => match json.as_f64() {
            Some(number) => operands.push(Operand::Number(number)),
            None => {
                let text = format!("it is called with {json}, which is no value");
                return Err(Problem { text, help: String::new() });
            }
        },
    }
    Ok(())
}

fn value(operand: &Operand) -> Option<Value> {
    match operand {
        Operand::Value(value) => Some(*value),
        Operand::Number(_) => None,
    }
}

/// What a keyword of a call changes of a layer.
fn keyword(name: &str, argument: &Argument, config: &mut Config) -> Result<(), Problem> {
    let off = matches!(argument, Argument::Other(Json::Null | Json::Bool(false)));
    match name {
        "mask" | "training" | "value" | "key" | "initial_state" | "name" => Ok(()),
        "use_causal_mask" => {
            config.insert(name.to_owned(), Json::Bool(!off));
            Ok(())
        }
        _ if off => Ok(()),
        _ => Err(Problem {
            text: format!("it is called with `{name}`, which the language has not"),
            help: String::new(),
        }),
    }
}

/// How many results a recurrent layer has that returns its state.
fn states(layer: &Described) -> usize {
    let cell = |class: &str| if class.contains("LSTM") { 2 } else { 1 };
    match layer.config.get("layer").and_then(|inner| inner.get("class_name")).and_then(Json::as_str) {
        Some(inner) => 1 + 2 * cell(inner),
        None => 1 + cell(&layer.class),
    }
}
