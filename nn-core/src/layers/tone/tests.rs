//! Against the formulas, with the number that each picture draws.

use super::*;

fn random(first: usize) -> Random {
    Random { key: 3, stream: 7, first }
}

fn naive(tone: &Tone, number: f64, x: &[f64]) -> Vec<f64> {
    let [low, high] = tone.value_range;
    let channels = tone.image[2];
    let channel = |at: usize| if tone.channels_first { at * channels / x.len() } else { at % channels };
    let mean = |at: usize| {
        let same: Vec<f64> = (0..x.len()).filter(|other| channel(*other) == channel(at)).map(|at| x[at]).collect();
        same.iter().sum::<f64>() / same.len() as f64
    };
    let each = x.iter().enumerate().map(|(at, x)| match tone.tint {
        Tint::Contrast => (x - mean(at)) * number + mean(at),
        Tint::Brightness => x + number * (high - low),
    });
    each.map(|y| y.clamp(low, high)).collect()
}

#[test]
fn as_the_formulas_say() {
    for tint in [Tint::Contrast, Tint::Brightness] {
        for channels_first in [false, true] {
            let (factor, value_range) = ([0.1, 2.5], [-1.0, 4.0]);
            let tone = Tone { image: [3, 2, 2], channels_first, tint, factor, value_range };
            let x: Vec<f64> = (0..5 * 12).map(|x| f64::from(x * x % 11) / 3.0 - 0.5).collect();
            let mut y = vec![0.0; x.len()];
            forward(&tone, random(4), &x, &mut y);
            for (sample, (x, y)) in x.chunks(12).zip(y.chunks(12)).enumerate() {
                let want = naive(&tone, random(4 + sample).of(0)(0, factor), x);
                let near = want.iter().zip(y).all(|(want, y)| (want - y).abs() < 1e-12);
                assert!(near, "{tint:?}, channels first: {channels_first}\n{want:?}\n{y:?}");
            }
        }
    }
}

#[test]
fn the_gradient_is_what_an_element_adds() {
    for tint in [Tint::Contrast, Tint::Brightness] {
        let (factor, value_range) = ([-0.6, 1.9], [-2.0, 2.0]);
        let tone = Tone { image: [2, 3, 2], channels_first: false, tint, factor, value_range };
        let x: Vec<f64> = (0..24).map(|x| f64::from(x * x % 7) * 0.91 - 2.2).collect();
        let dy: Vec<f64> = (0..24).map(|x| f64::from(x % 5) - 1.5).collect();
        let loss = |x: &[f64]| {
            let mut y = vec![0.0; 24];
            forward(&tone, random(0), x, &mut y);
            y.iter().zip(&dy).map(|(y, dy)| y * dy).sum::<f64>()
        };
        let mut dx = vec![7.0; 24];
        backward(&tone, random(0), &x, &dy, &mut dx);
        for at in 0..24 {
            let moved = |by: f64| {
                let mut x = x.clone();
                x[at] += by;
                loss(&x)
            };
            let slope = (moved(1e-6) - moved(-1e-6)) / 2e-6;
            assert!((slope - dx[at]).abs() < 1e-7, "{tint:?} at {at}: {} and not {slope}", dx[at]);
        }
    }
}

#[test]
fn what_is_no_number_stays_none() {
    let (factor, value_range) = ([0.0, 0.0], [0.0, 1.0]);
    let tone = Tone { image: [1, 2, 1], channels_first: false, tint: Tint::Brightness, factor, value_range };
    let mut y = [0.0; 2];
    forward(&tone, random(0), &[f64::NAN, f64::INFINITY], &mut y);
    assert!(y[0].is_nan() && y[1] == 1.0);
}
