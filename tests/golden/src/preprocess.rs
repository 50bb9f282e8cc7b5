//! Cases of the kind `preprocess`: what a layer learns of data, and what it makes of inputs.

use std::fs;
use std::path::Path;

use nn_preprocessing::{
    Array, CategoryEncoding, Data, Discretization, Hashing, IntegerLookup, Normalization, StringLookup,
    TextVectorization,
};
use serde_json::Value as Json;

use crate::case::Case;

/// Checks a layer: its vocabulary, its weights, its results.
///
/// # Panics
///
/// If something is other than Keras', or the case cannot be read.
pub fn check(name: &str) {
    check_case(&Case::load(name));
}

/// Checks the cases of a file of the form of `cases.json`, none of which has arrays; gives their number.
///
/// # Panics
///
/// If the file cannot be read, and as [`check`].
pub fn check_file(path: &Path) -> usize {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let json: Json = serde_json::from_str(&text).expect("the file is JSON");
    let cases = Box::leak(Box::new(json))["cases"].as_array().expect("a list `cases`");
    for json in cases {
        let name = json["name"].as_str().expect("a name").to_string();
        check_case(&Case { name, json, file: None });
    }
    cases.len()
}

fn check_case(case: &Case) {
    match case.json["class"].as_str() {
        Some("StringLookup") => string_lookup(case),
        Some("IntegerLookup") => integer_lookup(case),
        Some("TextVectorization") => text_vectorization(case),
        Some("CategoryEncoding") => category_encoding(case),
        Some("Discretization") => discretization(case),
        Some("Hashing") => hashing(case),
        Some("Normalization") => normalization(case),
        class => panic!("{}: there is no check for the layer {class:?}", case.name),
    }
}

/// A layer with the config of the case.
macro_rules! layer {
    ($layer:ident, $case:expr) => {
        $layer::from_json(&$case.json["config"].to_string()).unwrap_or_else(|error| panic!("{}: {error}", $case.name))
    };
}

/// Calls `$f` with the data of a JSON: an array, or lists of different lengths.
macro_rules! with {
    ($json:expr, $leaf:expr, |$data:ident| $f:expr) => {
        match nested($json, $leaf) {
            Nested::Array($data) => $f,
            Nested::Lists($data) => $f,
        }
    };
}

/// What a layer is after it was saved and loaded.
macro_rules! reloaded {
    ($layer:ident, $case:expr, $value:expr) => {
        ok($case, $layer::from_json(&$value.to_json()))
    };
}
fn string_lookup(case: &Case) {
    let mut layer = layer!(StringLookup, case);
    if let Some(adapt) = given(&case.json["adapt"]) {
        ok(case, with!(adapt, text, |data| layer.adapt(&data)));
    }
    let layer = reloaded!(StringLookup, case, layer);
    vocabulary(case, layer.vocabulary().iter().map(|&term| Json::from(term)));
    idf_weights(case, layer.idf_weights());
    for (index, input, output) in calls(case) {
        if invert(case) {
            let got = ok(case, with!(input, number, |data| layer.tokens(&data).map(owned)));
            same_tokens(
                case,
                index,
                got.shape(),
                got.as_slice().iter().map(|token| Json::from(token.as_str())),
                output,
            );
        } else {
            same(case, index, &ok(case, with!(input, text, |data| layer.transform(&data))), output);
        }
    }
}

fn integer_lookup(case: &Case) {
    let mut layer = layer!(IntegerLookup, case);
    if let Some(adapt) = given(&case.json["adapt"]) {
        ok(case, with!(adapt, integer, |data| layer.adapt(&data)));
    }
    let layer = reloaded!(IntegerLookup, case, layer);
    vocabulary(case, layer.vocabulary().into_iter().map(Json::from));
    idf_weights(case, layer.idf_weights());
    for (index, input, output) in calls(case) {
        if invert(case) {
            let got = ok(case, with!(input, integer, |data| layer.tokens(&data)));
            same_tokens(case, index, got.shape(), got.as_slice().iter().map(|&token| Json::from(token)), output);
        } else {
            same(case, index, &ok(case, with!(input, integer, |data| layer.transform(&data))), output);
        }
    }
}

fn text_vectorization(case: &Case) {
    let mut layer = layer!(TextVectorization, case);
    if let Some(adapt) = given(&case.json["adapt"]) {
        ok(case, with!(adapt, text, |data| layer.adapt(&data)));
    }
    let layer = reloaded!(TextVectorization, case, layer);
    vocabulary(case, layer.vocabulary().iter().map(|&term| Json::from(term)));
    idf_weights(case, layer.idf_weights());
    for (index, input, output) in calls(case) {
        if case.json["config"]["ragged"] == Json::Bool(true) {
            let got: Vec<Vec<f64>> = ok(case, with!(input, text, |data| layer.lists(&data)));
            assert_eq!(Json::from(got), floats(output), "{}: output {index}", case.name);
        } else {
            same(case, index, &ok(case, with!(input, text, |data| layer.transform(&data))), output);
        }
    }
}

