use nn_core::initializers::Initializer;
use serde_json::Value;

use crate::call;
use crate::cases::run_all;

/// An initializer by its text, without arguments with Keras' defaults.
fn initializer(text: &str) -> Option<Initializer> {
    let (name, numbers, _) = call(text);
    Some(match (name, &numbers[..]) {
        ("zeros", []) => Initializer::Zeros,
        ("ones", []) => Initializer::Ones,
        ("constant", [value]) => Initializer::Constant(*value),
        ("uniform", []) => Initializer::Uniform(-0.05, 0.05),
        ("uniform", [low, high]) => Initializer::Uniform(*low, *high),
        ("normal", []) => Initializer::Normal(0.0, 0.05),
        ("normal", [mean, stddev]) => Initializer::Normal(*mean, *stddev),
        ("truncated_normal", []) => Initializer::TruncatedNormal(0.0, 0.05),
        ("truncated_normal", [mean, stddev]) => Initializer::TruncatedNormal(*mean, *stddev),
        ("glorot_uniform", []) => Initializer::GlorotUniform,
        ("glorot_normal", []) => Initializer::GlorotNormal,
        ("he_uniform", []) => Initializer::HeUniform,
        ("he_normal", []) => Initializer::HeNormal,
        ("lecun_uniform", []) => Initializer::LecunUniform,
        ("lecun_normal", []) => Initializer::LecunNormal,
        ("orthogonal", []) => Initializer::Orthogonal(1.0),
        ("orthogonal", [gain]) => Initializer::Orthogonal(*gain),
        ("identity", []) => Initializer::Identity(1.0),
        ("identity", [gain]) => Initializer::Identity(*gain),
        _ => return None,
    })
}

/// Checks many draws of a weight against the exact distribution that is expected.
fn check(initializer: Initializer, shape: &[usize], expect: &Value) -> Result<(), String> {
    let length: usize = shape.iter().product();
    let of = |key: &str| expect[key].as_f64().unwrap_or(f64::NAN);
    let mut rng = nn_core::rng(7);
    let mut draw = || {
        let mut out = vec![f64::NAN; length];
        initializer.fill(shape, &mut rng, &mut out);
        out
    };
    let many: Vec<f64> = (0..40_000_usize.div_ceil(length)).flat_map(|_| draw()).collect();
    match expect["distribution"].as_str() {
        Some("constant") => all(many.iter().all(|&x| x == of("value")), "not constant"),
        Some("uniform") => {
            let (low, high) = (of("low"), of("high"));
            all(many.iter().all(|&x| (low..=high).contains(&x)), "out of bounds")?;
            moments(&many, (low + high) / 2.0, (high - low) / 12_f64.sqrt())
        }
        Some("normal") => moments(&many, of("mean"), of("stddev")),
        Some("truncated_normal") => {
            let width = 2.0 * of("stddev_before_truncation") * (1.0 + 1e-12);
            all(many.iter().all(|&x| (x - of("mean")).abs() <= width), "out of bounds")?;
            moments(&many, of("mean"), of("stddev"))
        }
        Some("orthogonal") => orthonormal(&draw(), expect),
        Some("identity") => {
            let columns = shape[1];
            let want = |at: usize| if at / columns == at % columns { of("gain") } else { 0.0 };
            all(draw().iter().enumerate().all(|(at, &x)| x == want(at)), "not the identity")
        }
        other => Err(format!("distribution {other:?}")),
    }
}

fn all(holds: bool, failure: &str) -> Result<(), String> {
    if holds { Ok(()) } else { Err(failure.into()) }
}

fn moments(values: &[f64], mean: f64, stddev: f64) -> Result<(), String> {
    let n = values.len() as f64;
    let got = values.iter().sum::<f64>() / n;
    let spread = (values.iter().map(|x| (x - got).powi(2)).sum::<f64>() / n).sqrt();
    all((got - mean).abs() < 5.0 * stddev / n.sqrt(), &format!("mean {got} for {mean}"))?;
    all((spread - stddev).abs() < 5.0 * stddev / n.sqrt(), &format!("deviation {spread} for {stddev}"))
}

fn orthonormal(matrix: &[f64], expect: &Value) -> Result<(), String> {
    let gain = expect["gain"].as_f64().unwrap_or(1.0);
    let size = |axis: usize| expect["matrix"][axis].as_u64().unwrap_or(0) as usize;
    let (rows, columns) = (size(0), size(1));
    let of_rows = expect["orthonormal"] == "rows";
    let (count, length) = if of_rows { (rows, columns) } else { (columns, rows) };
    let at = |vector: usize, k: usize| matrix[if of_rows { vector * columns + k } else { k * columns + vector }];
    for i in 0..count {
        for j in 0..count {
            let dot: f64 = (0..length).map(|k| at(i, k) * at(j, k)).sum();
            let want = if i == j { gain * gain } else { 0.0 };
            all((dot - want).abs() < 1e-10, &format!("{i}·{j} is {dot}"))?;
        }
    }
    Ok(())
}

fn shape_of(value: &Value) -> Vec<usize> {
    value["shape"].as_array().into_iter().flatten().filter_map(|size| size.as_u64().map(|size| size as usize)).collect()
}

#[test]
fn initializers() {
    run_all("initializer", |case| {
        let initializer = initializer(case.text("initializer"))?;
        let result = check(initializer, &shape_of(&case.json), &case.json["expect"]);
        Some(result.map_err(|failure| format!("{}: {failure}", case.name())))
    });
}

/// The distributions that Keras' layers start with, where our initializer of that name is told.
#[test]
fn defaults_of_layers() {
    run_all("initializer_default", |case| {
        // Keras takes its fans from a matrix, not from the shape of the kernel: for the layer to say.
        if case.name().contains("multi_head_attention") {
            return None;
        }
        let mut result = Some(Ok(()));
        for param in case.json["params"].as_array()? {
            let initializer = initializer(param["initializer"].as_str()?)?;
            let checked = check(initializer, &shape_of(param), &param["expect"]);
            result =
                Some(result?.and(checked.map_err(|failure| format!("{}: {}: {failure}", case.name(), param["name"]))));
        }
        result
    });
}
