//! Neural Amp Modeler's `.nam`: WaveNet, LSTM, ConvNet and Linear, with one list of numbers for all weights.
//!
//! The order of the numbers is that in which its players (NeuralAmpModelerCore, `NAM/wavenet.cpp` and `NAM/lstm.cpp`) take them.

use serde_json::Value as Json;

use super::{Numbers, nested, size, steps, unsupported, with_input};
use crate::script::Value;
use crate::written::{Array, Written};
use crate::{ImportError, Model, Options};

const FORMAT: &str = "NAM";

pub fn read(json: &Json, options: &Options) -> Result<Model, ImportError> {
    let (_, weights) = nested(&json["weights"]);
    let numbers = Numbers { format: FORMAT, rest: &weights };
    let config = &json["config"];
    match json["architecture"].as_str().unwrap_or_default() {
        "WaveNet" => wavenet(config, numbers, options),
        "LSTM" => lstm(config, numbers, options),
        "Linear" => linear(config, numbers, options),
        "SlimmableContainer" => submodel(config, options),
        other => Err(unsupported(format!("`{other}`"), "there is no reader for this architecture".to_owned())),
    }
}

/// Models of several sizes for the same sound: the largest, or the one that `size` names.
fn submodel(config: &Json, options: &Options) -> Result<Model, ImportError> {
    let wanted = options.constants.iter().find(|(name, _)| name == "size").map_or(f64::INFINITY, |(_, size)| *size);
    let models = config["submodels"].as_array().map(Vec::as_slice).unwrap_or_default();
    let fits = |model: &&Json| model["max_value"].as_f64().is_some_and(|most| most >= wanted);
    let model = models.iter().find(fits).or(models.last()).ok_or_else(|| bad("it has no `submodels`"))?;
    if model["model"]["architecture"] == "SlimmableContainer" {
        return Err(bad("its models lie in one another"));
    }
    read(&model["model"], options)
}

/// An LSTM for each layer, from states of its own, and a sum over the units of the last.
fn lstm(config: &Json, mut numbers: Numbers, options: &Options) -> Result<Model, ImportError> {
    let (inputs, units) = (size(config, "input_size", FORMAT)?, size(config, "hidden_size", FORMAT)?);
    let layers = size(config, "num_layers", FORMAT)?;
    let (mut written, mut at) = with_input("amp", vec![steps(options), inputs]);
    for layer in 0..layers {
        let inputs = if layer == 0 { inputs } else { units };
        let rows =
            Array::new(&[4 * units, inputs + units], numbers.take(4 * units * (inputs + units))?).permuted(&[1, 0]);
        let (kernel, recurrent) = rows.values.split_at(inputs * 4 * units);
        let own = vec![
            Array::new(&[inputs, 4 * units], kernel.to_vec()),
            Array::new(&[units, 4 * units], recurrent.to_vec()),
            Array::new(&[4 * units], numbers.take(4 * units)?),
        ];
        let states = [numbers.take(units)?, numbers.take(units)?];
        let mut from = vec![at];
        if states.iter().flatten().any(|state| *state != 0.0) {
            for (state, name) in states.into_iter().zip(["hidden", "cell"]) {
                from.push(written.weight(&format!("{name}_{layer}"), Array::new(&[units], state)));
            }
        }
        let (arguments, name) = (format!("{units}, return_sequences = true"), format!("lstm_{layer}"));
        at = written.layer("LSTM", arguments, &from, Some(&name), own);
    }
    let head = vec![Array::new(&[units, 1], numbers.take(units)?), Array::new(&[1], numbers.take(1)?)];
    numbers.end()?;
    let output = written.layer("Dense", "1".to_owned(), &[at], Some("head"), head);
    written.script.outputs.push(("output".to_owned(), output));
    written.finish()
}

/// The response to an impulse.
fn linear(config: &Json, mut numbers: Numbers, options: &Options) -> Result<Model, ImportError> {
    let (length, bias) = (size(config, "receptive_field", FORMAT)?, config["bias"].as_bool().unwrap_or(false));
    // The last number is that of the newest sample, as in a causal convolution.
    let mut own = vec![Array::new(&[length, 1, 1], numbers.take(length)?)];
    if bias {
        own.push(Array::new(&[1], numbers.take(1)?));
    }
    numbers.end()?;
    let (mut written, audio) = with_input("amp", vec![steps(options), 1]);
    let none = if bias { "" } else { ", use_bias = false" };
    let arguments = format!("1, {length}, padding = causal{none}");
    let output = written.layer("Conv1D", arguments, &[audio], Some("impulse"), own);
    written.script.outputs.push(("output".to_owned(), output));
    written.finish()
}

