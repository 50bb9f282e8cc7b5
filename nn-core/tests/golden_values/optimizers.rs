use nn_core::initializers::Initializer;
use nn_core::optimizers::{Adam, Optimizer, RMSprop, SGD};
use nn_core::{Element, Param};

use crate::cases::{Case, run_all};
use crate::{cast, wide};

/// Takes the options that are in the case's `config` from there, by Keras' names.
macro_rules! configured {
    ($case:ident, $optimizer:ident; $($number:ident)*; $($flag:ident)*) => {{
        let default = $optimizer::<T>::default();
        $optimizer {
            $($number: $case.number(stringify!($number), default.$number),)*
            $($flag: $case.flag(stringify!($flag)),)*
            weight_decay: $case.option("weight_decay").as_f64(),
            clipnorm: $case.option("clipnorm").as_f64(),
            global_clipnorm: $case.option("global_clipnorm").as_f64(),
            clipvalue: $case.option("clipvalue").as_f64(),
            ..default
        }
    }};
}

fn optimizer<T: Element>(case: &Case) -> Option<Box<dyn Optimizer<T>>> {
    case.option("learning_rate").as_f64()?;
    Some(match case.text("class") {
        "SGD" => Box::new(configured!(case, SGD; learning_rate momentum; nesterov)),
        "RMSprop" => Box::new(configured!(case, RMSprop; learning_rate rho momentum epsilon; centered)),
        "Adam" => Box::new(configured!(case, Adam; learning_rate beta_1 beta_2 epsilon; amsgrad)),
        _ => return None,
    })
}

fn param(name: &'static str, shape: &[usize], offset: usize) -> Param {
    Param {
        name,
        shape: shape.to_vec().leak(),
        offset,
        trainable: true,
        initializer: Initializer::Zeros,
        regularizer: None,
        constraint: None,
    }
}

fn run<T: Element>(case: &Case) -> Option<Result<(), String>> {
    let mut optimizer = optimizer::<T>(case)?;
    let a = param("a", case.shape("initial.a"), 0);
    let b = param("b", case.shape("initial.b"), a.len());
    let mut weights: Vec<T> = cast(&[case.tensor("initial.a"), case.tensor("initial.b")].concat());
    let part = |tensor: &str, step: usize, length: usize| case.tensor(tensor)[step * length..][..length].to_vec();
    let both = |kind: &str, step| {
        [part(&format!("{kind}.a"), step, a.len()), part(&format!("{kind}.b"), step, b.len())].concat()
    };
    for step in 0..case.json["steps"].as_u64()? as usize {
        optimizer.step(&[a, b], &mut weights, &cast(&both("grads", step)));
        let checked = case.check("params.a", &wide(&weights), &both("params", step));
        if let Err(failure) = checked {
            return Some(Err(format!("step {step}: {failure}")));
        }
    }
    Some(slots(case, optimizer.as_ref(), &a, &b))
}

/// Every slot of Keras is there, with its values: `slot.adam/a_momentum`.
fn slots<T: Element>(case: &Case, optimizer: &dyn Optimizer<T>, a: &Param, b: &Param) -> Result<(), String> {
    let mut count = 0;
    for tensor in case.tensors().filter(|tensor| tensor.starts_with("slot.") && !tensor.ends_with("learning_rate")) {
        let (_, name) = tensor.split_once('/').ok_or(tensor)?;
        let (param, slot) = name.split_once('_').ok_or(tensor)?;
        let range = if param == "a" { a.range() } else { b.range() };
        let (_, values) = *optimizer.slots().iter().find(|(name, _)| *name == slot).ok_or(tensor)?;
        case.check(tensor, &wide(&values[range]), case.tensor(tensor))?;
        count += 1;
    }
    if count == 2 * optimizer.slots().len() { Ok(()) } else { Err(format!("{}: {count} slots", case.name())) }
}

#[test]
fn optimizers_in_f32() {
    run_all("optimizer", run::<f32>);
}

#[test]
fn optimizers_in_f64() {
    run_all("optimizer", run::<f64>);
}
