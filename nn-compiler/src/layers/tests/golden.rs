//! Every network of the golden suite has Keras' names and shapes, or is refused because this version lacks something.

use std::path::PathBuf;

use serde_json::Value;

use nn_graph::Size;

use crate::check::Checked;
use crate::testing::{mistakes, shape};

fn golden() -> Option<Value> {
    let own = || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/golden"));
    let folder = std::env::var_os("NN_GOLDEN").map_or_else(own, PathBuf::from);
    let text = std::fs::read_to_string(folder.join("cases.json")).ok()?;
    Some(serde_json::from_str(&text).expect("cases.json"))
}

fn sizes(value: &Value) -> Vec<usize> {
    value.as_array().into_iter().flatten().map(|n| n.as_u64().expect("a size") as usize).collect()
}

#[test]
fn golden_networks() {
    let Some(cases) = golden() else { return };
    let (mut built, mut refused) = (0, 0);
    for case in cases["cases"].as_array().expect("cases") {
        let Some(dsl) = case["dsl"].as_str() else { continue };
        let dsl = if case["dtype"] == "f64" { format!("#[dtype(f64)] {dsl}") } else { dsl.to_string() };
        match shape(&dsl) {
            Ok(net) => {
                built += 1;
                compare(&net, case);
            }
            Err(_) => {
                refused += 1;
                let found = mistakes(&dsl);
                assert!(
                    found.iter().all(|(_, text)| text.contains("not available in this version yet")),
                    "{found:#?} in {dsl}"
                );
            }
        }
    }
    println!("{built} built, {refused} not yet");
    assert!(built >= 100, "only {built} of the networks are built");
}

/// The output's shape, and the weights in Keras' order.
fn compare(net: &Checked, case: &Value) {
    let known = |dims: &[Size]| dims.iter().map(|dim| dim.known().expect("a known size")).collect::<Vec<_>>();
    if let Some(output) = case["outputs"].as_object().and_then(|outputs| outputs.values().next()) {
        assert_eq!(known(&net.graph.nodes.last().expect("a layer").output), sizes(&output["shape"]), "{}", case["dsl"]);
    }
    let params = net.graph.nodes.iter().flat_map(|node| {
        node.params.iter().map(|param| (format!("{}.{}", node.name, param.name), known(&param.shape), param.trainable))
    });
    let expected = case["params"].as_array().into_iter().flatten().map(|param| {
        let trainable = param["trainable"].as_bool().unwrap_or(true);
        (param["name"].as_str().expect("a name").to_string(), sizes(&param["shape"]), trainable)
    });
    assert_eq!(params.collect::<Vec<_>>(), expected.collect::<Vec<_>>(), "{}", case["dsl"]);
}
