//! Training against plain loops, on every level of SIMD.

use crate::kernels::vectors::dispatch;

use super::*;
use crate::kernels::testing::{Bent, assert_close, levels, random};
use crate::layers::dense::oracle::multiply;

/// `(dkernel, dbias, dx)` of `Σ y · dy`.
fn derive<T: Element>(input: usize, output: usize, kernel: &[T], x: &[T], dy: &[T]) -> [Vec<T>; 3] {
    let [mut dkernel, mut dbias, mut dx] = [kernel.len(), output, x.len()].map(|len| vec![T::zero(); len]);
    for (n, dy) in dy.chunks_exact(output).enumerate() {
        for (o, dy) in dy.iter().enumerate() {
            dbias[o] += *dy;
            for i in 0..input {
                dkernel[i * output + o] += x[n * input + i] * *dy;
                dx[n * input + i] += kernel[i * output + o] * *dy;
            }
        }
    }
    [dkernel, dbias, dx]
}

fn check<const IN: usize, const OUT: usize, T: Element>(rows: usize) {
    let mut weights: Box<Dense<IN, OUT, T>> = bytemuck::zeroed_box();
    weights.kernel_mut().copy_from_slice(&random(1, IN * OUT));
    weights.bias.copy_from_slice(&random(2, OUT));
    let (x, dy) = (random::<T>(3, rows * IN), random::<T>(4, rows * OUT));
    let before = random::<T>(5, IN * OUT);
    let mut y = multiply(IN, OUT, weights.kernel(), &weights.bias, &x);
    y.iter_mut().for_each(|y| *y = Bent(0.25).of(*y));
    let [mut dkernel, mut dbias, dx] = derive(IN, OUT, weights.kernel(), &x, &dy);
    dkernel.iter_mut().zip(&before).for_each(|(sum, before)| *sum += *before);
    dbias.iter_mut().zip(&before).for_each(|(sum, before)| *sum += *before);
    for level in levels() {
        let what = format!("{rows} rows of {IN} to {OUT}, {:?} at {level:?}", T::DTYPE);
        let (mut scratch, mut gradients) = (vec![T::nan(); 3], weights.clone());
        gradients.kernel_mut().copy_from_slice(&before);
        gradients.bias.copy_from_slice(&before[..OUT]);
        let (mut got_y, mut got_dx) = (vec![T::nan(); y.len()], vec![T::nan(); dx.len()]);
        dispatch!(level, simd => {
            forward(simd, &*weights, &x, &mut got_y, Bent(0.25));
            backward(simd, &*weights, &x, &dy, &mut *gradients, Some(&mut got_dx), &mut scratch);
            backward(simd, &*weights, &x[..0], &[], &mut *gradients, None, &mut scratch);
        });
        assert_close(&got_y, &y, IN, &format!("{what}: y"));
        assert_close(gradients.kernel(), &dkernel, rows, &format!("{what}: dkernel"));
        assert_close(&gradients.bias, &dbias, rows, &format!("{what}: dbias"));
        assert_close(&got_dx, &dx, OUT, &format!("{what}: dx"));
    }
}

#[test]
fn odd_sizes() {
    for rows in [1, 5, 16] {
        check::<1, 1, f32>(rows);
        check::<3, 17, f32>(rows);
        check::<31, 33, f32>(rows);
        check::<9, 10, f64>(rows);
    }
}

#[test]
fn whole_vectors_and_stripes() {
    check::<16, 16, f32>(16);
    check::<40, 48, f32>(16);
    check::<25, 97, f32>(7);
    check::<12, 40, f64>(16);
}

#[test]
fn lenet() {
    check::<400, 120, f32>(16);
    check::<84, 10, f32>(16);
}

/// So many inputs that the sums are cut into pieces.
#[test]
fn deep() {
    check::<1100, 20, f64>(9);
}

#[test]
fn without_bias() {
    let weights = Dense::<2, 1, f64, [f64; 0]> { kernel: [[2.0], [3.0]], bias: [] };
    let (mut y, mut gradients, mut scratch) = ([0.0], Dense { kernel: [[0.0]; 2], bias: [] }, Vec::new());
    dispatch!(levels()[0], simd => {
        forward(simd, &weights, &[5.0, 7.0], &mut y, Bent(1.0));
        backward(simd, &weights, &[5.0, 7.0], &[10.0], &mut gradients, None, &mut scratch);
    });
    assert_eq!((y, gradients.kernel), ([31.0], [[50.0], [70.0]]));
}
