//! Gradients that are lists of rows: of the tables that embeddings look up.

use std::ops::Range;

use crate::kernels::vectors::dispatch_few;
use fearless_simd::Level;

use super::update::{CHUNK, PARALLEL, Rule, side_by_side};
use crate::element::Element;
use crate::params::Param;

/// The gradient of a weight that a step used some rows of, as TensorFlow's `IndexedSlices`: rows of the first axis by
/// number. Those of the same number add up.
#[derive(Clone, Debug)]
pub struct RowGradients<'a, T> {
    param: usize,
    /// Ascending by number; among equals as they came.
    rows: Vec<(u32, &'a [T])>,
}

impl<'a, T> RowGradients<'a, T> {
    /// The gradients of rows of the weight of this index in the parameters.
    ///
    /// ```
    /// use nn_core::initializers::Initializer;
    /// use nn_core::optimizers::{Optimizer, RowGradients, SGD};
    /// use nn_core::Param;
    /// let table = Param::new("embeddings", &[3, 2], 0, Initializer::Zeros);
    /// let (mut weights, gradient) = ([0.0_f32; 6], [1.0, 2.0]);
    /// let rows = RowGradients::new(0, vec![(2, &gradient[..]), (1, &gradient), (2, &gradient)]);
    /// SGD::new(1.0).step_with_rows(&[table], &mut weights, &[0.0; 6], &[rows]);
    /// assert_eq!(weights, [0.0, 0.0, -1.0, -2.0, -2.0, -4.0]);
    /// ```
    pub fn new(param: usize, mut rows: Vec<(u32, &'a [T])>) -> Self {
        // Stable: the order of the sums is that of the samples, whatever the number of threads.
        rows.sort_by_key(|(number, _)| *number);
        Self { param, rows }
    }

    /// The index of the weight.
    pub fn param(&self) -> usize {
        self.param
    }

    /// Writes the sums of the clipped rows, and zeros where there are none.
    pub(super) fn write(&self, gradients: &mut [T], clip: Clip<T>)
    where
        T: Element,
    {
        gradients.fill(T::zero());
        for (number, row) in &self.rows {
            let sums = gradients.chunks_exact_mut(row.len().max(1)).nth(*number as usize).unwrap_or_default();
            sums.iter_mut().zip(*row).for_each(|(sum, value)| *sum += clip.apply(*value));
        }
    }

    /// The gradients alone.
    pub(super) fn values(&self) -> impl Iterator<Item = &'a [T]> {
        self.rows.iter().map(|(_, row)| *row)
    }

    /// Those of some rows.
    fn of(&self, numbers: Range<usize>) -> &[(u32, &'a [T])] {
        let before = |number: usize| self.rows.partition_point(|(other, _)| (*other as usize) < number);
        &self.rows[before(numbers.start)..before(numbers.end)]
    }
}

/// What becomes of each row before rows of the same number are added up.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clip<T> {
    pub scale: T,
    /// The largest absolute value of an element.
    pub limit: T,
    /// Whether the size of an element is that of the sum, rather than the sum of the rows' sizes.
    pub size_of_sum: bool,
}

impl<T: Element> Clip<T> {
    pub fn none() -> Self {
        Clip { scale: T::one(), limit: T::infinity(), size_of_sum: false }
    }

    #[inline(always)]
    fn apply(self, value: T) -> T {
        let value = value * self.scale;
        // Not `min` and `max`: they would hide a NaN.
        let value = if value > self.limit { self.limit } else { value };
        if value < -self.limit { -self.limit } else { value }
    }
}

/// The parts of a table that a rule works on: its weights, its slots, and which rows are not new.
pub(super) struct Table<'a, T, const N: usize> {
    pub weights: &'a mut [T],
    pub slots: [&'a mut [T]; N],
    /// What slots start at.
    pub first: [T; N],
    pub live: &'a mut Vec<bool>,
}

