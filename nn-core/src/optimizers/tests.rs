use super::*;
use crate::constraints::Constraint;
use crate::initializers::Initializer;

const PLAIN: Param = Param {
    name: "w",
    shape: &[2],
    offset: 0,
    trainable: true,
    initializer: Initializer::Zeros,
    regularizer: None,
    penalty: None,
    constraint: None,
};

#[test]
fn only_trainable_weights_move() {
    let params = [PLAIN, Param { offset: 2, trainable: false, ..PLAIN }, Param { offset: 4, ..PLAIN }];
    let mut weights = [0.0_f32; 6];
    let mut sgd = SGD { weight_decay: Some(0.5), ..SGD::new(1.0) };
    sgd.step(&params, &mut weights, &[1.0; 6]);
    assert_eq!(weights, [-1.0, -1.0, 0.0, 0.0, -1.0, -1.0]);
    assert_eq!(sgd.iterations(), 1);
    sgd.step(&params, &mut weights, &[0.0; 6]);
    assert_eq!(weights, [-0.5, -0.5, 0.0, 0.0, -0.5, -0.5]);
}

#[test]
fn neighbouring_weights_are_one_range() {
    let hole = Param { offset: 4, trainable: false, ..PLAIN };
    let params = [PLAIN, Param { offset: 2, ..PLAIN }, hole, Param { offset: 6, ..PLAIN }];
    assert_eq!(update::trainable::<f32>(&params, &[]).collect::<Vec<_>>(), [0..4, 6..8]);
}

#[test]
fn constraints_hold_after_a_step() {
    let params = [Param { constraint: Some(Constraint::NonNeg), ..PLAIN }];
    let mut weights = [0.5_f64, 2.0];
    SGD::new(1.0).step(&params, &mut weights, &[1.0, 1.0]);
    assert_eq!(weights, [0.0, 1.0]);
}

#[test]
fn each_way_of_clipping_holds_its_limit() {
    let params = [PLAIN, Param { offset: 2, ..PLAIN }];
    let step = |optimizer: &mut SGD<f64>| {
        let mut weights = [0.0; 4];
        optimizer.step(&params, &mut weights, &[3.0, 4.0, 0.0, 0.5]);
        weights.map(|x| -x)
    };
    let close = |got: [f64; 4], want: [f64; 4]| got.iter().zip(want).all(|(a, b)| (a - b).abs() < 1e-12);
    assert!(close(step(&mut SGD { clipnorm: Some(1.0), ..SGD::new(1.0) }), [0.6, 0.8, 0.0, 0.5]));
    assert!(close(step(&mut SGD { clipvalue: Some(1.0), ..SGD::new(1.0) }), [1.0, 1.0, 0.0, 0.5]));
    let norm = 25.25_f64.sqrt();
    let want = [3.0 / norm, 4.0 / norm, 0.0, 0.5 / norm];
    assert!(close(step(&mut SGD { global_clipnorm: Some(1.0), ..SGD::new(1.0) }), want));
    assert!(close(step(&mut SGD { global_clipnorm: Some(9.0), ..SGD::new(1.0) }), [3.0, 4.0, 0.0, 0.5]));
}

#[test]
fn gradients_are_clipped_in_one_way() {
    fn refused(optimizer: impl Optimizer<f32>) -> String {
        optimizer.check().unwrap_err().to_string()
    }
    let message = "`clipnorm` and `global_clipnorm` cannot be given together: gradients are clipped in one way";
    assert_eq!(refused(SGD { clipnorm: Some(1.0), global_clipnorm: Some(1.0), ..SGD::new(0.1) }), message);
    let message = "`global_clipnorm` and `clipvalue` cannot be given together: gradients are clipped in one way";
    assert_eq!(refused(Adam { clipvalue: Some(1.0), global_clipnorm: Some(1.0), ..Adam::new(0.1) }), message);
    for limit in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let message = format!("`clipvalue`: expected a finite number above 0, found {limit}");
        assert_eq!(refused(RMSprop { clipvalue: Some(limit), ..RMSprop::new(0.1) }), message);
    }
    assert!(Optimizer::<f32>::check(&SGD { clipnorm: Some(1.0), ..SGD::new(0.1) }).is_ok());
}