fn category_encoding(case: &Case) {
    let layer = layer!(CategoryEncoding, case);
    let layer = reloaded!(CategoryEncoding, case, layer);
    if let Some(x) = case.get("x") {
        let got = match case.get("count_weights") {
            None => layer.transform::<f64>(&tensor(x)),
            Some(weights) => layer.transform_weighted(&tensor(x), &tensor(weights)),
        };
        return case.compare("y", ok(case, got).as_slice());
    }
    for (index, input, output) in calls(case) {
        let weights = match &case.json["count_weights"] {
            Json::Array(list) if case.json["inputs"].as_array().map(Vec::len) == Some(list.len()) => &list[index],
            weights => weights,
        };
        let got = with!(input, integer, |data| match given(weights) {
            None => layer.transform(&data),
            Some(weights) => with!(weights, number, |weights| layer.transform_weighted(&data, &weights)),
        });
        same(case, index, &ok(case, got), output);
    }
}

fn discretization(case: &Case) {
    let mut layer = layer!(Discretization, case);
    match (given(&case.json["adapt"]), case.get("adapt")) {
        (Some(adapt), _) => ok(case, with!(adapt, number, |data| layer.adapt(&data))),
        (None, Some(adapt)) => ok(case, layer.adapt(&tensor(adapt))),
        (None, None) => {}
    }
    let layer = reloaded!(Discretization, case, layer);
    if let Some(want) = given(&case.json["bin_boundaries"]) {
        let got: Vec<f64> = layer.bin_boundaries().unwrap_or_default().iter().map(|&at| at.into()).collect();
        let want = numbers(want);
        case.compare_values("bin_boundaries", &[want.len()], &got, &want);
    }
    match case.get("x") {
        Some(x) => case.compare("y", ok(case, layer.transform::<f64>(&tensor(x))).as_slice()),
        None => calls(case).for_each(|(index, input, output)| {
            same(case, index, &ok(case, with!(input, number, |data| layer.transform(&data))), output);
        }),
    }
}

fn hashing(case: &Case) {
    let layer = layer!(Hashing, case);
    let layer = reloaded!(Hashing, case, layer);
    if let Some(x) = case.get("x") {
        return case.compare("y", ok(case, layer.transform::<f64>(&tensor(x))).as_slice());
    }
    for (index, input, output) in calls(case) {
        let mut texts = false;
        flatten(input, &mut |leaf| texts |= leaf.is_string());
        let got = match texts {
            true => with!(input, text, |data| layer.transform(&data)),
            false => with!(input, number, |data| layer.transform(&data)),
        };
        same(case, index, &ok(case, got), output);
    }
}

fn normalization(case: &Case) {
    let mut layer = layer!(Normalization, case);
    match (given(&case.json["adapt"]), case.get("adapt")) {
        (Some(adapt), _) => ok(case, with!(adapt, number, |data| layer.adapt(&data))),
        (None, Some(adapt)) => ok(case, layer.adapt(&tensor(adapt))),
        (None, None) => {}
    }
    let layer = reloaded!(Normalization, case, layer);
    for (name, got) in [("mean", layer.mean()), ("variance", layer.variance())] {
        // Keras spreads numbers that were given over the axes.
        if let Some(want) = case.get(name).filter(|want| got.is_some_and(|got| got.len() == want.data.len())) {
            case.compare_values(name, &want.shape, got.unwrap_or_default(), &want.data);
        }
    }
    match case.get("x") {
        Some(x) => {
            let mut x = tensor(x);
            case.compare("y", ok(case, layer.transform::<f32>(&x)).as_slice());
            ok(case, layer.apply(&mut x));
            case.compare("y", x.as_slice());
        }
        None => calls(case).for_each(|(index, input, output)| {
            same(case, index, &ok(case, with!(input, number, |data| layer.transform(&data))), output);
        }),
    }
}

fn tensor(array: crate::case::Array) -> Array<f64> {
    Array::new(&array.shape, array.data).expect("a tensor of its shape")
}

fn ok<T>(case: &Case, result: nn_preprocessing::Result<T>) -> T {
    result.unwrap_or_else(|error| panic!("{}: {error}", case.name))
}

fn given(json: &Json) -> Option<&Json> {
    (!json.is_null()).then_some(json)
}

