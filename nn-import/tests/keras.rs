//! Keras' own models in all of its formats: read, run by nn-run, and compared with what Keras computes.

mod suite;

use nn_import::{ImportError, Options, keras};
use suite::{check, models, read};

#[test]
fn whole_models_compute_what_keras_computes() {
    for golden in models() {
        let name = &golden.name;
        for format in ["keras", "h5"] {
            let model = keras::read(&read(&format!("{name}.{format}")), &Options::new());
            let model = model.unwrap_or_else(|error| panic!("{name}.{format}: {error}"));
            check(&golden, &model);
        }
    }
}

#[test]
fn weights_alone_fill_a_network_of_the_users() {
    for golden in models() {
        let name = &golden.name;
        let json = String::from_utf8(read(&format!("{name}.json"))).expect("text");
        let mut model = keras::read_json(&json, &Options::new()).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(model.weights.is_empty());
        for format in ["weights.h5", "legacy_weights.h5"] {
            let weights = keras::fill(&model.text, &read(&format!("{name}.{format}")));
            model.weights = weights.unwrap_or_else(|error| panic!("{name}.{format}: {error}"));
            check(&golden, &model);
        }
    }
}

#[test]
fn a_file_of_weights_is_no_model() {
    let error = keras::read(&read("mlp.weights.h5"), &Options::new()).unwrap_err();
    assert!(matches!(error, ImportError::Format { .. }), "{error}");
}

#[test]
fn another_layer_for_the_way_back_is_refused() {
    let text = String::from_utf8(read("bidirectional.json")).expect("text");
    let mut json: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    json["config"]["layers"][1]["config"]["backward_layer"]["config"]["activation"] = "relu".into();
    let error = keras::read_json(&json.to_string(), &Options::new()).unwrap_err();
    assert!(error.to_string().contains("no option `backward_layer`"), "{error}");
}