#[test]
fn clipping_does_not_hide_a_gradient_that_is_no_number() {
    for optimizer in [SGD { clipnorm: Some(1.0), ..SGD::new(1.0) }, SGD { clipvalue: Some(1.0), ..SGD::new(1.0) }] {
        let mut weights = [0.0_f32; 2];
        { optimizer }.step(&[PLAIN], &mut weights, &[f32::NAN, 0.0]);
        assert!(weights[0].is_nan());
    }
}

#[test]
fn slots_are_named_as_in_keras() {
    fn names(mut optimizer: impl Optimizer<f32>) -> Vec<&'static str> {
        assert!(optimizer.slots().is_empty());
        optimizer.step(&[PLAIN], &mut [0.0; 2], &[1.0; 2]);
        assert!(optimizer.slots().iter().all(|(_, values)| values.len() == 2));
        optimizer.slots().into_iter().map(|(name, _)| name).collect()
    }
    assert!(names(SGD::new(0.1)).is_empty());
    assert_eq!(names(SGD { momentum: 0.9, ..SGD::new(0.1) }), ["momentum"]);
    assert_eq!(names(Adam::new(0.1)), ["momentum", "velocity"]);
    assert_eq!(names(Adam { amsgrad: true, ..Adam::new(0.1) }), ["momentum", "velocity", "velocity_hat"]);
    let all = RMSprop { momentum: 0.5, centered: true, ..RMSprop::new(0.1) };
    assert_eq!(names(all), ["velocity", "momentum", "average_gradient"]);
}

/// Large networks go to all cores; the bits are those of one core.
#[test]
fn threads_do_not_change_a_bit() {
    const LARGE: usize = 300_001;
    let params = [Param { shape: &[LARGE], ..PLAIN }];
    let values = |seed| {
        let mut out = vec![0.0_f32; LARGE];
        Initializer::Normal(0.0, 1.0).fill(&[LARGE], &mut crate::rng(seed), &mut out);
        out
    };
    let gradients = values(1);
    let run = |params: &[Param]| {
        let mut weights = values(0);
        let mut adam = Adam { amsgrad: true, ..Adam::new(0.01) };
        for _ in 0..3 {
            adam.step(params, &mut weights, &gradients);
        }
        weights
    };
    let on_all = run(&params);
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a thread");
    assert_eq!(on_all, one.install(|| run(&params)));
    // And the rule is the plain one, element by element.
    let (mut w, mut m, mut v) = (f64::from(values(0)[LARGE - 1]), 0.0, 0.0);
    let g = f64::from(gradients[LARGE - 1]);
    for t in 1..=3 {
        m = 0.9 * m + 0.1 * g;
        v = 0.999 * v + 0.001 * g * g;
        w -= 0.01 * (1.0 - 0.999_f64.powi(t)).sqrt() / (1.0 - 0.9_f64.powi(t)) * m / (v.sqrt() + 1e-7);
    }
    assert!((f64::from(on_all[LARGE - 1]) - w).abs() < 1e-5);
}

/// Two updates of the mean of two gradients each are two steps with these means.
#[test]
fn gradients_of_several_steps_make_one_update() {
    let params = [PLAIN];
    let [mut weights, mut expected] = [[0.5_f64, -0.5]; 2];
    let decaying = || Adam { weight_decay: Some(0.1), clipnorm: Some(1.0), ..Adam::new(|step: u64| step as f64) };
    let mut adam = Adam { gradient_accumulation_steps: Some(2), ..decaying() };
    for gradient in [[1.0, 2.0], [3.0, -6.0], [0.5, 0.5], [1.5, 0.5]] {
        adam.step(&params, &mut weights, &gradient);
    }
    // As in Keras, a schedule counts all steps: the updates are made after one and after three.
    let mut plain = Adam { learning_rate: (|step: u64| [1.0, 3.0][step as usize]).into(), ..decaying() };
    for gradient in [[2.0, -2.0], [1.0, 0.5]] {
        plain.step(&params, &mut expected, &gradient);
    }
    assert_eq!((weights, adam.iterations()), (expected, 2));
    let names: Vec<_> = adam.slots().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["momentum", "velocity", "gradient_accumulator"]);
    // Lists of rows are gathered as well.
    let (params, rows, gradients) = table();
    let listed = RowGradients::new(0, vec![(3, &rows[0][..]), (1, &rows[1])]);
    let mut weights = [0.0; 18];
    let mut sgd = SGD { gradient_accumulation_steps: Some(2), ..SGD::new(2.0) };
    sgd.step_with_rows(&params, &mut weights, &gradients, std::slice::from_ref(&listed));
    assert_eq!(weights, [0.0; 18]);
    sgd.step_with_rows(&params, &mut weights, &[0.0; 18], &[listed]);
    assert_eq!(weights[9..12], rows[0].map(|x| -2.0 * x));
    assert_eq!(weights[15..], [-0.5, 1.0, -2.0]);
}

