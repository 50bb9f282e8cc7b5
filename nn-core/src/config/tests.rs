//! Rows against their types, their errors, and the tables in the documentation against the rows.

use std::fmt::Write;
use std::fs;

use super::*;
use crate::callbacks::{self, CALLBACKS};
use crate::losses::{self, LOSSES};
use crate::metrics::{self, METRICS};
use crate::optimizers::schedules::{self, SCHEDULES};
use crate::optimizers::{self, OPTIMIZERS};
use crate::train::nets::Centred;

/// The values of all options.
pub(crate) fn values<C: Config>(object: &C) -> Vec<String> {
    C::ROW.options.iter().map(|option| object.get(option.name).to_string()).collect()
}

/// Titles in the reference, the folders of the sources, the rows.
const TABLES: [(&str, &str, &[&Row]); 5] = [
    ("Losses", "losses", LOSSES),
    ("Metrics", "metrics", METRICS),
    ("Optimizers", "optimizers", OPTIMIZERS),
    ("Schedules", "optimizers/schedules", SCHEDULES),
    ("Callbacks", "callbacks", CALLBACKS),
];

type Made = Result<(), ConfigError>;

/// Makes something out of each table by its name.
fn makers() -> [fn(&str, Options<'_>) -> Made; 5] {
    [
        |name, options| losses::from_config::<f32>(name, options).map(|_| ()),
        |name, options| metrics::from_config::<f32>(name, options).map(|_| ()),
        |name, options| optimizers::from_config::<f32>(name, options).map(|_| ()),
        |name, options| schedules::from_config(name, options).map(|_| ()),
        |name, options| callbacks::from_config::<Centred>(name, options).map(|_| ()),
    ]
}

fn message(made: Made) -> String {
    made.err().map(|error| error.to_string()).unwrap_or_default()
}

#[test]
fn defaults_are_those_of_the_rows() {
    let made =
        [losses::defaults(), metrics::defaults(), optimizers::defaults(), schedules::defaults(), callbacks::defaults()];
    for ((_, _, table), made) in TABLES.into_iter().zip(made) {
        assert_eq!(table.len(), made.len());
        for (row, values) in table.iter().zip(made) {
            for (option, value) in row.options.iter().zip(values).filter(|(option, _)| !option.is_required()) {
                assert_eq!(value, option.default.to_string(), "{}: {}", row.class, option.name);
            }
        }
    }
    assert_eq!(values(&metrics::BinaryCrossentropy::default()), ["false", "0", "-1"]);
    assert_eq!(values(&losses::BinaryCrossentropy::default()), ["false", "0", "-1", "sum_over_batch_size"]);
}

#[test]
fn each_name_makes_what_the_row_says_with_each_of_its_options() {
    for ((_, _, table), make) in TABLES.into_iter().zip(makers()) {
        for row in table {
            // What has no default is given.
            let given = |option: &Opt| match option.default {
                default if !option.is_required() => (option.name, default),
                Value::Text(_) => (option.name, "x".into()),
                Value::Numbers(_) => (option.name, (&[1.0][..]).into()),
                _ => (option.name, 1.into()),
            };
            let options: Vec<_> = row.options.iter().map(given).collect();
            for name in [row.class, row.name].iter().chain(row.aliases) {
                assert_eq!(message(make(name, &options)), "", "{name}");
            }
            for (at, option) in row.options.iter().enumerate() {
                for wrong in [Value::Number(f64::NAN), Value::Number(-1e300), Value::Text("")] {
                    let mut options = options.clone();
                    options[at].1 = wrong;
                    let expected =
                        format!("{}: `{}`: expected {}, found {wrong}", row.class, option.name, option.range.expected);
                    let bounded = wrong != Value::Number(-1e300) || !option.range.allows(wrong);
                    let message = message(make(row.class, &options));
                    assert!(!bounded || message == expected, "{message} instead of {expected}");
                }
            }
        }
    }
}

#[test]
fn names_of_classes_come_before_others() {
    let names = |name| find("metric", METRICS, name).map(|row| row.class).ok();
    assert_eq!(
        ["accuracy", "Accuracy", "acc"].map(names),
        ["ResolvedAccuracy", "Accuracy", "ResolvedAccuracy"].map(Some)
    );
}

#[test]
fn mistakes_name_the_nearest() {
    let [loss, metric, optimizer, schedule, callback] = makers();
    let cases = [
        (loss("mean_square_error", &[]), "there is no loss `mean_square_error`; did you mean `mean_squared_error`?"),
        (loss("quite another", &[]), "there is no loss `quite another`"),
        (metric("mse", &[("reduction", "sum".into())]), "MeanSquaredError has no option `reduction`"),
        (optimizer("Adam", &[("beta1", 0.8.into())]), "Adam has no option `beta1`; did you mean `beta_1`?"),
        (optimizer("sgd", &[("momentum", 2.into())]), "SGD: `momentum`: expected a number from 0 to 1, found 2"),
        (optimizer("sgd", &[("nesterov", 1.into())]), "SGD: `nesterov`: expected true or false, found 1"),
        (
            metric("top_k_categorical_accuracy", &[("k", 2.5.into())]),
            "TopKCategoricalAccuracy: `k`: expected a whole number from 1 on, found 2.5",
        ),
        (callback("EarlyStoping", &[]), "there is no callback `EarlyStoping`; did you mean `EarlyStopping`?"),
        (
            callback("EarlyStopping", &[("mode", "up".into())]),
            "EarlyStopping: `mode`: expected `auto`, `min` or `max`, found up",
        ),
        (callback("ModelCheckpoint", &[]), "ModelCheckpoint: `filepath`: expected a path, found nothing"),
        (
            schedule("CosineDecay", &[("initial_learning_rate", 0.1.into())]),
            "CosineDecay: `decay_steps`: expected a whole number from 1 on, found nothing",
        ),
        (
            schedule("ExponentialDecay", &[("decay_step", 3.into())]),
            "ExponentialDecay has no option `decay_step`; did you mean `decay_steps`?",
        ),
        (
            optimizer("Adam", &[("learning_rate", "fast".into())]),
            "Adam: `learning_rate`: expected a finite number from 0 on, or a schedule, found fast",
        ),
        (
            optimizer("Adam", &[("gradient_accumulation_steps", 1.into())]),
            "Adam: `gradient_accumulation_steps`: expected a whole number from 2 on, found 1",
        ),
    ];
    for (made, expected) in cases {
        assert_eq!(message(made), expected);
    }
}

#[test]
fn values_come_from_json() {
    let json = serde_json::json!({ "learning_rate": 0.5, "nesterov": true, "clipnorm": null, "momentum": 1 });
    let options = json.as_object().unwrap().iter().map(|(name, value)| (&name[..], Value::from_json(value).unwrap()));
    let sgd: optimizers::SGD = configure(&options.collect::<Vec<_>>()).unwrap();
    assert_eq!((sgd.learning_rate, sgd.momentum, sgd.nesterov, sgd.clipnorm), (0.5.into(), 1.0, true, None));
    assert_eq!(Value::from_json(&serde_json::json!([1])), None);
}

/// The tables of the module's documentation; `NN_REFERENCE=write` writes them anew.
#[test]
fn the_reference_lists_each_option_with_its_default() {
    let mut text = String::new();
    for (title, _, table) in TABLES {
        writeln!(text, "\n# {title}\n\n| class | other names | option | default | what it may be |\n| --- | --- | --- | --- | --- |").unwrap();
        for row in table {
            let code = |text: &str| format!("`{text}`");
            let others = [row.name].into_iter().filter(|name| *name != row.class).chain(row.aliases.iter().copied());
            let others: Vec<_> = others.map(code).collect();
            let (mut class, mut others) = (code(row.class), others.join(", "));
            for option in row.options {
                let default = if option.is_required() { String::new() } else { code(&option.default.to_string()) };
                let expected = option.range.expected;
                writeln!(text, "| {class} | {others} | `{}` | {default} | {expected} |", option.name).unwrap();
                (class, others) = Default::default();
            }
            if row.options.is_empty() {
                writeln!(text, "| {class} | {others} | | | |").unwrap();
            }
        }
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/config/reference.md");
    if std::env::var_os("NN_REFERENCE").is_some_and(|value| value == "write") {
        fs::write(path, &text).unwrap();
    }
    assert_eq!(fs::read_to_string(path).unwrap(), text, "NN_REFERENCE=write writes it anew");
}

/// The documentation of a field, or of the method that sets it, has the number that is its default.
#[test]
fn fields_are_documented_with_their_defaults() {
    // What all optimizers have is written once.
    let common = include_str!("../optimizers/common.rs");
    for (_, folder, table) in TABLES {
        let files = fs::read_dir(format!("{}/src/{folder}", env!("CARGO_MANIFEST_DIR"))).unwrap();
        let sources: Vec<_> = files.filter_map(|file| fs::read_to_string(file.unwrap().path()).ok()).collect();
        for row in table {
            let own = |source: &&String| source.contains(&format!("pub struct {}", row.class));
            let Some(source) = sources.iter().find(own) else { continue };
            let source = if folder == "optimizers" { format!("{source}{common}") } else { source.clone() };
            let numbers = row.options.iter().filter(|option| matches!(option.default, Value::Number(_)));
            let numbers = numbers.filter(|option| !option.is_required());
            for Opt { name, default, .. } in numbers {
                let lines: Vec<_> = source.lines().map(str::trim).collect();
                let starts = [format!("pub {name}:"), format!("pub fn {name}(")];
                let at = |line: &&&str| starts.iter().any(|start| line.starts_with(start));
                let said = |line: &str| {
                    line.contains(&format!("Default {default}.")) || line.contains(&format!("{default} by default"))
                };
                let documented = |at: usize| {
                    let docs = lines[..at].iter().rev().take_while(|line| line.starts_with("///"));
                    docs.into_iter().any(|line| said(line))
                };
                let places: Vec<_> = (0..lines.len()).filter(|&index| at(&&lines[index])).collect();
                assert!(!places.is_empty(), "{} has no `{name}`", row.class);
                assert!(places.into_iter().any(documented), "{}::{name}: {default} by default", row.class);
            }
        }
    }
}
