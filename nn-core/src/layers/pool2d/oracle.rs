//! The formula, word for word: what every kernel must agree with.

use super::{Kind, Pool2DShape};
use crate::element::Element;
use crate::layers::conv2d::oracle::for_each;

/// `y[i][j][c]` is the largest, or the mean, of those `x[i·stride + r][j·stride + s][c]` that are inside the input.
pub(crate) fn pool<L: Pool2DShape, T: Element>(x: &[T]) -> Vec<T> {
    let [h, w, c] = L::INPUT;
    let mut y = Vec::new();
    for_each(L::OUTPUT, |[i, j, channel]| {
        let mut inside = Vec::new();
        for_each([L::POOL_SIZE[0], L::POOL_SIZE[1], 1], |[r, s, _]| {
            let row = (i * L::STRIDES[0] + r).wrapping_sub(L::OVERHANG.top);
            let column = (j * L::STRIDES[1] + s).wrapping_sub(L::OVERHANG.left);
            if row < h && column < w {
                inside.push(x[(row * w + column) * c + channel]);
            }
        });
        y.push(match L::KIND {
            Kind::Max => {
                inside.into_iter().fold(T::neg_infinity(), |max, x| if max >= x || max.is_nan() { max } else { x })
            }
            Kind::Average => {
                let count = T::from_f64(inside.len() as f64);
                inside.into_iter().sum::<T>() / count
            }
        });
    });
    y
}
