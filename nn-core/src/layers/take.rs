//! `Take`, `OneHot` and `Cast`: what ids become.

use fearless_simd::Simd;

use super::embedding::Id;
use super::merge::add_in_place;
use crate::element::Element;

/// Writes the rows along the middle of `[outer, n, inner]` that `count` ids name; of one sample, or several. A row of zeros for an id
/// that has none: training refuses it before, inference cannot.
///
/// ```
/// let mut y = [0.0; 4];
/// nn_core::layers::take::infer([1, 3, 2], 2, &[2_u8, 0], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], &mut y);
/// assert_eq!(y, [5.0, 6.0, 1.0, 2.0]);
/// ```
pub fn infer<T: Element, I: Id>([outer, n, inner]: [usize; 3], count: usize, ids: &[I], x: &[T], y: &mut [T]) {
    // No size is zero, and no product too large, which the compiler cannot know of numbers.
    let [input, output] = [n, count].map(|rows| (rows * inner).max(1));
    let samples = ids.chunks_exact(count.max(1)).zip(x.chunks_exact((outer * input).max(1)));
    for ((ids, x), y) in samples.zip(y.chunks_exact_mut((outer * output).max(1))) {
        for (x, y) in x.chunks_exact(input).zip(y.chunks_exact_mut(output)) {
            let inner = inner.max(1);
            for (id, y) in ids.iter().zip(y.chunks_exact_mut(inner)) {
                match x.chunks_exact(inner).nth(id.index()) {
                    Some(row) => y.copy_from_slice(row),
                    None => y.fill(T::zero()),
                }
            }
        }
    }
}

/// The gradient of what rows are taken of, for all samples; overwrites `dx`.
pub fn backward<S: Simd, T: Element, I: Id>(
    simd: S,
    [outer, n, inner]: [usize; 3],
    count: usize,
    ids: &[I],
    dy: &[T],
    dx: Option<&mut [T]>,
) {
    let Some(dx) = dx else { return };
    dx.fill(T::zero());
    let [input, output] = [n, count].map(|rows| (rows * inner).max(1));
    let samples = ids.chunks_exact(count.max(1)).zip(dx.chunks_exact_mut((outer * input).max(1)));
    for ((ids, dx), dy) in samples.zip(dy.chunks_exact((outer * output).max(1))) {
        for (dx, dy) in dx.chunks_exact_mut(input).zip(dy.chunks_exact(output)) {
            let inner = inner.max(1);
            for (id, dy) in ids.iter().zip(dy.chunks_exact(inner)) {
                if let Some(row) = dx.chunks_exact_mut(inner).nth(id.index()) {
                    add_in_place(simd, row, dy);
                }
            }
        }
    }
}

/// For each id a row of `n` numbers, of which the one that it names is 1; all are 0 for an id that names none.
///
/// ```
/// let mut y = [7.0; 6];
/// nn_core::layers::take::one_hot(3, &[2_u32, 5], &mut y);
/// assert_eq!(y, [0.0, 0.0, 1.0, 0.0, 0.0, 0.0]);
/// ```
pub fn one_hot<T: Element, I: Id>(n: usize, ids: &[I], y: &mut [T]) {
    y.fill(T::zero());
    for (id, y) in ids.iter().zip(y.chunks_exact_mut(n.max(1))) {
        if let Some(y) = y.get_mut(id.index()) {
            *y = T::one();
        }
    }
}

/// The same of numbers: those that are no place name none.
///
/// ```
/// let mut y = [7.0; 4];
/// nn_core::layers::take::one_hot_of_numbers(2, &[1.0, 0.5], &mut y);
/// assert_eq!(y, [0.0, 1.0, 0.0, 0.0]);
/// ```
pub fn one_hot_of_numbers<T: Element>(n: usize, x: &[T], y: &mut [T]) {
    for (x, y) in x.iter().zip(y.chunks_exact_mut(n.max(1))) {
        let mut place = T::zero();
        for y in y {
            *y = if *x == place { T::one() } else { T::zero() };
            place += T::one();
        }
    }
}

/// Ids as numbers.
///
/// ```
/// let mut y = [7.0; 2];
/// nn_core::layers::take::numbers(&[3_u8, 255], &mut y);
/// assert_eq!(y, [3.0, 255.0]);
/// ```
pub fn numbers<T: Element, I: Id>(ids: &[I], y: &mut [T]) {
    for (id, y) in ids.iter().zip(y) {
        *y = T::from_f64(id.number() as f64);
    }
}

#[cfg(all(test, feature = "std"))]
mod tests {
    use fearless_simd::Level;

    use super::*;
    use crate::kernels::vectors::dispatch;

    #[test]
    fn rows_along_any_axis() {
        // Two samples of 2×3×1, each with two ids along the middle.
        let x: Vec<f32> = (1..=12).map(|x| x as f32).collect();
        let (ids, mut y) = ([2_u32, 2, 0, 9], [7.0; 8]);
        infer([2, 3, 1], 2, &ids, &x, &mut y);
        assert_eq!(y, [3.0, 3.0, 6.0, 6.0, 7.0, 0.0, 10.0, 0.0]);
        let mut dx = [7.0; 12];
        let dy = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0];
        dispatch!(Level::new(), simd => backward(simd, [2, 3, 1], 2, &ids, &dy, Some(&mut dx)));
        assert_eq!(dx, [0.0, 0.0, 3.0, 0.0, 0.0, 7.0, 5.0, 0.0, 0.0, 7.0, 0.0, 0.0]);
    }
}
