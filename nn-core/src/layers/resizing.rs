//! `Resizing`: an image of another height and width.

use crate::element::Element;

/// The sizes of a resizing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResizingSizes {
    /// Height, width and channels of the input.
    pub input: [usize; 3],
    /// Height and width of the output.
    pub output: [usize; 2],
    /// Whether an element lies on a line between its neighbours, and is not the nearest.
    pub bilinear: bool,
}

/// Two neighbours along an axis, and how far it is from the first to the second.
#[derive(Clone, Copy)]
struct Between<T> {
    places: [usize; 2],
    share: T,
}

/// Where an element of the output lies in the input: the middles of both ends lie on each other.
#[inline(always)]
fn between<T: Element>(at: usize, input: usize, output: usize, bilinear: bool) -> Between<T> {
    let last = input.saturating_sub(1);
    let middle = (at as f64 + 0.5) * (input as f64 / output.max(1) as f64);
    if !bilinear {
        // What is not whole is cut off.
        return Between { places: [(middle as usize).min(last); 2], share: T::zero() };
    }
    let place = if middle > 0.5 { middle - 0.5 } else { 0.0 };
    let first = (place as usize).min(last);
    Between { places: [first, (first + 1).min(last)], share: T::from_f64(place - first as f64) }
}

impl ResizingSizes {
    /// Calls `f` for each element of the output with its place, and those of the four of the input that it lies between, with their shares.
    #[inline(always)]
    fn each<T: Element>(&self, mut f: impl FnMut(usize, [(usize, T); 4])) {
        let ([height, width, _], [rows, columns]) = (self.input, self.output);
        for row in 0..rows {
            let down = between::<T>(row, height, rows, self.bilinear);
            for column in 0..columns {
                let right = between::<T>(column, width, columns, self.bilinear);
                let share = |place: usize, between: Between<T>| match place {
                    0 => T::one() - between.share,
                    _ => between.share,
                };
                let corner = |i: usize, j: usize| {
                    let [y, x] = [(i, down), (j, right)].map(|(i, between)| between.places[usize::from(i > 0)]);
                    (y * width + x, share(i, down) * share(j, right))
                };
                f(row * columns + column, [corner(0, 0), corner(0, 1), corner(1, 0), corner(1, 1)]);
            }
        }
    }

    /// The elements of a sample of the input and of the output.
    #[inline(always)]
    fn lens(&self) -> [usize; 2] {
        let ([height, width, channels], [rows, columns]) = (self.input, self.output);
        [(height * width * channels).max(1), (rows * columns * channels).max(1)]
    }
}

/// Writes the image; of one sample, or several.
///
/// ```
/// use nn_core::layers::resizing::{self, ResizingSizes};
/// let sizes = ResizingSizes { input: [1, 2, 1], output: [1, 4], bilinear: true };
/// let mut y = [0.0; 4];
/// resizing::infer(&sizes, &[1.0, 3.0], &mut y);
/// assert_eq!(y, [1.0, 1.5, 2.5, 3.0]);
/// ```
pub fn infer<T: Element>(sizes: &ResizingSizes, x: &[T], y: &mut [T]) {
    let ([input, output], channels) = (sizes.lens(), sizes.input[2].max(1));
    for (x, y) in x.chunks_exact(input).zip(y.chunks_exact_mut(output)) {
        sizes.each::<T>(|place, corners| {
            let pixel = |place: usize| x.get(place * channels..).and_then(|x| x.get(..channels)).unwrap_or_default();
            let Some(y) = y.get_mut(place * channels..).and_then(|y| y.get_mut(..channels)) else { return };
            y.fill(T::zero());
            for (corner, share) in corners {
                // A corner without a share may be anything, also no number.
                if share != T::zero() {
                    y.iter_mut().zip(pixel(corner)).for_each(|(y, x)| *y += *x * share);
                }
            }
        });
    }
}

/// The gradient of the input, for all samples; overwrites `dx`.
pub fn backward<T: Element>(sizes: &ResizingSizes, dy: &[T], dx: &mut [T]) {
    let ([input, output], channels) = (sizes.lens(), sizes.input[2].max(1));
    for (dx, dy) in dx.chunks_exact_mut(input).zip(dy.chunks_exact(output)) {
        dx.fill(T::zero());
        sizes.each::<T>(|place, corners| {
            let dy = dy.get(place * channels..).and_then(|dy| dy.get(..channels)).unwrap_or_default();
            for (corner, share) in corners {
                if let Some(dx) = dx.get_mut(corner * channels..).and_then(|dx| dx.get_mut(..channels)) {
                    dx.iter_mut().zip(dy).for_each(|(dx, dy)| *dx += *dy * share);
                }
            }
        });
    }
}

#[cfg(all(test, feature = "std"))]
mod tests {
    use super::*;

    #[test]
    fn nearest_and_back() {
        let sizes = ResizingSizes { input: [2, 3, 1], output: [3, 2], bilinear: false };
        let mut y = [0.0; 6];
        infer(&sizes, &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], &mut y);
        assert_eq!(y, [1.0, 3.0, 4.0, 6.0, 4.0, 6.0]);
        let mut dx = [7.0; 6];
        backward(&sizes, &[1.0; 6], &mut dx);
        assert_eq!(dx, [1.0, 0.0, 1.0, 2.0, 0.0, 2.0]);
    }

    #[test]
    fn the_gradient_is_what_an_element_adds() {
        let sizes = ResizingSizes { input: [3, 2, 2], output: [4, 5], bilinear: true };
        let x: Vec<f64> = (0..12).map(|x| f64::from(x * x % 7)).collect();
        let dy: Vec<f64> = (0..40).map(|x| f64::from(x % 5) - 1.5).collect();
        let loss = |x: &[f64]| {
            let mut y = vec![0.0; 40];
            infer(&sizes, x, &mut y);
            y.iter().zip(&dy).map(|(y, dy)| y * dy).sum::<f64>()
        };
        let mut dx = vec![7.0; 12];
        backward(&sizes, &dy, &mut dx);
        for at in 0..12 {
            let mut moved = x.clone();
            moved[at] += 1.0;
            assert!((loss(&moved) - loss(&x) - dx[at]).abs() < 1e-12, "{at}");
        }
    }
}
