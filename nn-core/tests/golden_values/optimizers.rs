use nn_core::initializers::Initializer;
use nn_core::optimizers::{Optimizer, from_config};
use nn_core::{Element, Param};

use crate::cases::{Case, run_all};
use crate::{cast, wide};

fn param(name: &'static str, shape: &[usize], offset: usize) -> Param {
    Param {
        name,
        shape: shape.to_vec().leak(),
        offset,
        trainable: true,
        initializer: Initializer::Zeros,
        regularizer: None,
        penalty: None,
        constraint: None,
    }
}

fn run<T: Element>(case: &Case) -> Option<Result<(), String>> {
    let mut optimizer = case.make(from_config::<T>)?;
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
        let slots = optimizer.slots();
        let of = |slot: &str| slots.iter().find(|(name, _)| *name == slot).map(|(_, values)| *values).ok_or(tensor);
        if name == "variable" {
            // Nadam's product, which Keras gives no name.
            case.check(tensor, &wide(of("momentum_product")?), case.tensor(tensor))?;
            count += 2;
            continue;
        }
        let (param, slot) = name.split_once('_').ok_or(tensor)?;
        let range = if param == "a" { a.range() } else { b.range() };
        case.check(tensor, &wide(&of(slot)?[range]), case.tensor(tensor))?;
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
