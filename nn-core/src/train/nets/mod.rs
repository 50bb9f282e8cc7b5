//! Networks written by hand, as the macro would write them, but with naive loops: for tests.

mod centred;
mod headline;
mod mlp;

pub(crate) use centred::Centred;
pub(crate) use headline::{Headline, HeadlineInput, Masked};
pub(crate) use mlp::Mlp;

use crate::element::Element;
use crate::layers::dense::Dense;
use crate::params::{LayerInfo, Param};

/// A weight that starts as Keras' defaults say.
const fn param(name: &'static str, shape: &'static [usize], offset: usize) -> Param {
    use crate::initializers::Initializer::{GlorotUniform, Zeros};
    let initializer = if shape.len() > 1 { GlorotUniform } else { Zeros };
    Param { name, shape, offset, trainable: true, initializer, regularizer: None, penalty: None, constraint: None }
}

/// A row of the summary whose weights are all trainable.
const fn layer(
    name: &'static str,
    class: &'static str,
    output: &'static [usize],
    params: usize,
    macs: u64,
) -> LayerInfo {
    LayerInfo { name, class, output, params, trainable: params, macs, loses_mask: false }
}

/// `y = x · kernel + bias` for each row.
fn dense<const I: usize, const O: usize, T: Element>(layer: &Dense<I, O, T>, x: &[T], y: &mut [T]) {
    for (x, y) in x.chunks_exact(I).zip(y.chunks_exact_mut(O)) {
        y.copy_from_slice(&layer.bias);
        for (x, row) in x.iter().zip(&layer.kernel) {
            y.iter_mut().zip(row).for_each(|(y, k)| *y += *x * *k);
        }
    }
}

/// The gradients of [`dense`]: adds those of the weights, overwrites that of the input.
fn dense_backward<const I: usize, const O: usize, T: Element>(
    layer: &Dense<I, O, T>,
    (x, dy): (&[T], &[T]),
    dx: &mut [T],
    gradients: &mut Dense<I, O, T>,
) {
    for ((x, dy), dx) in x.chunks_exact(I).zip(dy.chunks_exact(O)).zip(dx.chunks_exact_mut(I)) {
        gradients.bias.iter_mut().zip(dy).for_each(|(b, dy)| *b += *dy);
        for i in 0..I {
            gradients.kernel[i].iter_mut().zip(dy).for_each(|(k, dy)| *k += x[i] * *dy);
            dx[i] = layer.kernel[i].iter().zip(dy).map(|(k, dy)| *k * *dy).sum();
        }
    }
}
