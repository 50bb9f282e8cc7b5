use super::*;
use crate::optimizers::{Adam, LearningRate, Optimizer, SGD};

fn rates(schedule: &dyn LearningRateSchedule, steps: [u64; 4]) -> [f64; 4] {
    steps.map(|step| (schedule.rate(step) * 1e9).round() / 1e9)
}

#[test]
fn restarts_are_where_the_decay_before_ends() {
    // Of the logarithms of powers of ten and five some are just below a whole number.
    for t_mul in [1.0, 1.5, 2.0, 5.0, 10.0] {
        let schedule = CosineDecayRestarts { t_mul, m_mul: 0.5, ..CosineDecayRestarts::new(1.0, 1 << 8) };
        let (mut start, mut length) = (0.0, 256.0);
        for number in 0..6 {
            assert!((schedule.rate(start as u64) - 0.5_f64.powi(number)).abs() < 1e-9, "{t_mul}, {number}");
            (start, length) = (start + length, length * t_mul);
        }
    }
    let alpha = CosineDecayRestarts { alpha: 0.25, t_mul: 1.0, ..CosineDecayRestarts::new(1.0, 4) };
    assert_eq!(rates(&alpha, [0, 2, 4, 6]), [1.0, 0.625, 1.0, 0.625]);
}

#[test]
fn cycles_of_polynomials_start_where_they_end() {
    let cycle = PolynomialDecay { end_learning_rate: 0.0, cycle: true, ..PolynomialDecay::new(1.0, 10) };
    assert_eq!(rates(&cycle, [0, 10, 15, 20]), [1.0, 0.0, 0.25, 0.0]);
    assert_eq!(rates(&PolynomialDecay { power: 2.0, ..cycle }, [0, 5, 10, 15]), [1.0, 0.25, 0.0, 0.0625]);
}

#[test]
fn large_numbers_of_steps_have_a_rate() {
    for row in SCHEDULES {
        let given = |name| match name {
            "boundaries" => (&[3.0][..]).into(),
            "values" => (&[2.0, 1.0][..]).into(),
            "decay_rate" => 0.5.into(),
            _ => 2.into(),
        };
        let options = row.options.iter().filter(|option| option.is_required());
        let options: Vec<_> = options.map(|option| (option.name, given(option.name))).collect();
        let schedule = from_config(row.class, &options).unwrap();
        assert!(schedule.check().is_ok() && schedule.rate(1 << 40).is_finite(), "{}", row.class);
        assert_eq!(schedule.name(), row.class);
    }
}

#[test]
fn schedules_are_checked_before_the_first_step() {
    let refused = |rate: LearningRate| Optimizer::<f32>::check(&SGD::new(rate)).unwrap_err().to_string();
    let message = "`decay_steps`: expected a whole number from 1 on, found 0";
    assert_eq!(refused(ExponentialDecay::new(0.1, 0, 0.5).into()), message);
    let message = "`initial_learning_rate`: expected a finite number from 0 on, found NaN";
    assert_eq!(refused(CosineDecay::new(f64::NAN, 3).into()), message);
    let message = "`values`: expected one number more than `boundaries`, found 2 and 2";
    assert_eq!(refused(PiecewiseConstantDecay::new([1.0, 2.0], [1.0, 2.0]).into()), message);
    let message = "`boundaries`: expected ascending numbers, found [3, 2]";
    assert_eq!(refused(PiecewiseConstantDecay::new([3.0, 2.0], [1.0, 2.0, 3.0]).into()), message);
}

#[test]
fn an_optimizer_follows_its_schedule_and_no_one_else() {
    let params = [crate::Param::new("w", &[1], 0, crate::initializers::Initializer::Zeros)];
    let mut weights = [0.0_f64];
    let mut sgd = SGD::new(|step: u64| (step + 1) as f64);
    for step in 1..4 {
        assert_eq!(sgd.learning_rate(), f64::from(step));
        sgd.step(&params, &mut weights, &[1.0]);
    }
    assert_eq!(weights, [-6.0]);
    let error = sgd.set_learning_rate(1.0).unwrap_err().to_string();
    assert_eq!(error, "the learning rate follows a schedule (a function), so that it cannot be set");
    let error = Optimizer::<f32>::set_learning_rate(&mut Adam::new(CosineDecay::new(0.1, 3)), 1.0).unwrap_err();
    assert!(error.to_string().contains("(CosineDecay)"), "{error}");
}
