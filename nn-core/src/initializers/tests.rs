use super::Initializer;

fn draw(initializer: Initializer, shape: &[usize], seed: u64) -> Vec<f64> {
    let mut out = vec![f64::NAN; shape.iter().product()];
    initializer.fill(shape, &mut crate::rng(seed), &mut out);
    out
}

fn moments(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    (mean, (values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n).sqrt())
}

#[test]
fn fans_are_keras() {
    assert_eq!(super::fill::fans(&[]), (1.0, 1.0));
    assert_eq!(super::fill::fans(&[7]), (7.0, 7.0));
    assert_eq!(super::fill::fans(&[5, 9]), (5.0, 9.0));
    assert_eq!(super::fill::fans(&[3, 2, 5, 7]), (30.0, 42.0));
}

#[test]
fn scaled_initializers_have_the_promised_deviation() {
    let shape = [3, 3, 40, 100];
    let (fan_in, fan_out) = (360.0, 900.0);
    for (initializer, variance) in [
        (Initializer::GlorotUniform, 2.0 / (fan_in + fan_out)),
        (Initializer::GlorotNormal, 2.0 / (fan_in + fan_out)),
        (Initializer::HeUniform, 2.0 / fan_in),
        (Initializer::HeNormal, 2.0 / fan_in),
        (Initializer::LecunUniform, 1.0 / fan_in),
        (Initializer::LecunNormal, 1.0 / fan_in),
    ] {
        let (mean, stddev) = moments(&draw(initializer, &shape, 1));
        let want = f64::sqrt(variance);
        assert!(mean.abs() < 0.02 * want, "{initializer:?}: mean {mean}");
        assert!((stddev - want).abs() < 0.01 * want, "{initializer:?}: {stddev} for {want}");
    }
}

#[test]
fn plain_distributions_keep_their_bounds_and_moments() {
    let uniform = draw(Initializer::Uniform(-0.2, 0.3), &[100_000], 2);
    assert!(uniform.iter().all(|x| (-0.2..0.3).contains(x)));
    let (mean, stddev) = moments(&uniform);
    assert!((mean - 0.05).abs() < 2e-3 && (stddev - 0.5 / 12.0_f64.sqrt()).abs() < 2e-3);

    let (mean, stddev) = moments(&draw(Initializer::Normal(0.5, 2.0), &[100_000], 3));
    assert!((mean - 0.5).abs() < 0.03 && (stddev - 2.0).abs() < 0.03);

    let truncated = draw(Initializer::TruncatedNormal(0.1, 0.7), &[100_000], 4);
    assert!(truncated.iter().all(|x| (x - 0.1).abs() <= 1.4));
    let (mean, stddev) = moments(&truncated);
    assert!((mean - 0.1).abs() < 0.01 && (stddev - 0.7 * 0.8796).abs() < 0.01);
}

fn assert_orthonormal(matrix: &[f64], columns: usize, gain: f64) {
    let rows = matrix.len() / columns;
    let vector = |index: usize| -> Vec<f64> {
        if rows < columns {
            matrix[index * columns..(index + 1) * columns].to_vec()
        } else {
            matrix.iter().skip(index).step_by(columns).copied().collect()
        }
    };
    for i in 0..rows.min(columns) {
        for j in 0..=i {
            let dot: f64 = vector(i).iter().zip(vector(j)).map(|(a, b)| a * b).sum();
            let want = if i == j { gain * gain } else { 0.0 };
            assert!((dot - want).abs() < 1e-12, "{rows}x{columns}, {i}·{j}: {dot}");
        }
    }
}

#[test]
fn orthogonal_is_orthonormal_along_the_shorter_side() {
    assert_orthonormal(&draw(Initializer::Orthogonal(1.0), &[6, 4], 5), 4, 1.0);
    assert_orthonormal(&draw(Initializer::Orthogonal(0.5), &[3, 8], 6), 8, 0.5);
    assert_orthonormal(&draw(Initializer::Orthogonal(1.0), &[3, 2, 4, 5], 7), 5, 1.0);
    assert_orthonormal(&draw(Initializer::Orthogonal(1.0), &[64, 64], 8), 64, 1.0);
    assert_orthonormal(&draw(Initializer::Orthogonal(2.0), &[9], 9), 9, 2.0);
}

#[test]
fn orthogonal_has_no_preferred_sign() {
    let positive = (0..400).filter(|&seed| draw(Initializer::Orthogonal(1.0), &[2, 2], seed)[0] > 0.0).count();
    assert!((150..250).contains(&positive), "{positive} of 400");
}

#[test]
fn identity_takes_any_shape() {
    assert_eq!(draw(Initializer::Identity(2.0), &[2, 3], 0), [2.0, 0.0, 0.0, 0.0, 2.0, 0.0]);
    assert_eq!(draw(Initializer::Identity(1.0), &[3, 2], 0), [1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);
}

#[test]
fn custom_gets_shape_and_random_numbers() {
    fn fill(shape: &[usize], rng: &mut dyn rand::Rng, weight: &mut [f64]) {
        weight.fill(shape.len() as f64);
        weight[0] = f64::from(rng.next_u32() % 2) + 10.0;
    }
    let out = draw(Initializer::Custom(fill), &[2, 1, 2], 0);
    assert!(out[0] >= 10.0);
    assert_eq!(out[1..], [3.0; 3]);
}

#[test]
fn empty_weights_and_both_precisions() {
    let mut empty: [f32; 0] = [];
    for initializer in [Initializer::Orthogonal(1.0), Initializer::Identity(1.0), Initializer::HeNormal] {
        initializer.fill(&[0, 3], &mut crate::rng(0), &mut empty);
        initializer.fill(&[3, 0], &mut crate::rng(0), &mut empty);
    }
    let mut single = [0.0_f32; 6];
    Initializer::GlorotNormal.fill(&[2, 3], &mut crate::rng(11), &mut single);
    let double = draw(Initializer::GlorotNormal, &[2, 3], 11);
    assert!(single.iter().zip(double).all(|(&a, b)| a == b as f32));
}

#[test]
fn the_forget_gate_starts_at_one() {
    let zeros = Initializer::UnitForgetBias(&Initializer::Zeros);
    assert_eq!(draw(zeros, &[8], 5), [0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0]);
    let uniform = draw(Initializer::UnitForgetBias(&Initializer::Uniform(2.0, 3.0)), &[400], 6);
    for (index, bias) in uniform.into_iter().enumerate() {
        assert!(if (100..200).contains(&index) { bias == 1.0 } else { (2.0..3.0).contains(&bias) }, "{index}: {bias}");
    }
}