fn invert(case: &Case) -> bool {
    case.json["config"]["invert"] == Json::Bool(true)
}

fn owned(tokens: Array<&str>) -> Array<String> {
    let data = tokens.as_slice().iter().map(|token| token.to_string()).collect();
    Array::new(tokens.shape(), data).expect("the same shape")
}

/// Each call: its number, its input and its output.
fn calls(case: &Case) -> impl Iterator<Item = (usize, &'static Json, &'static Json)> {
    let list = |key: &str| case.json[key].as_array().unwrap_or_else(|| panic!("{}: no list `{key}`", case.name));
    let (inputs, outputs) = (list("inputs"), list("outputs"));
    assert_eq!(inputs.len(), outputs.len(), "{}: an output for each input", case.name);
    (0..).zip(inputs).zip(outputs).map(|((index, input), output)| (index, input, output))
}

fn vocabulary(case: &Case, got: impl Iterator<Item = Json>) {
    if let Some(want) = given(&case.json["vocabulary"]) {
        assert_eq!(Json::Array(got.collect()), *want, "{}: the vocabulary", case.name);
    }
}

fn idf_weights(case: &Case, got: Option<&[f32]>) {
    if let Some(want) = given(&case.json["idf_weights"]) {
        let want = numbers(want);
        let mut got: Vec<f64> = got.unwrap_or_default().iter().map(|&weight| weight.into()).collect();
        // Keras fills them up to `max_tokens` with zeros where rows are filled up.
        got.resize(want.len().max(got.len()), 0.0);
        case.compare_values("idf_weights", &[want.len()], &got, &want);
    }
}

/// Compares the array of a call: whole numbers have to be the same, others near enough.
fn same(case: &Case, index: usize, got: &Array<f64>, want: &Json) {
    let (shape, values) = (axes(want), numbers(want));
    assert_eq!(got.shape(), shape, "{}: the shape of output {index}", case.name);
    let whole = values.iter().all(|value| value.fract() == 0.0);
    if whole {
        assert_eq!(got.as_slice(), values, "{}: output {index} of the shape {shape:?}", case.name);
    } else {
        case.compare_values(&format!("outputs[{index}]"), &shape, got.as_slice(), &values);
    }
}

fn same_tokens(case: &Case, index: usize, shape: &[usize], got: impl Iterator<Item = Json>, want: &Json) {
    assert_eq!(shape, axes(want), "{}: the shape of output {index}", case.name);
    let mut tokens = Vec::new();
    flatten(want, &mut |token| tokens.push(token.clone()));
    assert_eq!(got.collect::<Vec<_>>(), tokens, "{}: output {index}", case.name);
}

/// Nested lists of a JSON.
enum Nested<T> {
    Array(Array<T>),
    Lists(Vec<Vec<T>>),
}

fn nested<T>(json: &Json, leaf: impl Fn(&Json) -> T) -> Nested<T>
where
    T: Data,
{
    let mut leaves = Vec::new();
    flatten(json, &mut |json| leaves.push(leaf(json)));
    let shape = axes(json);
    match shape.iter().product::<usize>() == leaves.len() {
        true => Nested::Array(Array::new(&shape, leaves).expect("as many as there are")),
        false => {
            let list = |list: &Json| list.as_array().expect("a list of lists").iter().map(&leaf).collect();
            Nested::Lists(json.as_array().expect("lists").iter().map(list).collect())
        }
    }
}

/// The lengths of the first list of each axis.
fn axes(json: &Json) -> Vec<usize> {
    let mut axes = Vec::new();
    let mut inner = Some(json);
    while let Some(Json::Array(list)) = inner {
        axes.push(list.len());
        inner = list.first();
    }
    axes
}

fn flatten<'a>(json: &'a Json, f: &mut impl FnMut(&'a Json)) {
    match json {
        Json::Array(list) => list.iter().for_each(|json| flatten(json, f)),
        leaf => f(leaf),
    }
}

fn text(json: &Json) -> String {
    json.as_str().unwrap_or_else(|| panic!("{json} is no text")).to_string()
}

fn integer(json: &Json) -> i64 {
    json.as_i64().unwrap_or_else(|| panic!("{json} is no integer"))
}

fn number(json: &Json) -> f64 {
    json.as_f64().unwrap_or_else(|| panic!("{json} is no number"))
}

fn numbers(json: &Json) -> Vec<f64> {
    let mut numbers = Vec::new();
    flatten(json, &mut |json| numbers.push(number(json)));
    numbers
}

fn floats(json: &Json) -> Json {
    match json {
        Json::Array(list) => Json::Array(list.iter().map(floats).collect()),
        json => Json::from(number(json)),
    }
}
