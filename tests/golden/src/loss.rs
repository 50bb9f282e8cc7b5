//! Cases of the kind `loss`: the value, and its gradient with respect to the outputs.

use nn_core::losses::{Loss, Reduction, evaluate, factors};

use crate::case::{Array, Case};
use crate::network::elements;

/// Checks a loss on the case's targets and outputs.
///
/// # Panics
///
/// If the value or the gradient is wrong.
pub fn check(name: &str, loss: &dyn Loss<f32>) {
    let case = Case::load(name);
    let pred = case.array("y_pred");
    let axes = Axes::of(&pred.shape, loss.axis());
    let classes = axes.along;
    let targets = case.array("y_true");
    let mut y_true = elements::<f32>(&targets.data);
    if targets.shape == pred.shape {
        y_true = axes.at_the_end(&y_true);
    }
    let y_pred = axes.at_the_end(&elements::<f32>(&pred.data));
    let weights = case.get("sample_weight").map(|weights| elements::<f32>(&weights.data));
    let mask = case.get("mask").map(mask);
    let rows = y_pred.len() / classes;
    assert_eq!(y_true.len(), rows * loss.target_width(classes), "{name}: the width of a row of targets");
    loss.check(&y_true, classes).unwrap_or_else(|error| panic!("{name}: {error}"));

    let mut factor = vec![f32::NAN; rows];
    factors(loss, &y_true, classes, weights.as_deref(), mask.as_deref(), &mut factor);
    let mut values = vec![f32::NAN; rows];
    loss.rows(&y_true, &y_pred, classes, false, &mut values);
    values.iter_mut().zip(&factor).for_each(|(value, factor)| *value *= factor);
    let total = values.iter().copied().map(f64::from).sum::<f64>();
    match loss.reduction() {
        Reduction::None => case.compare("value", &values),
        _ => case.compare("value", &[total]),
    }
    if mask.is_none() {
        let evaluation = evaluate(loss, &y_true, &y_pred, classes, weights.as_deref());
        assert!((evaluation.value - total).abs() <= 1e-6 * total.abs(), "{name}: `evaluate` gives the same");
    }

    if let Some(dvalue) = case.get("dvalue") {
        factor.iter_mut().zip(&dvalue.data).for_each(|(factor, &dvalue)| *factor *= dvalue as f32);
    }
    let mut gradient = vec![f32::NAN; y_pred.len()];
    loss.gradient(&y_true, &y_pred, classes, false, &factor, &mut gradient);
    case.compare("grad", &axes.back(&gradient));
}

/// The sizes before, along and behind the axis of a loss, so that its rows can be put one after another.
struct Axes {
    before: usize,
    along: usize,
    behind: usize,
}

impl Axes {
    fn of(shape: &[usize], axis: i64) -> Self {
        let place = if axis < 0 { axis + shape.len() as i64 } else { axis };
        let place = usize::try_from(place).expect("an axis of the outputs");
        let size = |sizes: &[usize]| sizes.iter().product();
        Axes { before: size(&shape[..place]), along: shape[place], behind: size(&shape[place + 1..]) }
    }

    /// The places of the elements, row by row.
    fn places(&self) -> impl Iterator<Item = usize> {
        let Axes { before, along, behind } = *self;
        let rows = (0..before).flat_map(move |outer| (0..behind).map(move |inner| outer * along * behind + inner));
        rows.flat_map(move |first| (0..along).map(move |at| first + at * behind))
    }

    fn at_the_end(&self, x: &[f32]) -> Vec<f32> {
        self.places().map(|place| x[place]).collect()
    }

    fn back(&self, x: &[f32]) -> Vec<f32> {
        let mut back = vec![f32::NAN; x.len()];
        self.places().zip(x).for_each(|(place, &x)| back[place] = x);
        back
    }
}

fn mask(array: Array) -> Vec<bool> {
    array.data.iter().map(|&value| value != 0.0).collect()
}