impl<T: Element, const N: usize> Table<'_, T, N> {
    /// Applies a rule to the rows that have a gradient, and to those whose slots still move them.
    pub fn update<R: Rule<T, N>>(self, param: &Param, gradients: &RowGradients<'_, T>, clip: Clip<T>, rule: R) {
        let [count, shape @ ..] = param.shape else { return };
        let width = shape.iter().product::<usize>().max(1);
        let Self { weights, slots, first, live } = self;
        if slots.iter().map(|slot| slot.len()).fold(weights.len(), usize::min) < count * width {
            return;
        }
        find_live(live, *count, width, &slots, first);
        let rows = (CHUNK / width).max(1);
        let mut slots = slots.map(|slot| slot.chunks_mut(rows * width));
        let parts = weights.chunks_mut(rows * width).zip(live.chunks_mut(rows)).enumerate();
        let parts = parts.map(|(index, (weights, live))| Part {
            first: index * rows,
            width,
            gradients: gradients.of(index * rows..(index + 1) * rows),
            weights,
            live,
            slots: slots.each_mut().map(|slot| slot.next().unwrap_or_default()),
        });
        let run = |part: Part<'_, T, N>| dispatch_few!(Level::new(), _simd => part.run(clip, rule));
        if count * width >= PARALLEL {
            side_by_side(parts.collect(), &run);
        } else {
            parts.for_each(run);
        }
    }
}

/// At the first step the rows that something is remembered of; after that they are known.
fn find_live<T: Element, const N: usize>(
    live: &mut Vec<bool>,
    count: usize,
    width: usize,
    slots: &[&mut [T]; N],
    first: [T; N],
) {
    if live.len() != count {
        let differs = |row: usize, slot: &[T], first: T| slot[row * width..][..width].iter().any(|x| *x != first);
        let moved = |row: usize| slots.iter().zip(first).any(|(slot, first)| differs(row, slot, first));
        *live = (0..count).map(moved).collect();
    }
}

/// Some rows of a table.
struct Part<'a, T, const N: usize> {
    /// The number of the first.
    first: usize,
    width: usize,
    gradients: &'a [(u32, &'a [T])],
    weights: &'a mut [T],
    live: &'a mut [bool],
    slots: [&'a mut [T]; N],
}

/// Elements of a row that are added up at a time.
const PART: usize = 128;

impl<T: Element, const N: usize> Part<'_, T, N> {
    #[inline(always)]
    fn run<R: Rule<T, N>>(mut self, clip: Clip<T>, rule: R) {
        let mut rest = self.gradients;
        for row in 0..self.live.len() {
            let own = rest.iter().take_while(|(number, _)| *number as usize == self.first + row).count();
            let (gradients, others) = rest.split_at(own);
            rest = others;
            self.live[row] |= own > 0;
            // Without slots a gradient of zero moves nothing; with slots as they start neither.
            if own > 0 || N > 0 && self.live[row] {
                self.row(row, gradients, clip, rule);
            }
        }
    }

    #[inline(always)]
    fn row<R: Rule<T, N>>(&mut self, row: usize, gradients: &[(u32, &[T])], clip: Clip<T>, rule: R) {
        for column in (0..self.width).step_by(PART) {
            let len = PART.min(self.width - column);
            let [sums, sizes] = add_up(gradients, column, len, clip, rule);
            let at = row * self.width + column;
            let weights = &mut self.weights[at..at + len];
            let mut slots = self.slots.each_mut().map(
                #[inline(always)]
                |slot| &mut slot[at..at + len],
            );
            for at in 0..len {
                let mut values = std::array::from_fn(
                    #[inline(always)]
                    |slot| slots[slot][at],
                );
                rule.apply(&mut weights[at], sums[at], sizes[at], &mut values);
                for (slot, value) in slots.iter_mut().zip(values) {
                    slot[at] = value;
                }
            }
        }
    }
}

/// The sums of some columns of the rows, and of their sizes.
#[inline(always)]
fn add_up<T: Element, R: Rule<T, N>, const N: usize>(
    gradients: &[(u32, &[T])],
    column: usize,
    len: usize,
    clip: Clip<T>,
    rule: R,
) -> [[T; PART]; 2] {
    let [mut sums, mut sizes] = [[T::zero(); PART]; 2];
    for row in gradients.iter().filter_map(
        #[inline(always)]
        |(_, row)| row.get(column..column + len),
    ) {
        for ((sum, size), value) in sums.iter_mut().zip(&mut sizes).zip(row) {
            let value = clip.apply(*value);
            *sum += value;
            *size += rule.size(value);
        }
    }
    if clip.size_of_sum {
        for (size, sum) in sizes.iter_mut().zip(&sums) {
            *size = rule.size(*sum);
        }
    }
    [sums, sizes]
}
