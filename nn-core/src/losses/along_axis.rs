//! A loss along another axis than the last: its rows are gathered one by one, and what they say is shared out among those of the last
//! axis, which everybody else counts.

use super::{BadTarget, Each, Loss, MAX_OUTPUTS, Reduction};
use crate::element::Element;
use crate::error::FitError;

/// A loss whose rows lie along another axis of its output than the last.
///
/// All rows of a sample have the mean of the sample's values, so that means over rows stay what they are.
pub(crate) struct AlongAxis<'a, T> {
    loss: &'a dyn Loss<T>,
    /// Before, along and behind the axis, in one sample.
    sizes: [usize; 3],
}

impl<'a, T: Element> AlongAxis<'a, T> {
    /// The loss on outputs of this shape, if it does not lie along their last axis.
    pub fn of(loss: &'a dyn Loss<T>, shape: &[usize]) -> Result<Option<Self>, FitError> {
        let (axis, rank) = (loss.axis(), shape.len() as i64);
        let place = if axis < 0 { axis + rank } else { axis - 1 };
        if !(0..rank).contains(&place) {
            let expected = "an axis of the output: -1 is the last one, and the batch, 0, is none";
            return Err(FitError::option("axis", expected, axis));
        }
        let place = place as usize;
        if place + 1 == shape.len() {
            return Ok(None);
        }
        if loss.reduction() == Reduction::MeanWithSampleWeight {
            let expected = "another one along an axis that is not the last";
            return Err(FitError::option("reduction", expected, "MeanWithSampleWeight"));
        }
        let size = |sizes: &[usize]| sizes.iter().product();
        Ok(Some(AlongAxis { loss, sizes: [size(&shape[..place]), shape[place], size(&shape[place + 1..])] }))
    }

    /// For each loss that needs it, by the shapes of the outputs.
    pub fn each(
        losses: &Each<'a, T>,
        shapes: impl Iterator<Item = &'a [usize]>,
    ) -> Result<[Option<Self>; MAX_OUTPUTS], FitError> {
        let mut each = [const { None }; MAX_OUTPUTS];
        for ((along, loss), shape) in each.iter_mut().zip(losses).zip(shapes) {
            if let Some(loss) = loss {
                *along = Self::of(*loss, shape)?;
            }
        }
        Ok(each)
    }

    /// What the value of a row along the axis counts in that of a row along the last one.
    fn share(&self, rows: usize) -> f64 {
        let own = (self.sizes[0] * self.sizes[2]).max(1) as f64;
        match self.loss.reduction() {
            Reduction::Sum => 1.0 / rows.max(1) as f64,
            _ => 1.0 / own,
        }
    }

    /// Calls `each` with the places of the elements of each row of a sample: the first of them, and how far it is to the next.
    fn rows_of(&self, mut each: impl FnMut(usize, usize)) {
        let [before, along, behind] = self.sizes;
        (0..before).for_each(|outer| (0..behind).for_each(|inner| each(outer * along * behind + inner, behind)));
    }
}

/// The losses, with those along another axis in their place.
pub(crate) fn replaced<'b, T: Element>(
    losses: &Each<'b, T>,
    along: &'b [Option<AlongAxis<'b, T>>; MAX_OUTPUTS],
) -> Each<'b, T> {
    std::array::from_fn(|index| match &along[index] {
        Some(along) => Some(along as &dyn Loss<T>),
        None => losses[index],
    })
}

/// A row of a sample, in memory of its own.
fn gather<T: Element>(from: &[T], (first, step): (usize, usize), row: &mut [T]) {
    row.iter_mut().zip(from[first..].iter().step_by(step)).for_each(|(row, &x)| *row = x);
}