/// Arrays of dilated convolutions, whose outcomes are added up for the head.
fn wavenet(config: &Json, mut numbers: Numbers, options: &Options) -> Result<Model, ImportError> {
    let arrays =
        config["layers"].as_array().filter(|arrays| !arrays.is_empty()).ok_or_else(|| bad("it has no `layers`"))?;
    if config.get("head").is_some_and(|head| !head.is_null()) {
        return Err(unsupported("`head`".to_owned(), "a network behind the head is not read".to_owned()));
    }
    let arrays = arrays.iter().map(Stack::new).collect::<Result<Vec<_>, _>>()?;
    let (mut written, audio) = with_input("amp", vec![steps(options), arrays[0].inputs]);
    let (mut at, mut head) = (audio, None);
    // The head's scale is the last number, and becomes part of its weights.
    let scale = numbers.rest.last().copied().unwrap_or(1.0);
    let last = arrays.len() - 1;
    for (number, stack) in arrays.iter().enumerate() {
        let scale = if number == last { scale } else { 1.0 };
        let outcome = stack.write(number, &mut written, &mut numbers, Flow { at, condition: audio, head, scale })?;
        (at, head) = (outcome.0, Some(outcome.1));
    }
    numbers.take(1)?;
    numbers.end()?;
    let output = head.ok_or_else(|| bad("it has no head"))?;
    written.script.outputs.push(("output".to_owned(), output));
    written.finish()
}

/// What goes into an array.
struct Flow {
    at: Value,
    condition: Value,
    head: Option<Value>,
    scale: f32,
}

/// An array of a WaveNet.
struct Stack {
    inputs: usize,
    condition: usize,
    channels: usize,
    layers: Vec<Dilated>,
    head: (usize, usize, bool),
}

/// One of its layers.
struct Dilated {
    kernel: usize,
    dilation: usize,
    /// A layer, and what stands between its brackets.
    activation: (&'static str, String),
    gated: bool,
}

impl Stack {
    fn new(json: &Json) -> Result<Self, ImportError> {
        refuse_what_is_on(json)?;
        let channels = size(json, "channels", FORMAT)?;
        if json.get("bottleneck").and_then(Json::as_u64).is_some_and(|bottleneck| bottleneck != channels as u64) {
            return Err(unsupported(
                "`bottleneck`".to_owned(),
                "it is not read where it is not the number of channels".to_owned(),
            ));
        }
        let list = |name: &str| json[name].as_array().map(Vec::as_slice).unwrap_or_default();
        let dilations = list("dilations");
        let layer = |(place, dilation): (usize, &Json)| {
            let kernel = list("kernel_sizes").get(place).unwrap_or(&json["kernel_size"]);
            let activation =
                json["activation"].as_array().and_then(|all| all.get(place)).unwrap_or(&json["activation"]);
            let gating = list("gating_mode").get(place).and_then(Json::as_str).unwrap_or("none");
            let number = |json: &Json| {
                json.as_u64().filter(|number| (1..1 << 20).contains(number)).map(|number| number as usize)
            };
            Ok(Dilated {
                kernel: number(kernel).ok_or_else(|| bad("a layer has no size of its kernel"))?,
                dilation: number(dilation).ok_or_else(|| bad("a dilation is no number"))?,
                activation: function(activation)?,
                gated: json["gated"].as_bool().unwrap_or(false) || gating == "gated",
            })
        };
        let head = &json["head"];
        let head = match head.is_object() {
            true => (
                size(head, "out_channels", FORMAT)?,
                size(head, "kernel_size", FORMAT)?,
                head["bias"].as_bool().unwrap_or(true),
            ),
            false => (size(json, "head_size", FORMAT)?, 1, json["head_bias"].as_bool().unwrap_or(false)),
        };
        Ok(Stack {
            inputs: size(json, "input_size", FORMAT)?,
            condition: size(json, "condition_size", FORMAT)?,
            channels,
            layers: dilations.iter().enumerate().map(layer).collect::<Result<_, ImportError>>()?,
            head,
        })
    }

    /// What goes on to the next array, and to its head.
    fn write(
        &self,
        number: usize,
        written: &mut Written,
        numbers: &mut Numbers,
        flow: Flow,
    ) -> Result<(Value, Value), ImportError> {
        let Flow { at, condition, head: mut sum, scale } = flow;
        let name = |part: &str| Some(format!("{part}_{number}"));
        let channels = self.channels;
        let rechannel = vec![dense(numbers, self.inputs, channels)?];
        let mut at = written.layer(
            "Dense",
            format!("{channels}, use_bias = false"),
            &[at],
            name("rechannel").as_deref(),
            rechannel,
        );
        for (place, layer) in self.layers.iter().enumerate() {
            let name = |part: &str| format!("{part}_{number}_{place}");
            let outcome = self.layer(layer, &name, written, numbers, (at, condition))?;
            let one = vec![dense(numbers, channels, channels)?, Array::new(&[channels], numbers.take(channels)?)];
            let mixed = written.layer("Dense", channels.to_string(), &[outcome], Some(&name("one")), one);
            at = written.infix('+', at, mixed);
            sum = Some(match sum {
                Some(sum) => written.infix('+', sum, outcome),
                None => outcome,
            });
        }
        let sum = sum.ok_or_else(|| bad("an array has no layers"))?;
        let (size, kernel, bias) = self.head;
        let scaled =
            |array: Array| Array { values: array.values.iter().map(|weight| weight * scale).collect(), ..array };
        let mut own = vec![scaled(convolution(numbers, channels, size, kernel)?)];
        if bias {
            own.push(scaled(Array::new(&[size], numbers.take(size)?)));
        }
        let none = if bias { "" } else { ", use_bias = false" };
        let (class, arguments) = match kernel {
            1 => {
                own[0].shape.remove(0);
                ("Dense", format!("{size}{none}"))
            }
            _ => ("Conv1D", format!("{size}, {kernel}, padding = causal{none}")),
        };
        Ok((at, written.layer(class, arguments, &[sum], name("head").as_deref(), own)))
    }