/// The average starts at the first weights, moves with each step, and takes their place now and then and at the end.
#[test]
fn averages_of_weights_take_their_place() {
    let params = [PLAIN, Param { offset: 2, trainable: false, ..PLAIN }];
    let mut weights = [0.0_f64, 0.0, 5.0, 5.0];
    let mut sgd = SGD { use_ema: true, ema_momentum: 0.5, ..SGD::new(1.0) };
    for expected in [[-1.0, 1.0], [-2.0, 2.0], [-3.0, 3.0]] {
        sgd.step(&params, &mut weights, &[1.0, -1.0, 9.0, 9.0]);
        assert_eq!(weights[..2], expected);
    }
    assert_eq!(sgd.slots()[0].1[..2], [-2.25, 2.25]);
    sgd.finalize(&params, &mut weights);
    assert_eq!(weights, [-2.25, 2.25, 5.0, 5.0]);
    let mut weights = [0.0_f64; 4];
    let mut sgd = SGD { use_ema: true, ema_momentum: 0.5, ema_overwrite_frequency: Some(2), ..SGD::new(1.0) };
    for expected in [-1.0, -1.5, -2.5, -2.75] {
        sgd.step(&params, &mut weights, &[1.0; 4]);
        assert_eq!(weights, [expected, expected, 0.0, 0.0]);
    }
    let useless = SGD { ema_overwrite_frequency: Some(2), ..SGD::new(1.0) };
    let message = "`ema_overwrite_frequency`: expected none without `use_ema`, found 2";
    assert_eq!(Optimizer::<f32>::check(&useless).unwrap_err().to_string(), message);
}

#[test]
fn names_are_left_out_of_weight_decay() {
    let params = [
        Param { name: "dense.kernel", ..PLAIN },
        Param { name: "dense.bias", offset: 2, ..PLAIN },
        Param { name: "norm.gamma", offset: 4, ..PLAIN },
    ];
    let mut weights = [1.0_f64; 6];
    let adam = AdamW { weight_decay: Some(0.5), ..AdamW::new(1.0) };
    adam.exclude_from_weight_decay(["bias", "norm"]).step(&params, &mut weights, &[0.0; 6]);
    assert_eq!(weights, [0.5, 0.5, 1.0, 1.0, 1.0, 1.0]);
    let never = AdamW { weight_decay: None, ..AdamW::new(1.0) };
    let message = "`weight_decay`: expected a finite number from 0 on, found none";
    assert_eq!(Optimizer::<f32>::check(&never).unwrap_err().to_string(), message);
}