impl<T: Element> Loss<T> for AlongAxis<'_, T> {
    fn name(&self) -> &'static str {
        self.loss.name()
    }

    fn reduction(&self) -> Reduction {
        self.loss.reduction()
    }

    fn axis(&self) -> i64 {
        self.loss.axis()
    }

    fn target_width(&self, classes: usize) -> usize {
        classes
    }

    fn check(&self, y_true: &[T], classes: usize) -> Result<(), BadTarget> {
        self.loss.check(y_true, classes)
    }

    fn check_options(&self) -> Result<(), FitError> {
        self.loss.check_options()
    }

    fn rows(&self, y_true: &[T], y_pred: &[T], classes: usize, _: bool, values: &mut [T]) {
        let len = self.sizes.iter().product::<usize>().max(1);
        let (rows, along) = (len / classes.max(1), self.sizes[1]);
        let (mut t, mut p) = (vec![T::zero(); along], vec![T::zero(); along]);
        let samples = y_true.chunks_exact(len).zip(y_pred.chunks_exact(len));
        for ((y_true, y_pred), values) in samples.zip(values.chunks_exact_mut(rows.max(1))) {
            let mut sum = 0.0;
            self.rows_of(|first, step| {
                gather(y_true, (first, step), &mut t);
                gather(y_pred, (first, step), &mut p);
                let mut value = [T::zero()];
                self.loss.rows(&t, &p, along, false, &mut value);
                sum += value[0].to_f64();
            });
            values.fill(T::from_f64(sum * self.share(rows)));
        }
    }

    fn gradient(&self, y_true: &[T], y_pred: &[T], classes: usize, _: bool, factor: &[T], dy_pred: &mut [T]) {
        let len = self.sizes.iter().product::<usize>().max(1);
        let (rows, along) = (len / classes.max(1), self.sizes[1]);
        let [mut t, mut p, mut dp] = [(); 3].map(|()| vec![T::zero(); along]);
        let samples = y_true.chunks_exact(len).zip(y_pred.chunks_exact(len)).zip(dy_pred.chunks_exact_mut(len));
        for (((y_true, y_pred), dy), factor) in samples.zip(factor.chunks_exact(rows.max(1))) {
            let factor = factor.iter().map(|factor| Element::to_f64(*factor)).sum::<f64>() * self.share(rows);
            self.rows_of(|first, step| {
                gather(y_true, (first, step), &mut t);
                gather(y_pred, (first, step), &mut p);
                self.loss.gradient(&t, &p, along, false, &[T::from_f64(factor)], &mut dp);
                dy[first..].iter_mut().step_by(step).zip(&dp).for_each(|(dy, &dp)| *dy = dp);
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::losses::{CategoricalCrossentropy, CosineSimilarity, Dice, MeanSquaredError, evaluate};

    const Y: [f64; 12] = [0.1, 0.5, 0.3, 0.2, 0.7, 0.9, 0.4, 0.6, 0.8, 0.3, 0.2, 0.1];
    const P: [f64; 12] = [0.3, 0.1, 0.6, 0.5, 0.2, 0.4, 0.9, 0.7, 0.1, 0.8, 0.3, 0.6];

    /// Two samples of 2×3 with their axes exchanged.
    fn turned(x: &[f64]) -> Vec<f64> {
        x.chunks_exact(6).flat_map(|x| (0..6).map(|at| x[at % 2 * 3 + at / 2])).collect()
    }

    fn check(loss: &dyn Loss<f64>, what: &str) {
        let along = AlongAxis::of(loss, &[2, 3]).expect("an axis").expect("another than the last");
        let weights = [1.5, 0.5];
        let got = evaluate(&along, &Y, &P, 3, Some(&weights));
        let want = evaluate(loss, &turned(&Y), &turned(&P), 2, Some(&weights));
        assert!((got.value - want.value).abs() < 1e-14, "{what}: {} is not {}", got.value, want.value);
        let [mut dgot, mut dwant] = [[0.0; 12]; 2];
        along.gradient(&Y, &P, 3, false, &got.factors, &mut dgot);
        loss.gradient(&turned(&Y), &turned(&P), 2, false, &want.factors, &mut dwant);
        let got = turned(&dgot);
        assert!(got.iter().zip(dwant).all(|(a, b)| (a - b).abs() < 1e-14), "{what}: {got:?} is not {dwant:?}");
    }

    #[test]
    fn the_same_as_with_the_axis_at_the_end() {
        for reduction in [Reduction::SumOverBatchSize, Reduction::Sum, Reduction::Mean] {
            check(&CosineSimilarity { axis: 1, reduction }, "a cosine");
            check(&CosineSimilarity { axis: -2, reduction }, "a cosine from the end");
            check(&CategoricalCrossentropy { axis: 1, reduction, ..Default::default() }, "a crossentropy");
            check(&Dice { axis: Some(1), reduction }, "an overlap");
        }
    }

    #[test]
    fn axes_that_are_none() {
        let of = |axis: i64, shape: &[usize]| {
            AlongAxis::<f64>::of(&CosineSimilarity { axis, ..Default::default() }, shape).map(|along| along.is_some())
        };
        assert_eq!(of(2, &[2, 3]).ok(), Some(false));
        assert_eq!(of(-1, &[2, 3]).ok(), Some(false));
        assert_eq!(of(1, &[2, 3]).ok(), Some(true));
        for axis in [0, 3, -3] {
            let error = of(axis, &[2, 3]).expect_err("no such axis").to_string();
            assert!(error.contains("axis") && error.contains(&axis.to_string()), "{error}");
        }
        let weighted = CosineSimilarity { axis: 1, reduction: Reduction::MeanWithSampleWeight };
        assert!(AlongAxis::<f64>::of(&weighted, &[2, 3]).is_err());
        assert!(AlongAxis::<f64>::of(&MeanSquaredError::default(), &[2, 3]).is_ok_and(|along| along.is_none()));
    }
}
