//! Every network of the golden suite has Keras' names and shapes, or is refused because this version lacks something.

use serde_json::Value;

use nn_graph::Size;

use crate::check::Checked;
use crate::testing::{mistakes, shape};

fn golden() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/golden/fixtures/cases.json");
    let text = std::fs::read_to_string(path).expect("the golden cases are part of the repository");
    serde_json::from_str(&text).expect("cases.json")
}

fn sizes(value: &Value) -> Vec<usize> {
    value.as_array().into_iter().flatten().map(|n| n.as_u64().expect("a size") as usize).collect()
}

#[test]
fn golden_networks() {
    let cases = golden();
    let mut built = 0;
    for case in cases["cases"].as_array().expect("cases") {
        let Some(dsl) = case["dsl"].as_str() else { continue };
        let dsl = if dsl.contains("->") { format!("struct {dsl}") } else { dsl.to_string() };
        let dsl = if case["dtype"] == "f64" { format!("#[dtype(f64)] {dsl}") } else { dsl };
        match shape(&dsl) {
            Ok(net) => compare(&net, case),
            Err(_) => panic!("{:#?} in {dsl}", mistakes(&dsl)),
        }
        built += 1;
    }
    assert!(built >= 400, "only {built} of the networks are built");
}

/// The outputs' shapes, and the weights in Keras' order.
fn compare(net: &Checked, case: &Value) {
    let known = |dims: &[Size]| dims.iter().map(|dim| dim.known().expect("a known size")).collect::<Vec<_>>();
    if let Some(outputs) = case["outputs"].as_object() {
        assert_eq!(net.graph.outputs.len(), outputs.len(), "{}", case["dsl"]);
        for output in &net.graph.outputs {
            // That of a chain has no name of its own.
            let expected = outputs.get(&output.name.text).or_else(|| outputs.values().next());
            let shape = known(&net.graph.values[output.value].shape);
            assert_eq!(Some(shape), expected.map(|output| sizes(&output["shape"])), "{}", case["dsl"]);
        }
    }
    let params = net.graph.params().map(|(name, param)| (name, known(&param.shape), param.trainable));
    let expected = case["params"].as_array().into_iter().flatten().map(|param| {
        let trainable = param["trainable"].as_bool().unwrap_or(true);
        (param["name"].as_str().expect("a name").to_string(), sizes(&param["shape"]), trainable)
    });
    assert_eq!(params.collect::<Vec<_>>(), expected.collect::<Vec<_>>(), "{}", case["dsl"]);
}