/// Against the formulas, as written: a matrix and a vector over three steps.
#[test]
fn tensors_move_as_a_whole() {
    let params = [Param { shape: &[2, 3], ..PLAIN }, Param { shape: &[2], offset: 6, ..PLAIN }];
    let start = [0.5, -1.0, 2.0, 0.25, 1.5, -0.75, 0.0, 0.0];
    let gradients = [0.3, -0.2, 0.9, -1.1, 0.4, 0.05, 0.5, -0.25];
    let norm = |values: &[f64]| values.iter().map(|x| x * x).sum::<f64>().sqrt();
    let near = |found: &[f64], expected: &[f64], what: &str| {
        let near = found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-9);
        assert!(near, "{what}: {found:?} instead of {expected:?}");
    };
    let (mut lamb, mut weights, mut expected) = (Lamb::<f64>::new(0.1), start, start);
    let [mut m, mut v] = [[0.0; 8]; 2];
    for t in 1..=3 {
        lamb.step(&params, &mut weights, &gradients);
        let mut u = [0.0; 8];
        for at in 0..8 {
            m[at] += (gradients[at] - m[at]) * 0.1;
            v[at] += (gradients[at] * gradients[at] - v[at]) * 0.001;
            u[at] = m[at] / (1.0 - 0.9_f64.powi(t)) / ((v[at] / (1.0 - 0.999_f64.powi(t))).sqrt() + 1e-7);
        }
        for part in [0..6, 6..8] {
            let norms = [norm(&expected[part.clone()]), norm(&u[part.clone()])];
            let ratio = if norms.contains(&0.0) { 1.0 } else { norms[0] / norms[1] };
            part.for_each(|at| expected[at] -= 0.1 * ratio * u[at]);
        }
        near(&weights, &expected, "Lamb");
    }
    let (mut adafactor, mut weights, mut expected) = (Adafactor::<f64>::new(0.1), start, start);
    let ([mut r, mut c], mut v) = ([[0.0; 3]; 2], [0.0; 2]);
    let squares = gradients.map(|g| g * g + 1e-30);
    for t in 1..=3 {
        adafactor.step(&params, &mut weights, &gradients);
        let old = 1.0 - f64::from(t).powf(-0.8);
        let blend = |average: &mut f64, new: f64| *average = old * *average + (1.0 - old) * new;
        (0..2).for_each(|i| blend(&mut r[i], (0..3).map(|j| squares[3 * i + j]).sum::<f64>() / 3.0));
        (0..3).for_each(|j| blend(&mut c[j], (0..2).map(|i| squares[3 * i + j]).sum::<f64>() / 2.0));
        (0..2).for_each(|i| blend(&mut v[i], squares[6 + i]));
        let mean = (r[0] + r[1]) / 2.0;
        let scale = |at: usize| if at < 6 { r[at / 3] / mean * c[at % 3] } else { v[at - 6] };
        for part in [0..6, 6..8] {
            let u: Vec<_> = part.clone().map(|at| gradients[at] / scale(at).sqrt()).collect();
            let rms = |values: &[f64]| norm(values) / (values.len() as f64).sqrt();
            let alpha = rms(&expected[part.clone()]).max(1e-3) * 0.1 / rms(&u).max(1.0);
            part.zip(u).for_each(|(at, u)| expected[at] -= alpha * u);
        }
        near(&weights, &expected, "Adafactor");
    }
    assert_eq!(adafactor.slots().iter().map(|(_, values)| values.len()).collect::<Vec<_>>(), [2, 3, 2]);
}

/// Whatever the gradient, both directions of a matrix move alike; a tall one as the wide one that is its transpose.
#[test]
fn muon_moves_all_directions_alike() {
    let wide = [Param { name: "dense.kernel", shape: &[2, 3], ..PLAIN }];
    let tall = [Param { name: "dense.kernel", shape: &[3, 2], ..PLAIN }];
    let muon = || Muon { weight_decay: None, ..Muon::<f64>::new(0.1) };
    let gradient = [0.3, -0.2, 0.9, -1.1, 0.4, 0.05];
    let transposed = [0.3, -1.1, -0.2, 0.4, 0.9, 0.05];
    let ([mut a, mut b], [mut first, mut second]) = ([[0.0; 6]; 2], [muon(), muon()]);
    for _ in 0..2 {
        first.step(&wide, &mut a, &gradient);
        second.step(&tall, &mut b, &transposed);
    }
    for (at, a) in a.iter().enumerate() {
        assert!((a - b[at % 3 * 2 + at / 3]).abs() < 1e-12);
    }
    // The singular values of a step: between 0.68 and 1.13 times the rate and the scale.
    let mut step = [0.0; 6];
    muon().step(&wide, &mut step, &gradient);
    let square = |i: usize, j: usize| (0..3).map(|k| step[3 * i + k] * step[3 * j + k]).sum::<f64>();
    let (trace, determinant) = (square(0, 0) + square(1, 1), square(0, 0) * square(1, 1) - square(0, 1).powi(2));
    let root = (trace * trace / 4.0 - determinant).sqrt();
    for value in [trace / 2.0 - root, trace / 2.0 + root] {
        let scaled = value.sqrt() / (0.1 * 0.2 * 3.0_f64.sqrt());
        assert!((0.6..1.2).contains(&scaled), "{scaled}");
    }
    // Other weights, and what is named, are Adam's.
    let adam = |name: &'static str, shape: &'static [usize], muon: Muon<f64>| {
        let [mut found, mut expected] = [[0.5; 6]; 2];
        let params = [Param { name, shape, ..PLAIN }];
        { muon }.step(&params, &mut found, &gradient);
        AdamW::new(0.1).step(&params, &mut expected, &gradient);
        found == expected
    };
    assert!(adam("dense.bias", &[6], muon()) && adam("my_embedding.embeddings", &[2, 3], muon()));
    assert!(adam("conv.kernel", &[1, 2, 3], muon()) && !adam("dense.kernel", &[2, 3], muon()));
    assert!(adam("dense.kernel", &[2, 3], Muon { exclude_layers: vec!["dense".into()], ..muon() }));
}

