//! What the suite covers: a case is covered if all that it uses stands in the tables, and nothing of it is pending.
//!
//! A case is judged by what it uses, never by its name, so cases of another folder are too.

pub mod rows;
mod tables;

use serde_json::Value as Json;

use crate::cases::Case;
use crate::dsl::{self, Call};
use crate::emit::networks::losses;
use crate::value::Object;
use tables::{ACTIVATIONS, CONSTRAINTS, DTYPES, INITIALIZERS, LAYERS, REGULARIZERS, WRAPPERS};

/// Rows of the tables that are being built: their cases wait, and run once the name is taken out here.
pub const PENDING: &[&str] = &[];

/// What becomes of a case.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    Covered,
    /// This is pending.
    Waits(&'static str),
    /// This is not in the tables.
    Gap(String),
}

/// Judges a case by the first of its features that no test covers.
pub fn verdict(case: &Case) -> Verdict {
    let Judge { features, gap } = Judge::of(case);
    let waits = || PENDING.iter().find(|pending| features.iter().any(|feature| feature == *pending));
    match gap {
        Some(gap) => Verdict::Gap(gap),
        None => waits().map_or(Verdict::Covered, |name| Verdict::Waits(name)),
    }
}

/// All that a case uses, in the words of the tables.
pub fn features(case: &Case) -> Vec<String> {
    Judge::of(case).features
}

#[derive(Default)]
struct Judge {
    features: Vec<String>,
    /// The first of them that is not in the tables.
    gap: Option<String>,
}

impl Judge {
    fn of(case: &Case) -> Self {
        let mut judge = Self::default();
        judge.case(case);
        judge
    }

    /// One feature of the case, and whether it is in the tables.
    fn feature(&mut self, known: bool, name: String) {
        if !known && self.gap.is_none() {
            self.gap = Some(name.clone());
        }
        self.features.push(name);
    }

    fn case(&mut self, case: &Case) {
        match case.kind.as_str() {
            "network" | "initializer_default" => self.network(case),
            "fit" => {
                self.network(case);
                self.fit(case);
            }
            // What metrics are made of, and none itself.
            "metric" if case.text("class") == "Mean" => self.feature(true, "metric Mean".to_string()),
            "loss" | "optimizer" | "metric" => self.object(&case.kind, &Object::from_config(&case.json)),
            "initializer" => self.word("initializer", case.text("initializer"), INITIALIZERS),
            "regularizer" => self.word("regularizer", case.text("regularizer"), REGULARIZERS),
            "constraint" => {
                // As a function a constraint takes `axis`, as an option of a layer it does not.
                let text = case.text("constraint").split(", axis").next().unwrap_or_default();
                self.word("constraint", text, CONSTRAINTS);
            }
            kind => self.feature(false, format!("kind {kind}")),
        }
    }

    fn network(&mut self, case: &Case) {
        if case.has("calls") {
            self.feature(true, "a stateful network".to_string());
        }
        if dsl::is_graph(case.text("dsl")) {
            self.feature(true, "the form of a graph".to_string());
        }
        let calls = dsl::calls(case.text("dsl"));
        calls.iter().for_each(|call| self.layer(call));
    }

    fn layer(&mut self, call: &Call) {
        let row = LAYERS.iter().find(|(name, _)| *name == call.name);
        self.feature(row.is_some(), format!("layer {}", call.name));
        let Some((_, known)) = row else { return };
        match call.positional.first() {
            Some(name) if call.name == "Activation" => self.word("activation", name, ACTIVATIONS),
            Some(layer) if WRAPPERS.contains(&call.name) => self.layer(&dsl::call(layer)),
            _ => {}
        }
        for (name, value) in &call.options {
            self.option(call.name, known, name, value);
        }
    }

    fn option(&mut self, layer: &str, known: &[&str], name: &str, value: &str) {
        let weights = known.contains(&"weights");
        match name {
            "activity_regularizer" => self.feature(false, "option activity_regularizer".to_string()),
            "data_format" if known.contains(&name) => {
                self.word("data_format", value, &["channels_last", "channels_first"]);
            }
            "data_format" => self.word("data_format", value, &["channels_last"]),
            "trainable" if weights => {}
            "dtype" if layer == "Input" => self.word("input of dtype", value, DTYPES),
            "activation" | "recurrent_activation" if known.contains(&name) => {
                self.word("activation", value, ACTIVATIONS);
            }
            _ if weights && name.ends_with("_initializer") => self.word("initializer", value, INITIALIZERS),
            _ if weights && name.ends_with("_regularizer") => self.word("regularizer", value, REGULARIZERS),
            _ if weights && name.ends_with("_constraint") => self.word("constraint", value, CONSTRAINTS),
            _ => self.feature(known.contains(&name), format!("option {name} of {layer}")),
        }
    }

    /// `max_norm(2.0)` by its name, and by the names of its arguments.
    fn word(&mut self, what: &str, text: &str, known: &[&str]) {
        let value = Object::from_text(text);
        self.feature(known.contains(&value.class.as_str()), format!("{what} {}", value.class));
        for (name, _) in value.config {
            self.feature(false, format!("option {name} of a {what}"));
        }
    }

    fn object(&mut self, what: &str, object: &Object) {
        let class = &object.class;
        let row = rows::find(title(what), class);
        self.feature(row.is_some(), format!("{what} {class}"));
        let Some(row) = row else { return };
        for (key, value) in &object.config {
            let schedule = value.is_object() || value.as_str().is_some_and(|text| text.contains('('));
            match key.as_str() {
                key if schedule => self.feature(false, format!("a schedule as {key}")),
                key => self.feature(row.options.iter().any(|known| known == key), format!("option {key} of {class}")),
            }
        }
    }

    fn fit(&mut self, case: &Case) {
        let losses = losses(case);
        losses.iter().for_each(|loss| self.object("loss", &Object::from_text(loss)));
        if losses.len() > 1 {
            self.feature(true, "several outputs in a training".to_string());
        }
        if masked_sequence(case) {
            self.feature(true, "masks in losses".to_string());
        }
        self.object("optimizer", &Object::from_text(case.text("optimizer")));
        let names = ["metrics", "weighted_metrics"].into_iter().flat_map(|key| case.json[key].as_array()).flatten();
        for name in names.filter_map(Json::as_str) {
            self.feature(rows::find(title("metric"), name).is_some(), format!("metric {name}"));
        }
        if case.has("shuffle") {
            self.feature(false, "a shuffled training".to_string());
        }
    }
}

/// The title in the reference.
fn title(what: &str) -> &'static str {
    match what {
        "loss" => "Losses",
        "metric" => "Metrics",
        _ => "Optimizers",
    }
}

/// Whether masks reach an output: a mask is of steps, so an output has one if it has steps.
fn masked_sequence(case: &Case) -> bool {
    let calls = dsl::calls(case.text("dsl"));
    let mask = |call: &Call| call.name == "Masking" || call.options.contains(&("mask_zero", "true"));
    let outputs = case.json["outputs"].as_object().into_iter().flat_map(|outputs| outputs.values());
    let mut steps = outputs.filter_map(|output| output["shape"].as_array()).map(Vec::len);
    calls.iter().any(mask) && steps.any(|axes| axes > 1)
}
