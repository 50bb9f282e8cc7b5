//! Cases that have a network.

use serde_json::Value as Json;

use crate::cases::{Case, camel_case};
use crate::dsl;
use crate::emit::{call, values};
use crate::value::Object;

/// The network, and a test that hands it to a check, and its workspace to another.
fn with_network(case: &Case, check: &str, generics: &str, arguments: &str) -> String {
    let (module, name) = (&case.test, camel_case(&case.test));
    let dtype = match case.text("dtype") {
        "" => String::new(),
        dtype => format!("        #[dtype({dtype})]\n"),
    };
    let definition = match case.text("dsl") {
        graph if dsl::is_graph(graph) => format!("{name}{}", dsl::without_name(graph)),
        chain => format!("{name} = {chain};"),
    };
    // The layout is private to where the network is.
    let network = format!(
        "mod {module} {{\n    nn::network! {{\n        /// {}.\n{dtype}        pub struct {definition}\n    }}\n\n    \
         pub const WORKSPACE: nn_golden::workspace::Workspace = nn_golden::workspace::of(&{name}Workspace::LAYOUT);\n}}\n\n",
        case.text("seed_feature").replace('\n', " "),
    );
    let generics = [format!("{module}::{name}"), generics.to_string()].into_iter().filter(|text| !text.is_empty());
    let generics = generics.collect::<Vec<_>>().join(", ");
    let check = format!("nn_golden::{check}::<{generics}>({:?}{arguments});", case.name);
    network + &call(case, &format!("{check}\n    nn_golden::workspace::check({:?}, {module}::WORKSPACE)", case.name))
}

pub fn network(case: &Case) -> String {
    let check = if case.has("calls") { "stateful::check" } else { "network::check" };
    with_network(case, check, "", "")
}

pub fn initial(case: &Case) -> String {
    with_network(case, "initial::check", "", "")
}

pub fn fit(case: &Case) -> String {
    let losses: Vec<_> = losses(case);
    let element = if case.text("dtype").is_empty() { "f32" } else { case.text("dtype") };
    let made = |module, text| values::made(module, element, &Object::from_text(text));
    let compiled = [
        ("optimizer", made("optimizers", case.text("optimizer"))),
        ("loss", tuple(losses.iter().map(|loss| made("losses", loss)))),
        ("metrics", values::metrics(element, &case.json["metrics"])),
        ("weighted_metrics", values::metrics(element, &case.json["weighted_metrics"])),
    ];
    let fields: String = compiled.map(|(field, value)| format!("            {field}: {value},\n")).concat();
    let outputs = dsl::outputs(case.text("dsl")).unwrap_or_else(|| vec!["y"]);
    let targets = outputs.iter().zip(&losses).enumerate().map(|(index, (output, loss))| {
        let shape = case.json["outputs"][output]["shape"].as_array().expect("an output has a shape");
        format!("{}(y[{index}])", target(shape, loss))
    });
    let (compiled, target) = (format!("nn_golden::fit::Compiled {{\n{fields}        }}"), tuple(targets));
    with_network(case, "fit::check", "_, _, _, _, _", &format!(",\n        {compiled},\n        |y| {target},\n    "))
}

/// The loss of each output.
pub fn losses(case: &Case) -> Vec<&str> {
    match &case.json["loss"] {
        Json::Array(losses) => losses.iter().filter_map(Json::as_str).collect(),
        loss => loss.as_str().into_iter().collect(),
    }
}

/// One expression as it is, several as a tuple.
fn tuple(expressions: impl Iterator<Item = String>) -> String {
    let expressions: Vec<_> = expressions.collect();
    if expressions.len() == 1 { expressions.concat() } else { format!("({})", expressions.join(", ")) }
}

/// What makes a target of numbers: of the shape of the output, or without its last axis for classes by index.
fn target(shape: &[Json], loss: &str) -> String {
    let sparse = loss.starts_with("Sparse");
    let dims: Vec<_> = shape.iter().take(shape.len() - usize::from(sparse)).map(|dim| dim.to_string()).collect();
    if dims.is_empty() {
        return "nn_golden::fit::class".to_string();
    }
    let element = if sparse { "u32" } else { "f32" };
    format!("nn_golden::fit::tensor::<nn_core::Tensor{}<{}, {element}>>", dims.len(), dims.join(", "))
}
