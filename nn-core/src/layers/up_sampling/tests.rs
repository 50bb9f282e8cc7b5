//! Every output against the formula, and every gradient against what the formula hands on.

use crate::kernels::vectors::dispatch;
use fearless_simd::Fallback;

use super::*;
use crate::kernels::testing::{assert_close, levels, random};

const SAMPLES: usize = 2;

macro_rules! shape {
    ($name:ident, $input:expr, $size:expr) => {
        #[derive(Clone, Copy)]
        struct $name;
        impl UpSamplingShape for $name {
            const INPUT: &'static [usize] = &$input;
            const SIZE: &'static [usize] = &$size;
        }
    };
}

shape!(Steps, [4, 3], [2, 1]);
shape!(Image, [3, 4, 19], [2, 3, 1]);
shape!(ChannelsFirst, [2, 3, 4], [1, 2, 2]);
shape!(Volume, [2, 3, 2, 2], [2, 1, 3, 1]);
shape!(VolumeFirst, [2, 2, 3, 2], [1, 2, 1, 3]);
shape!(Unchanged, [2, 3], [1, 1]);
shape!(Row, [1, 4, 2], [1, 3, 1]);

/// For each output the inputs that it is made of, with their weights.
fn naive<L: UpSamplingShape>(_: L, bilinear: bool) -> Vec<Vec<(usize, f64)>> {
    let output: Vec<usize> = L::INPUT.iter().zip(L::SIZE).map(|(input, size)| input * size).collect();
    let one = |element: usize| {
        let (mut rest, mut stride, mut sources) = (element, 1, vec![(0, 1.0)]);
        for axis in (0..output.len()).rev() {
            let at = rest % output[axis];
            rest /= output[axis];
            let along = if bilinear {
                let place = (at as f64 + 0.5) / L::SIZE[axis] as f64 - 0.5;
                let clamp = |place: f64| place.clamp(0.0, (L::INPUT[axis] - 1) as f64) as usize;
                let weight = place - place.floor();
                vec![(clamp(place.floor()), 1.0 - weight), (clamp(place.floor() + 1.0), weight)]
            } else {
                vec![(at / L::SIZE[axis], 1.0)]
            };
            sources = sources
                .into_iter()
                .flat_map(|(place, weight)| along.iter().map(move |(at, w)| (place + at * stride, weight * w)))
                .collect();
            stride *= L::INPUT[axis];
        }
        sources
    };
    (0..output.iter().product()).map(one).collect()
}

/// `x`, `dy`, `y` and `dx`.
type Case<T> = [Vec<T>; 4];

fn wanted<L: UpSamplingShape>(shape: L, bilinear: bool) -> (Case<f64>, Case<f32>) {
    let sources = naive(shape, bilinear);
    let (small, large) = (L::INPUT.iter().product::<usize>(), sources.len());
    let (x, dy) = (random::<f64>(1, SAMPLES * small), random::<f64>(2, SAMPLES * large));
    let (mut y, mut dx) = (vec![0.0; dy.len()], vec![0.0; x.len()]);
    for at in 0..y.len() {
        for (place, weight) in &sources[at % large] {
            y[at] += x[at / large * small + place] * weight;
            dx[at / large * small + place] += dy[at] * weight;
        }
    }
    let wide = [x, dy, y, dx];
    let narrow = wide.each_ref().map(|x| x.iter().map(|x| *x as f32).collect());
    (wide, narrow)
}

macro_rules! check {
    ($shape:ident, $bilinear:literal, |$simd:ident| $infer:expr, $backward:expr) => {{
        let (wide, narrow) = wanted($shape, $bilinear);
        for level in levels() {
            let [x, dy, y, dx] = &narrow;
            let (mut got, mut gradient) = (vec![f32::NAN; y.len()], vec![f32::NAN; x.len()]);
            dispatch!(level, $simd => {
                $infer(x, &mut got);
                $backward(dy, &mut gradient);
            });
            assert_close(&got, y, 4, &format!("{} at {level:?}", stringify!($shape)));
            assert_close(&gradient, dx, 64, &format!("gradient of {} at {level:?}", stringify!($shape)));
        }
        let ([x, dy, y, dx], $simd) = (wide, Fallback::new());
        let (mut got, mut gradient) = (vec![f64::NAN; y.len()], vec![f64::NAN; x.len()]);
        $infer(&x, &mut got);
        $backward(&dy, &mut gradient);
        assert_close(&got, &y, 4, stringify!($shape));
        assert_close(&gradient, &dx, 64, stringify!($shape));
    }};
}

macro_rules! nearest {
    ($($shape:ident),*) => {
        $(check!($shape, false, |simd| |x: &[_], y: &mut [_]| infer($shape, x, y), |dy: &[_], dx: &mut [_]| {
            backward(simd, $shape, dy, dx)
        });)*
    };
}

macro_rules! bilinear {
    ($($shape:ident),*) => {
        $(check!(
            $shape,
            true,
            |simd| |x: &[_], y: &mut [_]| infer_bilinear(simd, $shape, x, y),
            |dy: &[_], dx: &mut [_]| backward_bilinear(simd, $shape, dy, dx)
        );)*
    };
}

#[test]
fn copies() {
    nearest!(Steps, Image, ChannelsFirst, Volume, VolumeFirst, Unchanged);
}

#[test]
fn mixtures() {
    bilinear!(Image, ChannelsFirst, Row, Unchanged);
}