/// Where no row comes twice.
#[test]
fn rows_move_as_whole_gradients_do() {
    let (params, rows, gradients) = table();
    let listed = [RowGradients::new(0, vec![(3, &rows[0][..]), (1, &rows[1])])];
    let whole = [&[0.0; 3][..], &rows[1], &[0.0; 3], &rows[0], &[0.0; 3], &gradients[15..]].concat();
    for row in OPTIMIZERS {
        let options: &[_] = if row.class == "Adadelta" { &[("epsilon", 0.1.into())] } else { &[] };
        let [mut by_rows, mut all] = [(); 2].map(|()| from_config::<f64>(row.class, options).unwrap());
        let [mut found, mut expected] = [[0.25; 18]; 2];
        for _ in 0..3 {
            by_rows.step_with_rows(&params, &mut found, &gradients, &listed);
            all.step(&params, &mut expected, &whole);
        }
        assert_near(found, expected, row.class);
        assert!(found[3] != 0.25, "{} does not move", row.class);
    }
}

/// A weight of five rows of three, of which two have gradients, one of them twice, and another weight.
fn table() -> ([Param; 2], [[f64; 3]; 3], [f64; 18]) {
    let table = Param { shape: &[5, 3], ..PLAIN };
    let mut gradients = [0.0; 18];
    gradients[15..].copy_from_slice(&[0.5, -1.0, 2.0]);
    let rows = [[1.0, -2.0, 0.25], [3.0, 0.5, -1.0], [-0.5, 4.0, 0.125]];
    ([table, Param { shape: &[3], offset: 15, ..PLAIN }], rows, gradients)
}

/// The weights after some steps whose gradients change their signs.
fn steps_with_rows(mut optimizer: impl Optimizer<f64>, steps: i32) -> [f64; 18] {
    let (params, rows, gradients) = table();
    let mut weights = [0.0; 18];
    for step in 0..steps {
        let factor = (-0.5_f64).powi(step);
        let rows = rows.map(|row| row.map(|x| x * factor));
        let rows = RowGradients::new(0, vec![(3, &rows[0][..]), (1, &rows[1]), (3, &rows[2])]);
        optimizer.step_with_rows(&params, &mut weights, &gradients.map(|x| x * factor), &[rows]);
    }
    weights
}

/// The sum of the rows and the sum of what becomes of their squares, for each weight.
fn sums(change: impl Fn(f64) -> f64) -> [[f64; 2]; 18] {
    let (_, rows, gradients) = table();
    let mut sums = gradients.map(|x| [x, x * x]);
    for (number, row) in [3, 1, 3].into_iter().zip(rows) {
        for (sum, x) in sums[3 * number..].iter_mut().zip(row.map(&change)) {
            *sum = [sum[0] + x, sum[1] + x * x];
        }
    }
    sums
}

fn assert_near(found: [f64; 18], expected: [f64; 18], what: &str) {
    let near = found.iter().zip(&expected).all(|(a, b)| (a - b).abs() < 1e-12);
    assert!(near, "{what}: {found:?} instead of {expected:?}");
}

/// Compared with Keras 3.15 on TensorFlow 2.21: `tf.IndexedSlices` given to `apply`.
#[test]
fn rows_are_squared_before_they_are_added_up() {
    let adam = sums(|x| x).map(|[sum, squares]| {
        let (mut w, mut m, mut v) = (0.0, 0.0, 0.0);
        for t in 1..=3 {
            let factor = (-0.5_f64).powi(t - 1);
            m += (sum * factor - m) * 0.1;
            v += (squares * factor * factor - v) * 0.001;
            w -= 0.1 * (1.0 - 0.999_f64.powi(t)).sqrt() / (1.0 - 0.9_f64.powi(t)) * m / (v.sqrt() + 1e-7);
        }
        w
    });
    assert_near(steps_with_rows(Adam::new(0.1), 3), adam, "Adam");
    let rmsprop = sums(|x| x).map(|[sum, squares]| -0.1 * sum / (0.1 * squares + 1e-7_f64).sqrt());
    assert_near(steps_with_rows(RMSprop::new(0.1), 1), rmsprop, "RMSprop");
    let decayed = steps_with_rows(SGD { weight_decay: Some(0.5), ..SGD::new(0.1) }, 2);
    let expected = sums(|x| x).map(|[sum, _]| -0.1 * sum * 0.95 + 0.05 * sum);
    assert_near(decayed, expected, "SGD with weight decay");
    let unaware = steps_with_rows(crate::train::tests::Descent(0.5), 1);
    assert_near(unaware, sums(|x| x).map(|[sum, _]| -0.5 * sum), "an optimizer that knows nothing of rows");
}