    /// The convolution and the condition, through the activation; where it is gated, times the sigmoid of as many channels more.
    fn layer(
        &self,
        layer: &Dilated,
        name: &dyn Fn(&str) -> String,
        written: &mut Written,
        numbers: &mut Numbers,
        (at, condition): (Value, Value),
    ) -> Result<Value, ImportError> {
        let (channels, halves) = (self.channels, if layer.gated { 2 } else { 1 });
        let kernel = numbers.take(halves * channels * channels * layer.kernel)?;
        let bias = numbers.take(halves * channels)?;
        let mixin = numbers.take(halves * channels * self.condition)?;
        let each = |numbers: &[f32], half: usize| {
            numbers[half * numbers.len() / halves..(half + 1) * numbers.len() / halves].to_vec()
        };
        let mut outcomes = Vec::new();
        for half in 0..halves {
            let part = |part: &str| if half == 0 { name(part) } else { name(&format!("{part}_gate")) };
            let own = vec![
                Array::new(&[channels, channels, layer.kernel], each(&kernel, half)).permuted(&[2, 1, 0]),
                Array::new(&[channels], each(&bias, half)),
            ];
            let dilation =
                if layer.dilation == 1 { String::new() } else { format!(", dilation_rate = {}", layer.dilation) };
            let arguments = format!("{channels}, {}, padding = causal{dilation}", layer.kernel);
            let conv = written.layer("Conv1D", arguments, &[at], Some(&part("conv")), own);
            let own = vec![Array::new(&[channels, self.condition], each(&mixin, half)).permuted(&[1, 0])];
            let arguments = format!("{channels}, use_bias = false");
            let mixin = written.layer("Dense", arguments, &[condition], Some(&part("mixin")), own);
            let sum = written.infix('+', conv, mixin);
            let (class, arguments) = if half == 0 { layer.activation.clone() } else { ("Sigmoid", String::new()) };
            outcomes.push(written.layer(class, arguments, &[sum], None, Vec::new()));
        }
        Ok(match outcomes[..] {
            [a, gate] => written.infix('*', a, gate),
            _ => outcomes[0],
        })
    }
}

/// `[out][in]` of the file as `[in][out]`.
fn dense(numbers: &mut Numbers, inputs: usize, outputs: usize) -> Result<Array, ImportError> {
    Ok(Array::new(&[outputs, inputs], numbers.take(inputs * outputs)?).permuted(&[1, 0]))
}

/// `[out][in][kernel]` of the file as `[kernel][in][out]`.
fn convolution(numbers: &mut Numbers, inputs: usize, outputs: usize, kernel: usize) -> Result<Array, ImportError> {
    Ok(Array::new(&[outputs, inputs, kernel], numbers.take(inputs * outputs * kernel)?).permuted(&[2, 1, 0]))
}

/// `"Tanh"`, or `{"type": "LeakyReLU", "negative_slope": 0.01}`.
fn function(json: &Json) -> Result<(&'static str, String), ImportError> {
    let name = json.as_str().or_else(|| json["type"].as_str()).unwrap_or_default();
    let plain = |class| Ok((class, String::new()));
    match name {
        "Tanh" => plain("Tanh"),
        "ReLU" => plain("ReLU"),
        "Sigmoid" => plain("Sigmoid"),
        "SiLU" => plain("SiLU"),
        "Softsign" => plain("Softsign"),
        "Hardswish" => plain("HardSwish"),
        "LeakyReLU" => {
            let slope = json["negative_slope"].as_f64().unwrap_or(0.01);
            Ok(("LeakyReLU", format!("negative_slope = {slope:?}")))
        }
        other => Err(unsupported(format!("`{other}`"), "there is no such activation in the language".to_owned())),
    }
}

/// Parts of a layer that are off in all models we know, and are not read.
fn refuse_what_is_on(json: &Json) -> Result<(), ImportError> {
    let on = |(_, part): &(&String, &Json)| part["active"] == true;
    let parts = json.as_object().into_iter().flatten();
    match parts.filter(|(name, _)| *name != "layer1x1").find(on) {
        Some((name, _)) => Err(unsupported(format!("`{name}`"), "it is on, and not read".to_owned())),
        None => Ok(()),
    }
}

fn bad(reason: &str) -> ImportError {
    ImportError::Format { format: FORMAT, reason: reason.to_owned() }
}
