//! Cases of the kind `optimizer`: two weights over several steps; of the kind `schedule`: the rates of the first steps.

use nn_core::Param;
use nn_core::initializers::Initializer;
use nn_core::optimizers::Optimizer;
use nn_core::optimizers::schedules::LearningRateSchedule;

use crate::case::Case;
use crate::network::elements;

/// Checks an optimizer on the case's gradients: the weights after each step, and what it remembers after the last.
///
/// # Panics
///
/// If a weight or a slot is wrong.
pub fn check(name: &str, mut optimizer: Box<dyn Optimizer<f32>>) {
    let case = Case::load(name);
    let [a, b] = ["a", "b"].map(|weight| case.array(&format!("initial.{weight}")));
    // One after the other in the flat view, as in a network.
    let split = a.data.len();
    let params = [
        Param::new("a", a.shape.clone().leak(), 0, Initializer::Zeros),
        Param::new("b", b.shape.clone().leak(), split, Initializer::Zeros),
    ];
    let mut weights = elements::<f32>(&[a.data, b.data].concat());
    let gradients = ["a", "b"].map(|weight| case.array(&format!("grads.{weight}")));
    let mut after = [Vec::new(), Vec::new()];
    for step in 0..case.count("steps") {
        let of_step = |at: usize| gradients[at].data.chunks(params[at].len()).nth(step).expect("a gradient a step");
        let gradients = elements::<f32>(&[of_step(0), of_step(1)].concat());
        optimizer.step(&params, &mut weights, &gradients);
        after[0].extend_from_slice(&weights[..split]);
        after[1].extend_from_slice(&weights[split..]);
    }
    case.compare("params.a", &after[0]);
    case.compare("params.b", &after[1]);
    assert_eq!(optimizer.iterations(), case.count("steps") as u64, "{name}: the number of steps");
    check_slots(&case, &*optimizer, split);
}

/// Checks the rates of a schedule.
///
/// # Panics
///
/// If a rate is wrong.
pub fn check_schedule(name: &str, schedule: &dyn LearningRateSchedule) {
    let case = Case::load(name);
    let want = case.json["values"].as_array().expect("a schedule has `values`");
    let want: Vec<_> = want.iter().map(|rate| rate.as_f64().expect("a number")).collect();
    let got: Vec<_> = (0..want.len() as u64).map(|step| schedule.rate(step)).collect();
    schedule.check().unwrap_or_else(|error| panic!("{name}: {error}"));
    case.compare_values("values", &[want.len()], &got, &want);
}

fn check_slots(case: &Case, optimizer: &dyn Optimizer<f32>, split: usize) {
    let slots = optimizer.slots();
    for path in case.names("slot.") {
        let tensor = format!("slot.{path}");
        let (_, name) = path.split_once('/').expect("a slot's path starts with the optimizer");
        if name == "learning_rate" {
            case.compare(&tensor, &[optimizer.learning_rate()]);
            continue;
        }
        if name == "variable" {
            // Nadam's, which Keras gives no name.
            let (_, product) = slots.iter().find(|(slot, _)| *slot == "momentum_product").expect("a product");
            case.compare(&tensor, product);
            continue;
        }
        let (weight, kind) = name.split_once('_').expect("a slot belongs to a weight");
        let (_, values) = slots.iter().find(|(slot, _)| *slot == kind).unwrap_or_else(|| {
            panic!("{}: no slot `{kind}` among {:?}", case.name, slots.iter().map(|slot| slot.0).collect::<Vec<_>>())
        });
        case.compare(&tensor, if weight == "a" { &values[..split] } else { &values[split..] });
    }
}
