//! The formula, word for word: what every kernel must agree with.

use super::Conv2DShape;
use crate::element::Element;

/// `y[i][j][f] = bias[f] + Σ x[i·stride + r·dilation][j·stride + s·dilation][c] · kernel[r][s][c][f]`.
///
/// `x` has the shape `L::INPUT`, without zeros around it; `kernel` is HWIO, `bias` may be empty.
pub(crate) fn convolve<L: Conv2DShape, T: Element>(kernel: &[T], bias: &[T], x: &[T]) -> Vec<T> {
    let ([h, w, c], [kh, kw]) = (L::INPUT, L::KERNEL_SIZE);
    let (channels, filters) = (c / L::GROUPS, L::FILTERS / L::GROUPS);
    let mut y = Vec::new();
    for_each(L::OUTPUT, |[i, j, f]| {
        let mut sum = bias.get(f).copied().unwrap_or(T::zero());
        for_each([kh, kw, channels], |[r, s, channel]| {
            let row = (i * L::STRIDES[0] + r * L::DILATION_RATE[0]).wrapping_sub(L::BORDER.top);
            let column = (j * L::STRIDES[1] + s * L::DILATION_RATE[1]).wrapping_sub(L::BORDER.left);
            if row < h && column < w {
                let input = x[(row * w + column) * c + f / filters * channels + channel];
                sum += input * kernel[((r * kw + s) * channels + channel) * L::FILTERS + f];
            }
        });
        y.push(sum);
    });
    y
}

/// Calls `visit` for every index into an array of this shape, in memory order.
pub(crate) fn for_each(shape: [usize; 3], mut visit: impl FnMut([usize; 3])) {
    for i in 0..shape[0] {
        for j in 0..shape[1] {
            for k in 0..shape[2] {
                visit([i, j, k]);
            }
        }
    }
}
