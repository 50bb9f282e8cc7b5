//! The description of a model, from whichever version of Keras, as one form.

use serde_json::{Map, Value as Json};

use crate::ImportError;

pub type Config = Map<String, Json>;

/// A layer, or a model inside of a model.
#[derive(Clone, Debug)]
pub struct Described {
    pub class: String,
    pub name: String,
    /// What `get_config` says, with the names of Keras 3.
    pub config: Config,
    /// Where it is called.
    pub calls: Vec<Call>,
    /// The layers of a model.
    pub model: Option<Model>,
    /// Whether it is a function of `keras.ops`, and no layer.
    pub is_function: bool,
}

/// A call of a layer.
#[derive(Clone, Debug, Default)]
pub struct Call {
    pub arguments: Vec<Argument>,
    pub named: Vec<(String, Argument)>,
}

/// What a layer is called with.
#[derive(Clone, Debug)]
pub enum Argument {
    Value(Source),
    List(Vec<Argument>),
    Other(Json),
}

/// A result of a call of a layer.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Source {
    pub layer: String,
    pub call: usize,
    pub result: usize,
}

/// The layers of a model, and which of them are its inputs and its outputs.
#[derive(Clone, Debug)]
pub struct Model {
    pub name: String,
    pub layers: Vec<Described>,
    pub inputs: Vec<Source>,
    pub outputs: Vec<Source>,
}

/// Models in models in models are in no file that Keras has written.
const DEEPEST: usize = 16;

/// Reads the description of a model.
pub fn model(json: &Json) -> Result<Model, ImportError> {
    within(json, 0)
}

fn within(json: &Json, depth: usize) -> Result<Model, ImportError> {
    if depth > DEEPEST {
        return Err(bad("its models lie too deep in one another"));
    }
    let class = text(json, "class_name").ok_or_else(|| bad("its description has no `class_name`"))?;
    let config = json.get("config").ok_or_else(|| bad("its description has no `config`"))?;
    let name = text(config, "name").unwrap_or("model").to_owned();
    // Up to Keras 2.2 the description of a Sequential is the list of its layers.
    let list = config.get("layers").or(Some(config)).and_then(Json::as_array);
    let list = list.ok_or_else(|| bad("its description has no layers"))?;
    let layers = list.iter().map(|layer| described(layer, depth)).collect::<Result<Vec<_>, _>>()?;
    match class {
        "Sequential" => sequential(name, layers, config),
        _ => Ok(Model {
            name,
            layers,
            inputs: sources(config, "input_layers"),
            outputs: sources(config, "output_layers"),
        }),
    }
}

/// One layer after another, with the input that the first of them says.
fn sequential(name: String, mut layers: Vec<Described>, config: &Json) -> Result<Model, ImportError> {
    if layers.first().is_none_or(|first| first.class != "InputLayer") {
        let first = layers.first().ok_or_else(|| bad("it is a model without layers"))?;
        let shape = ["batch_input_shape", "batch_shape"].iter().find_map(|key| first.config.get(*key));
        let inner = first.model.as_ref().and_then(|model| model.layers.first()?.config.get("batch_shape"));
        let shape = shape.or_else(|| config.get("build_input_shape")).or(inner).cloned();
        let shape = shape.ok_or_else(|| bad("it does not say the shape of its input"))?;
        let mut input = Config::new();
        input.insert("batch_shape".to_owned(), shape);
        // An embedding reads ids, whatever its config calls the type of its results.
        let ids = if first.class == "Embedding" { "int32" } else { "float32" };
        input.insert("dtype".to_owned(), ids.into());
        let name = format!("{}_input", first.name);
        let input = Described { class: "InputLayer".to_owned(), name, config: input, ..plain() };
        layers.insert(0, input);
    }
    let source = |layer: &Described| Source { layer: layer.name.clone(), call: 0, result: 0 };
    let from: Vec<Source> = layers.iter().map(source).collect();
    for (layer, from) in layers.iter_mut().skip(1).zip(&from) {
        layer.calls = vec![Call { arguments: vec![Argument::Value(from.clone())], named: Vec::new() }];
    }
    let (inputs, outputs) = (from.first().cloned(), from.last().cloned());
    Ok(Model { name, layers, inputs: inputs.into_iter().collect(), outputs: outputs.into_iter().collect() })
}

fn plain() -> Described {
    let (class, name) = (String::new(), String::new());
    Described { class, name, config: Config::new(), calls: Vec::new(), model: None, is_function: false }
}

