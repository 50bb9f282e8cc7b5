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

/// Ranges keep both ends, also where these are equal; what is random needs no weights.
#[test]
fn layers_that_augment_are_written_with_their_ranges() {
    let json = include_str!("suite/augmentation.json");
    let model = keras::read_json(json, &Options::new()).unwrap_or_else(|error| panic!("{error}"));
    for layer in [
        "RandomFlip<horizontal, seed = 3>",
        "RandomTranslation<(0.25, 0.25), 0.1, fill_mode = constant, fill_value = 1.0>",
        "RandomRotation<(-0.1, 0.2), interpolation = nearest>",
        "RandomZoom<0.3>",
        "RandomContrast<(0, 0.2), value_range = (0, 1)>",
        "RandomBrightness<(0.1, 0.1)>",
        "CenterCrop<4, 6>",
    ] {
        assert!(model.text.contains(layer), "{layer}:\n{}", model.text);
    }
    let network = nn_run::Network::<f32>::from_text(&model.text).unwrap_or_else(|mistakes| panic!("{mistakes}"));
    assert_eq!(network.outputs()[0].shape, [4, 6, 1]);
}
