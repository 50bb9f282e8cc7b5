//! Along every axis, there and back again.

use super::*;

macro_rules! shape {
    ($name:ident, $n:literal, $shapes:expr, $axis:literal) => {
        #[derive(Clone, Copy)]
        struct $name;
        impl ConcatenateShape<$n> for $name {
            const INPUTS: [&'static [usize]; $n] = $shapes;
            const AXIS: usize = $axis;
        }
    };
}

shape!(Vectors, 2, [&[5], &[3]], 0);
shape!(Last, 3, [&[2, 3], &[2, 1], &[2, 4]], 1);
shape!(First, 2, [&[3, 4], &[2, 4]], 0);
shape!(Middle, 2, [&[2, 3, 4], &[2, 1, 4]], 1);
shape!(Channels, 2, [&[2, 2, 3, 17], &[2, 2, 3, 33]], 3);
shape!(SixAxes, 2, [&[2, 2, 3, 2, 2, 3], &[2, 2, 3, 1, 2, 3]], 3);

const SAMPLES: usize = 2;

/// The number of every element of the output, from the position in its input.
fn naive<L: ConcatenateShape<N>, const N: usize>(x: &[Vec<u32>; N]) -> Vec<u32> {
    let (shape, axis) = (L::INPUTS[0], L::AXIS);
    let outer: usize = shape[..axis].iter().product();
    let inner: usize = shape[axis + 1..].iter().product();
    let mut y = Vec::new();
    for row in 0..SAMPLES * outer {
        for (input, shape) in x.iter().zip(L::INPUTS) {
            for at in 0..shape[axis] * inner {
                y.push(input[row * shape[axis] * inner + at]);
            }
        }
    }
    y
}

fn check<L: ConcatenateShape<N>, const N: usize>(shape: L) {
    let sizes = L::INPUTS.map(|shape| shape.iter().product::<usize>());
    let x: [Vec<u32>; N] =
        core::array::from_fn(|i| (0..SAMPLES * sizes[i]).map(|at| (i * 10_000 + at) as u32).collect());
    let want = naive::<L, N>(&x);
    let (mut y, mut dx) = (vec![u32::MAX; want.len()], x.clone().map(|x| vec![u32::MAX; x.len()]));
    forward(shape, SAMPLES, x.each_ref().map(Vec::as_slice), &mut y);
    assert_eq!(y, want, "{:?} along {}", L::INPUTS, L::AXIS);
    backward(shape, SAMPLES, &y, dx.each_mut().map(|dx| Some(dx.as_mut_slice())));
    assert_eq!(dx, x, "{:?} along {}", L::INPUTS, L::AXIS);

    let mut whole = vec![u32::MAX; want.len() / SAMPLES];
    infer(shape, core::array::from_fn(|i| &x[i][..sizes[i]]), &mut whole);
    assert_eq!(whole, want[..want.len() / SAMPLES]);
}

#[test]
fn along_every_axis() {
    check(Vectors);
    check(Last);
    check(First);
    check(SixAxes);
    check(Middle);
    check(Channels);
}

#[test]
fn gradients_that_nobody_wants() {
    let mut dx = [0; 3];
    backward(Vectors, 1, &[1, 2, 3, 4, 5, 6, 7, 8], [None, Some(&mut dx)]);
    assert_eq!(dx, [6, 7, 8]);
}