fn described(json: &Json, depth: usize) -> Result<Described, ImportError> {
    let class = text(json, "class_name").ok_or_else(|| bad("a layer has no `class_name`"))?.to_owned();
    let config = json.get("config").and_then(Json::as_object).cloned().unwrap_or_default();
    let name = text(json, "name").or_else(|| config.get("name").and_then(Json::as_str)).unwrap_or(&class).to_owned();
    let is_model = matches!(class.as_str(), "Functional" | "Model" | "Sequential");
    let model = if is_model { Some(within(json, depth + 1)?) } else { None };
    let module = text(json, "module").unwrap_or_default();
    let is_function = module.contains("ops") || class == "TFOpLambda" || class == "TensorFlowOpLayer";
    let calls = json.get("inbound_nodes").and_then(Json::as_array);
    let calls = calls.map(|calls| calls.iter().map(call).collect()).unwrap_or_default();
    let config = modern(&class, config);
    Ok(Described { class, name, config, calls, model, is_function })
}

/// A call as Keras 3 writes it (`{"args": …, "kwargs": …}`), or as a list of `[layer, call, result, {…}]`.
fn call(json: &Json) -> Call {
    if let Some(args) = json.get("args").and_then(Json::as_array) {
        let named = json.get("kwargs").and_then(Json::as_object);
        let named = named.into_iter().flatten().map(|(name, value)| (name.clone(), argument(value)));
        return Call { arguments: args.iter().map(argument).collect(), named: named.collect() };
    }
    let list = json.as_array().map(Vec::as_slice).unwrap_or_default();
    // One tensor without a list around it.
    let one = list.first().is_some_and(Json::is_string);
    let tensors = if one { std::slice::from_ref(json) } else { list };
    let arguments =
        tensors.iter().map(|tensor| source(tensor).map_or_else(|| Argument::Other(tensor.clone()), Argument::Value));
    let named = tensors.first().and_then(|tensor| tensor.get(3)?.as_object());
    let named = named.into_iter().flatten().map(|(name, value)| (name.clone(), argument(value)));
    Call { arguments: arguments.collect(), named: named.collect() }
}

fn argument(json: &Json) -> Argument {
    let history = json.get("config").and_then(|config| config.get("keras_history")).and_then(source);
    if let (Some("__keras_tensor__"), Some(source)) = (text(json, "class_name"), history) {
        return Argument::Value(source);
    }
    match json {
        Json::Array(list) => match source(json) {
            Some(source) => Argument::Value(source),
            None => Argument::List(list.iter().map(argument).collect()),
        },
        other => Argument::Other(other.clone()),
    }
}

/// `["dense", 0, 0]`, perhaps with more behind it.
fn source(json: &Json) -> Option<Source> {
    let layer = json.get(0)?.as_str()?.to_owned();
    let number = |place| usize::try_from(json.get(place)?.as_u64()?).ok();
    Some(Source { layer, call: number(1)?, result: number(2)? })
}

/// One source, or a list of them.
fn sources(config: &Json, key: &str) -> Vec<Source> {
    let Some(json) = config.get(key) else { return Vec::new() };
    match (source(json), json.as_array()) {
        (Some(one), _) => vec![one],
        (None, Some(list)) => list.iter().filter_map(source).collect(),
        (None, None) => Vec::new(),
    }
}

/// Options as Keras 3 calls them.
fn modern(class: &str, mut config: Config) -> Config {
    const RENAMED: &[(&str, &str)] = &[
        ("batch_input_shape", "batch_shape"),
        ("border_mode", "padding"),
        ("subsample", "strides"),
        ("bias", "use_bias"),
        ("nb_filter", "filters"),
        ("filter_length", "kernel_size"),
        ("inner_activation", "recurrent_activation"),
        ("atrous_rate", "dilation_rate"),
        ("p", "rate"),
        ("sigma", "stddev"),
    ];
    for (old, new) in RENAMED {
        if let Some(value) = config.remove(*old) {
            config.entry(*new).or_insert(value);
        }
    }
    if let Some(order) = config.remove("dim_ordering") {
        let format = if order == "th" { "channels_first" } else { "channels_last" };
        config.insert("data_format".to_owned(), format.into());
    }
    if let (Some(rows), Some(columns)) = (config.remove("nb_row"), config.remove("nb_col")) {
        config.insert("kernel_size".to_owned(), Json::Array(vec![rows, columns]));
    }
    if matches!(class, "Dense" | "LSTM" | "GRU" | "SimpleRNN")
        && let Some(units) = config.remove("output_dim")
    {
        config.entry("units").or_insert(units);
    }
    if class == "LeakyReLU"
        && let Some(alpha) = config.remove("alpha")
    {
        config.entry("negative_slope").or_insert(alpha);
    }
    config
}

fn text<'a>(json: &'a Json, key: &str) -> Option<&'a str> {
    json.get(key)?.as_str()
}

fn bad(reason: &str) -> ImportError {
    ImportError::Format { format: "Keras", reason: reason.to_owned() }
}
