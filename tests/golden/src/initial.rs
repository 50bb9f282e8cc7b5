//! Cases of the kinds `initializer` and `initializer_default`: distributions, by bounds and moments of many draws.

use nn_core::initializers::Initializer;
use nn_run::Real;
use serde_json::Value as Json;

use crate::case::{Case, shape};
use crate::interpreted;

/// Values to draw, at least, for moments.
const DRAWN: usize = 40_000;

/// Checks an initializer on the case's shape.
///
/// # Panics
///
/// If its values are not distributed as the case expects.
pub fn check_initializer(name: &str, initializer: Initializer) {
    let case = Case::load(name);
    let shape = shape(&case.json["shape"]);
    let mut rng = nn_core::rng(1);
    let mut draw = || {
        let mut weight = vec![f64::NAN; shape.iter().product()];
        initializer.fill(&shape, &mut rng, &mut weight);
        weight
    };
    let draws: Vec<_> = (0..DRAWN.div_ceil(shape.iter().product())).map(|_| draw()).collect();
    check_distribution(name, &case.json["expect"], &shape, &draws);
}

/// Checks how every weight of a network starts.
///
/// # Panics
///
/// If a weight is not distributed as the case expects.
pub fn check(name: &str) {
    let case = Case::load(name);
    match case.json["dtype"].as_str() {
        Some("f64") => check_as::<f64>(&case),
        _ => check_as::<f32>(&case),
    }
}

fn check_as<T: Real + Into<f64>>(case: &Case) {
    let mut network = interpreted::bare::<T>(case);
    interpreted::check_description(case, &network);
    let mut rng = nn_core::rng(1);
    let smallest = network.params().iter().map(|param| param.len()).min().unwrap_or(1);
    let all: Vec<Vec<T>> = (0..DRAWN.div_ceil(smallest))
        .map(|_| {
            network.initialize(&mut rng);
            network.weights().to_vec()
        })
        .collect();
    for param in case.json["params"].as_array().into_iter().flatten() {
        let path = param["name"].as_str().expect("a parameter has a name");
        let of = |weights: &Vec<T>| interpreted::weight(&network, weights, path).iter().map(|&x| x.into()).collect();
        let draws: Vec<Vec<f64>> = all.iter().map(of).collect();
        check_distribution(&format!("{}: {path}", case.name), &param["expect"], &shape(&param["shape"]), &draws);
    }
}

fn check_distribution(what: &str, expect: &Json, shape: &[usize], draws: &[Vec<f64>]) {
    let number = |key: &str| expect[key].as_f64().unwrap_or_else(|| panic!("{what}: no number `{key}` is expected"));
    let all = draws.concat();
    match expect["distribution"].as_str() {
        Some("constant") => within(what, &all, number("value"), number("value")),
        Some("exact") => {
            let want: Vec<_> = expect["values"].as_array().into_iter().flatten().filter_map(Json::as_f64).collect();
            draws.iter().for_each(|draw| assert_eq!(*draw, want, "{what}"));
        }
        Some("uniform") => {
            let (low, high) = (number("low"), number("high"));
            within(what, &all, low, high);
            moments(what, &all, f64::midpoint(low, high), (high - low) / 12_f64.sqrt());
            reaches(what, &all, low, high);
        }
        Some("normal") => {
            moments(what, &all, number("mean"), number("stddev"));
            tails(what, &all, number("mean"), number("stddev"));
        }
        Some("truncated_normal") => {
            within(what, &all, number("low"), number("high"));
            moments(what, &all, number("mean"), number("stddev"));
            reaches(what, &all, number("low"), number("high"));
        }
        Some("orthogonal") => draws.iter().take(100).for_each(|draw| orthogonal(what, expect, draw)),
        Some("identity") => draws.iter().take(2).for_each(|draw| identity(what, shape, number("gain"), draw)),
        other => panic!("{what}: no check for the distribution {other:?}"),
    }
    if !matches!(expect["distribution"].as_str(), Some("constant" | "exact" | "identity")) {
        assert_ne!(draws[0], draws[1], "{what}: the second draw repeats the first");
    }
}

/// All values lie between the bounds, but for the rounding to `f32`.
fn within(what: &str, values: &[f64], low: f64, high: f64) {
    let slack = 1e-6 * (1.0 + low.abs().max(high.abs()));
    let outside = values.iter().find(|value| !(low - slack..=high + slack).contains(*value));
    assert_eq!(outside, None, "{what}: a value outside of {low}..={high}");
}

/// The values come within a twentieth of the range to either bound.
fn reaches(what: &str, values: &[f64], low: f64, high: f64) {
    let near = (high - low) / 20.0;
    let (least, most) = values.iter().fold((high, low), |(least, most), &value| (least.min(value), most.max(value)));
    assert!(least < low + near && most > high - near, "{what}: only {least}..={most} of {low}..={high}");
}

/// Mean and standard deviation, each within five of its own standard errors.
fn moments(what: &str, values: &[f64], mean: f64, stddev: f64) {
    let count = values.len() as f64;
    let found = values.iter().sum::<f64>() / count;
    let variance = values.iter().map(|value| (value - found).powi(2)).sum::<f64>() / count;
    let error = 5.0 * stddev / count.sqrt();
    assert!((found - mean).abs() < error, "{what}: mean {found}, expected {mean} ± {error}");
    let (found, error) = (variance.sqrt(), error / 2_f64.sqrt());
    assert!((found - stddev).abs() < error, "{what}: standard deviation {found}, expected {stddev} ± {error}");
}

/// 4.55 % of a normal distribution lie beyond two standard deviations.
fn tails(what: &str, values: &[f64], mean: f64, stddev: f64) {
    let beyond = values.iter().filter(|value| (*value - mean).abs() > 2.0 * stddev).count() as f64;
    let share = beyond / values.len() as f64;
    assert!((share - 0.0455).abs() < 0.006, "{what}: {share} lie beyond two standard deviations, expected 0.0455");
}

/// The rows or the columns of the matrix are orthonormal, times the gain.
fn orthogonal(what: &str, expect: &Json, weight: &[f64]) {
    let matrix = shape(&expect["matrix"]);
    let gain = expect["gain"].as_f64().expect("a gain");
    let (rows, columns) = (matrix[0], matrix[1]);
    let by_rows = expect["orthonormal"] == "rows";
    let (vectors, len) = if by_rows { (rows, columns) } else { (columns, rows) };
    let at = |vector: usize, index: usize| {
        if by_rows { weight[vector * columns + index] } else { weight[index * columns + vector] }
    };
    for a in 0..vectors {
        for b in 0..vectors {
            let dot: f64 = (0..len).map(|index| at(a, index) * at(b, index)).sum();
            let want = if a == b { gain * gain } else { 0.0 };
            assert!((dot - want).abs() < 1e-5, "{what}: the product of vectors {a} and {b} is {dot}, expected {want}");
        }
    }
}

fn identity(what: &str, shape: &[usize], gain: f64, weight: &[f64]) {
    for (at, &value) in weight.iter().enumerate() {
        let want = if at / shape[1] == at % shape[1] { gain } else { 0.0 };
        assert!(value == want, "{what}: element {at} is {value}, expected {want}");
    }
}
