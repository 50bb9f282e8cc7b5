//! Cases that have a network.

use std::panic;

use nn_compiler::{Mistake, Network, Output};
use serde_json::Value as Json;

use super::definition::definition;
use super::values::made;
use super::{Refusal, call};
use crate::cases::Case;
use crate::value::Object;

pub fn network(case: &Case) -> Result<String, Refusal> {
    kind(case)?;
    Ok(call(case, &format!("::nn_golden::interpreted::check({:?})", case.name)))
}

/// The same network, compiled: what it computes, and that it computes the bits of the interpreter.
pub fn twin(case: &Case) -> Result<String, Refusal> {
    let check = match kind(case)? {
        Kind::Stateful => "stateful::check",
        Kind::Plain => "twin::check",
    };
    Ok(with_network(case, check, "", ""))
}

/// How a network is run.
enum Kind {
    Plain,
    /// Call by call.
    Stateful,
}

fn kind(case: &Case) -> Result<Kind, Refusal> {
    let network = compiled(case)?;
    match (case.has("calls"), network.stateful) {
        (true, true) => Ok(Kind::Stateful),
        (false, false) => Ok(Kind::Plain),
        (true, false) => Err(Refusal::broken("it has `calls`, but the network is not stateful")),
        (false, true) => Err(Refusal::broken("the network is stateful, but the case has no `calls`")),
    }
}

pub fn initial(case: &Case) -> Result<String, Refusal> {
    compiled(case)?;
    Ok(call(case, &format!("::nn_golden::initial::check({:?})", case.name)))
}

pub fn fit(case: &Case) -> Result<String, Refusal> {
    let Fitted { element, all, .. } = fitted(case)?;
    Ok(call(case, &format!("::nn_golden::fit::check::<{element}>({:?}, {all})", case.name)))
}

/// The same network, compiled, and that training gives it the bits that it gives the interpreted one.
pub fn fit_twin(case: &Case) -> Result<String, Refusal> {
    let Fitted { loss, metrics, targets, all, .. } = fitted(case)?;
    let targets = targets.iter().enumerate().map(|(index, target)| format!("{target}(y[{index}])"));
    let target = tuple(&targets.collect::<Vec<_>>());
    // No metrics fit any network, and those of one output an output.
    let metrics = metrics.map(|metrics| if metrics == "vec![]" { "()".to_string() } else { metrics });
    let (loss, metrics) = (tuple(&loss), metrics.join(", "));
    let arguments =
        format!(",\n        [{all}, {all}],\n        {loss},\n        ({metrics}),\n        |y| {target},\n    ");
    Ok(with_network(case, "fit::check_twin", ", _, _, _, _", &arguments))
}

/// What a network is trained with, as Rust.
struct Fitted {
    element: String,
    /// The loss of each output.
    loss: Vec<String>,
    /// The metrics, and those that weigh samples.
    metrics: [String; 2],
    /// What makes a target of numbers, for each output.
    targets: Vec<String>,
    /// All of it for a network without a type.
    all: String,
}

fn fitted(case: &Case) -> Result<Fitted, Refusal> {
    let network = compiled(case)?;
    let losses = losses(case)?;
    if losses.len() != network.outputs.len() {
        let (losses, outputs) = (losses.len(), network.outputs.len());
        return Err(Refusal::broken(format!("its network has {outputs} outputs, and `loss` is {losses} losses")));
    }
    if case.has("shuffle") {
        return Err(Refusal::unknown("a shuffled training"));
    }
    let element = if case.text("dtype").is_empty() { "f32" } else { case.text("dtype") };
    let loss: Vec<String> = losses.iter().map(|loss| made("loss", element, loss)).collect::<Result<_, _>>()?;
    let optimizer = Object::from_text(case.text("optimizer"));
    let metrics = [
        metrics(element, &case.json["metrics"], &network)?,
        metrics(element, &case.json["weighted_metrics"], &network)?,
    ];
    let fields = [
        ("optimizer", made("optimizer", element, &optimizer)?),
        ("losses", format!("vec![{}]", loss.join(", "))),
        ("metrics", metrics[0].clone()),
        ("weighted_metrics", metrics[1].clone()),
    ];
    let fields: String = fields.map(|(field, value)| format!("            {field}: {value},\n")).concat();
    let all = format!("::nn_golden::fit::Trained {{\n{fields}        }}");
    let targets = network.outputs.iter().zip(&losses).map(|(output, loss)| target(output, loss));
    Ok(Fitted { element: element.to_string(), loss, metrics, targets: targets.collect::<Result<_, _>>()?, all })
}

