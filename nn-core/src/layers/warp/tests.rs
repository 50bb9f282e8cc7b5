//! The random numbers, and what each motion is; what a map does with pixels, and back, is tested against Keras in `tests/golden`.

use super::*;

const PICTURES: usize = 2_000;

fn random(first: usize) -> Random {
    Random { key: 3, stream: 7, first }
}

fn of(motion: Motion, image: [usize; 3]) -> Warp {
    Warp { image, channels_first: false, motion, fill: Fill::Reflect, bilinear: true }
}

/// The numbers that pictures draw lie in their range, fill it, and have nothing to do with each other.
#[test]
fn numbers_are_uniform_and_independent() {
    let range = [-0.25, 0.75];
    let numbers: Vec<[f64; 2]> = (0..PICTURES).map(|at| [0, 1].map(|which| random(0).of(at)(which, range))).collect();
    let (mean, count) = (0.25, PICTURES as f64);
    for which in [0, 1] {
        assert!(numbers.iter().all(|pair| (-0.25..0.75).contains(&pair[which])));
        let got = numbers.iter().map(|pair| pair[which]).sum::<f64>() / count;
        let variance = numbers.iter().map(|pair| (pair[which] - mean).powi(2)).sum::<f64>() / count;
        // Four standard deviations of both.
        assert!((got - mean).abs() < 4.0 * (1.0 / 12.0 / count).sqrt(), "{got}");
        assert!((variance - 1.0 / 12.0).abs() < 4.0 * (1.0 / 180.0 / count).sqrt(), "{variance}");
    }
    let product = |lag: usize, which: usize| {
        let pairs = numbers.iter().zip(&numbers[lag..]);
        pairs.map(|(one, other)| (one[0] - mean) * (other[which] - mean)).sum::<f64>() / count * 12.0
    };
    for (lag, which) in [(0, 1), (1, 0), (2, 0), (16, 0), (1, 1)] {
        assert!(product(lag, which).abs() < 4.5 / count.sqrt(), "{lag} pictures later: {}", product(lag, which));
    }
}

#[test]
fn half_of_the_pictures_are_mirrored() {
    let flip = of(Motion::Flip { horizontal: true, vertical: true }, [2, 3, 1]);
    let x = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0].repeat(PICTURES);
    let mut y = vec![0.0_f32; x.len()];
    forward(&flip, random(0), &x, &mut y);
    let mirrored = y.chunks(6).filter(|y| **y == [6.0, 5.0, 4.0, 3.0, 2.0, 1.0]).count();
    let same = y.chunks(6).filter(|y| **y == x[..6]).count();
    assert_eq!(mirrored + same, PICTURES);
    assert!((mirrored as f64 - 1000.0).abs() < 4.0 * 500.0_f64.sqrt(), "{mirrored}");
    // One axis alone.
    let flip = Warp { motion: Motion::Flip { horizontal: true, vertical: false }, ..flip };
    forward(&flip, random(0), &x, &mut y);
    assert_eq!(y.chunks(6).filter(|y| **y == [3.0, 2.0, 1.0, 6.0, 5.0, 4.0]).count(), mirrored);
}

/// A picture has its numbers by its place in the batch, wherever a shard begins.
#[test]
fn the_same_in_pieces() {
    let turn = of(Motion::Rotate([-0.5, 0.5]), [4, 5, 2]);
    let x: Vec<f64> = (0..9 * 40).map(|x| f64::from(x * x % 17)).collect();
    let (mut whole, mut parts) = (vec![0.0; x.len()], vec![0.0; x.len()]);
    forward(&turn, random(0), &x, &mut whole);
    for (first, count) in [(0, 2), (2, 1), (3, 6)] {
        let range = first * 40..(first + count) * 40;
        forward(&turn, random(first), &x[range.clone()], &mut parts[range]);
    }
    assert_eq!(whole, parts);
    let mut other = vec![0.0; x.len()];
    forward(&turn, Random { key: 4, ..random(0) }, &x, &mut other);
    assert_ne!(whole, other);
}

/// A quarter of a turn takes rows for columns, and nothing is lost on the way.
#[test]
fn a_quarter_of_a_turn() {
    let turn = of(Motion::Rotate([0.25, 0.25]), [2, 2, 1]);
    let mut y = [0.0_f64; 4];
    forward(&turn, random(0), &[1.0, 2.0, 3.0, 4.0], &mut y);
    for (got, want) in y.into_iter().zip([2.0, 4.0, 1.0, 3.0]) {
        assert!((got - want).abs() < 1e-12, "{y:?}");
    }
}

/// What lies outside, far from the picture as well.
#[test]
fn filling() {
    let row = |fill: Fill| (-7..9).map(|at| fill.place(at, 3)).collect::<Vec<_>>();
    let some = |places: [usize; 16]| places.map(Some).to_vec();
    assert_eq!(row(Fill::Reflect), some([0, 0, 1, 2, 2, 1, 0, 0, 1, 2, 2, 1, 0, 0, 1, 2]));
    assert_eq!(row(Fill::Wrap), some([2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2]));
    assert_eq!(row(Fill::Nearest), some([0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 2, 2, 2, 2, 2, 2]));
    let inside = row(Fill::Constant(1.0));
    assert_eq!(inside.iter().flatten().collect::<Vec<_>>(), [&0, &1, &2]);
}

/// A pixel that is no number reaches those that lie beside it, and no others; sizes that do not fit write nothing beyond them.
#[test]
fn what_is_no_number_stays_where_it_is() {
    let moved = of(Motion::Translate { height: [0.0, 0.0], width: [0.0, 0.0] }, [1, 3, 1]);
    let mut y = [0.0; 4];
    forward(&moved, random(0), &[1.0, f64::NAN, 3.0, 9.0], &mut y);
    assert!(y[0] == 1.0 && y[1].is_nan() && y[2] == 3.0 && y[3] == 0.0, "{y:?}");
}