#[test]
fn rows_are_clipped_one_by_one() {
    let limited = sums(|x| x.clamp(-0.75, 0.75)).map(|[sum, _]| -sum);
    let mut found = steps_with_rows(SGD { clipvalue: Some(0.75), ..SGD::new(1.0) }, 1);
    // The other weight is clipped as ever.
    assert_eq!(found[15..], [-0.5, 0.75, -0.75]);
    found[15..].copy_from_slice(&limited[15..]);
    assert_near(found, limited, "clipvalue");
    let (_, rows, gradients) = table();
    let of_rows: f64 = rows.as_flattened().iter().map(|x| x * x).sum();
    let of_weight: f64 = gradients.iter().map(|x| x * x).sum();
    let mut clipped = sums(|x| x).map(|[sum, _]| -sum / of_rows.sqrt());
    clipped[15..].copy_from_slice(&gradients.map(|x| -x / of_weight.sqrt())[15..]);
    assert_near(steps_with_rows(SGD { clipnorm: Some(1.0), ..SGD::new(1.0) }, 1), clipped, "clipnorm");
    let norm = (of_rows + of_weight).sqrt();
    let all = sums(|x| x).map(|[sum, _]| -sum / norm);
    assert_near(steps_with_rows(SGD { global_clipnorm: Some(1.0), ..SGD::new(1.0) }, 1), all, "global_clipnorm");
    // What comes of it is no list of rows any more.
    let squared = all.map(|sum| 0.1 * sum / (0.1 * sum * sum + 1e-7).sqrt());
    let rmsprop = RMSprop { global_clipnorm: Some(1.0), ..RMSprop::new(0.1) };
    assert_near(steps_with_rows(rmsprop, 1), squared, "the squares after global_clipnorm");
}

/// A row that had a gradient once goes on moving, also where the optimizer has seen it otherwise before.
#[test]
fn what_is_remembered_of_rows_goes_on() {
    let (params, rows, _) = table();
    let mut dense = [0.0; 18];
    dense[3..6].copy_from_slice(&rows[0]);
    let mut weights = [[0.0; 18]; 2];
    let mut adams = [Adam::<f64>::new(0.1), Adam::new(0.1)];
    adams[0].step(&params, &mut weights[0], &dense);
    adams[1].step(&params, &mut weights[1], &dense);
    adams[0].step(&params, &mut weights[0], &[0.0; 18]);
    adams[1].step_with_rows(&params, &mut weights[1], &[0.0; 18], &[RowGradients::new(0, Vec::new())]);
    assert_eq!(weights[0], weights[1]);
    assert_eq!(adams[0].slots(), adams[1].slots());
}

#[test]
fn threads_do_not_change_a_bit_of_tables() {
    const ROWS: usize = 3000;
    const WIDTH: usize = 130;
    let params = [Param { shape: &[ROWS, WIDTH], ..PLAIN }];
    let mut gradients = vec![0.0_f32; 500 * WIDTH];
    Initializer::Normal(0.0, 1.0).fill(&[gradients.len()], &mut crate::rng(1), &mut gradients);
    let run = || {
        let mut weights = vec![0.0; ROWS * WIDTH];
        let mut adam = Adam::new(0.01);
        for step in 1..4 {
            let numbers = (0..500).map(|at| (at * at * step % 2777) as u32);
            let rows = RowGradients::new(0, numbers.zip(gradients.chunks(WIDTH)).collect());
            adam.step_with_rows(&params, &mut weights, &vec![0.0; ROWS * WIDTH], &[rows]);
        }
        weights
    };
    let on_all = run();
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a thread");
    assert_eq!(on_all, one.install(run));
    assert!(on_all[2777 * WIDTH..].iter().all(|w| *w == 0.0));
}