/// Compiles the network of a case as the macro will.
fn compiled(case: &Case) -> Result<Network, Refusal> {
    if case.text("dsl").is_empty() {
        return Err(Refusal::broken("it has no `dsl`"));
    }
    let definition = definition(&case.json);
    let network = nn_compiler::describe(&definition).map_err(|mistakes| refusal(&mistakes))?;
    if !network.outside.is_empty() {
        let names = network.outside.join("`, `");
        return Err(Refusal::broken(format!("its network needs `{names}` of a program around it, and there is none")));
    }
    // A panic of the macro would take all other cases along.
    let expand = || definition.parse().map(|tokens| nn_compiler::expand(tokens, nn_compiler::NO_FILES)).is_ok();
    match panic::catch_unwind(expand) {
        Ok(true) => Ok(network),
        _ => Err(Refusal::broken("the compiler panics on its network: cargo -vv shows where")),
    }
}

/// What the compiler says of a network that it refuses.
fn refusal(mistakes: &[Mistake]) -> Refusal {
    let messages: Vec<&str> = mistakes.iter().map(|mistake| mistake.message.as_str()).collect();
    Refusal::broken(messages.join("\n"))
}

/// The network, and a test that hands it to a check, and its workspace to another.
fn with_network(case: &Case, check: &str, generics: &str, arguments: &str) -> String {
    let (module, name) = (&case.test, &case.name);
    // The layout is private to where the network is.
    let network = format!(
        "mod {module} {{\n    ::nn::network! {{\n{}\n    }}\n\n    \
         pub const WORKSPACE: ::nn_golden::workspace::Workspace = ::nn_golden::workspace::of(&NetWorkspace::LAYOUT);\n}}\n\n",
        definition(&case.json),
    );
    let check = format!("::nn_golden::{check}::<{module}::Net{generics}>({name:?}{arguments});");
    network + &call(case, &format!("{check}\n    ::nn_golden::workspace::check({name:?}, {module}::WORKSPACE)"))
}

/// The loss of each output.
fn losses(case: &Case) -> Result<Vec<Object>, Refusal> {
    let loss = |loss: &Json| loss.as_str().map(Object::from_text);
    let losses = match &case.json["loss"] {
        Json::Array(losses) => losses.iter().map(loss).collect(),
        one => loss(one).map(|one| vec![one]),
    };
    losses.ok_or_else(|| Refusal::broken("its `loss` is neither a text nor a list of texts"))
}

/// One expression as it is, several as a tuple.
fn tuple(expressions: &[String]) -> String {
    match expressions {
        [one] => one.clone(),
        several => format!("({})", several.join(", ")),
    }
}

/// Metrics by the names that Keras' `compile` takes.
fn metrics(element: &str, names: &Json, network: &Network) -> Result<String, Refusal> {
    let names = match names {
        Json::Null => &[],
        Json::Array(names) => &names[..],
        _ => return Err(Refusal::broken("its metrics are no list")),
    };
    if !names.is_empty() && network.outputs.len() > 1 {
        return Err(Refusal::unknown("metrics of several outputs"));
    }
    let metric = |name: &Json| match name.as_str() {
        Some(name) => made("metric", element, &Object::from_text(name)),
        None => Err(Refusal::broken("the name of a metric is no text")),
    };
    let metrics: Vec<String> = names.iter().map(metric).collect::<Result<_, _>>()?;
    Ok(format!("vec![{}]", metrics.join(", ")))
}

/// What makes a target of numbers: of the shape of the output, or without its last axis for classes by index.
fn target(output: &Output, loss: &Object) -> Result<String, Refusal> {
    let dims: Option<Vec<String>> = output.shape.iter().map(|dim| Some((*dim)?.to_string())).collect();
    let mut dims = dims.ok_or_else(|| Refusal::broken("the shape of an output is not known"))?;
    let sparse = loss.class.starts_with("Sparse");
    if sparse {
        dims.pop();
    }
    if dims.is_empty() {
        return Ok("::nn_golden::fit::class".to_string());
    }
    let element = if sparse { "u32" } else { "f32" };
    Ok(format!("::nn_golden::fit::tensor::<::nn_core::Tensor{}<{}, {element}>>", dims.len(), dims.join(", ")))
}
