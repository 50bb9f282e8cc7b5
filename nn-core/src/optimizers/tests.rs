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
    assert_eq!(update::trainable(&params).collect::<Vec<_>>(), [0..4, 6..8]);
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
